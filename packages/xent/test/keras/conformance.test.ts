import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Tensor, XentError } from '../../src/index.ts'
import { decode, type EncodedArray, failed } from '../conformance/call.ts'
import { numbers } from '../support.ts'
import { type Difference, differences } from './differences.ts'
import { fixture, found, type Group, type Library, outcomeOf, type Run } from './recorded.ts'

const groups = fixture<Group>('losses')

/** How far the libraries' own rounding may lead, in halves of an ulp at 1, of the largest number of a result. */
const LEEWAY = 32

const faultOf = (actual: Tensor | undefined, encoded: EncodedArray): string | undefined => {
  const expected = decode(encoded)
  if (!actual) return 'xent has none'
  if (`${actual.shape}` !== `${expected.shape}`)
    return `shape [${actual.shape}], expected [${expected.shape}]`
  if (actual.dtype !== expected.dtype) return `${actual.dtype}, expected ${expected.dtype}`
  const [a, b] = [numbers(actual), numbers(expected)]
  const largest = b.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), 0)
  const bound = LEEWAY * (expected.dtype === 'float64' ? 2 ** -53 : 2 ** -24) * largest
  const k = b.findIndex((x, j) => !(Object.is(a[j], x) || a[j] === x || Math.abs(a[j]! - x) <= bound))
  return k === -1 ? undefined : `element ${k}: ${a[k]}, expected ${b[k]}`
}

/** What xent and a library do not have in common. */
const disagreements = (group: Group, run: Run, library: Library): string[] => {
  const outcome = outcomeOf(run, library)
  if (!outcome) return []
  const own = found(group, run)
  if (own instanceof XentError) return failed(outcome) ? [] : [`xent refuses: ${own.message}`]
  if (failed(outcome)) return [`refuses: ${outcome.error.text}`]
  const pairs = [
    ['value', own.value, outcome.value] as const,
    ...Object.entries(outcome.gradients ?? {}).map(
      ([key, expected]) => [key, own.gradients[key as 'yTrue' | 'yPred'], expected] as const,
    ),
  ]
  return pairs.flatMap(([what, actual, expected]) => {
    const fault = faultOf(actual, expected)
    return fault === undefined ? [] : [`${what}: ${fault}`]
  })
}

const shown = new Set<string>()
/** Runs that both libraries have, neither confirms in everything, and no row says of both. */
const unconfirmed: string[] = []

beforeAll(() => {
  // a single class
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

afterAll(() => {
  vi.restoreAllMocks()
})

it('every loss is recorded', () => {
  expect(new Set(groups.map(({ loss }) => loss)).size).toBe(22)
  expect(groups.flatMap(({ runs }) => runs).length).toBeGreaterThan(2500)
})

describe('xent/keras makes of every recorded case what Keras makes of it', () => {
  const losses = [...new Set(groups.map(({ loss }) => loss))]
  it.each(losses)('%s', (loss) => {
    const faults: string[] = []
    for (const group of groups.filter((one) => one.loss === loss)) {
      for (const run of group.runs) {
        const place = `${group.name}, ${run.reduction}, weights ${run.weights}, mask ${run.mask}`
        const known = new Map<Library, readonly Difference[]>()
        let isConfirmed = false
        for (const library of ['keras2', 'keras3'] as const) {
          const faulty = disagreements(group, run, library)
          const rows = differences.filter((one) => one.library === library && one.applies(group, run))
          isConfirmed ||= faulty.length === 0 && outcomeOf(run, library) !== undefined
          for (const { name } of faulty.length > 0 ? rows : []) shown.add(`${library}: ${name}`)
          if (rows.length === 0) faults.push(...faulty.map((fault) => `${library}: ${place}: ${fault}`))
          known.set(library, rows)
        }
        const isOfBoth = known
          .get('keras2')!
          .some(({ name }) => known.get('keras3')!.some((row) => row.name === name))
        if (outcomeOf(run, 'keras2') && !isConfirmed && !isOfBoth) unconfirmed.push(place)
      }
    }
    expect(faults).toEqual([])
  })

  it('and of all that both could make one of them makes the same', () => {
    // gradients of a mean of nothing
    expect(unconfirmed.filter((place) => !place.endsWith('mask none'))).toEqual([])
  })
})

describe('the table of differences from Keras', () => {
  const document = readFileSync(new URL('../../../../docs/differences.md', import.meta.url), 'utf8')
  const rows = document.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))

  it.each([...new Set(differences.map(({ name }) => name))])('has a row for: %s', (name) => {
    expect(rows.filter((cells) => cells.includes(name))).toHaveLength(1)
  })

  it('has no condition that no recorded case meets', () => {
    const keys = differences.map(({ name, library }) => `${library}: ${name}`)
    expect(keys.filter((key) => !shown.has(key))).toEqual([])
  })
})
