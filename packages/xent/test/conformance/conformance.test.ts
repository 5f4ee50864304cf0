import { readdirSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { engines } from '../support.ts'
import { differences } from './differences.ts'
import { type Heard, judge, type Verdict } from './judge.ts'

// What TensorFlow, PyTorch and mpmath make of the cases of oracle/cases, recorded by oracle/record.py.

interface Recorded extends Heard {
  readonly name: string
}

interface Fixture {
  readonly file: string
  readonly versions: Readonly<Record<string, string>>
  readonly cases: readonly Recorded[]
}

const folder = new URL('fixtures/', import.meta.url)

const fixtures: readonly Fixture[] = readdirSync(folder)
  .filter((file) => file.endsWith('.json') && file !== 'differences.json')
  .map((file) => ({ file, ...JSON.parse(readFileSync(new URL(file, folder), 'utf8')) }))

const shown = new Set<string>()
const rounding: Verdict[] = []

const judged = async (engine: (typeof engines)[number], { cases }: Fixture): Promise<Verdict[]> => {
  const verdicts: Verdict[] = []
  for (const one of cases) verdicts.push(await judge(engine, one))
  return verdicts
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0)

beforeAll(() => {
  // version 1's notices
  vi.spyOn(console, 'warn').mockImplementation(() => {})
})

afterAll(() => {
  vi.restoreAllMocks()
})

it('there are two thousand cases', () => {
  expect(total(fixtures.map(({ cases }) => cases.length))).toBeGreaterThan(2000)
})

describe.each(engines)('$name makes of every recorded case what the libraries make of it', (engine) => {
  it.each(fixtures)('$file', async (fixture) => {
    const verdicts = await judged(engine, fixture)
    const faults = verdicts.flatMap((verdict, k) =>
      verdict.faults.map((fault) => `${fixture.cases[k]!.name}: ${fault}`),
    )
    expect(faults).toEqual([])
    for (const { differences: names } of verdicts) for (const name of names) shown.add(name)
    if (engine.name === 'reference') rounding.push(...verdicts)
  })
})

it('the reference gives the nearest float32 number in 99.99 % of the results', () => {
  const compared = total(rounding.map((verdict) => verdict.compared))
  expect(compared).toBeGreaterThan(20_000)
  expect(total(rounding.map((verdict) => verdict.misrounded)) / compared).toBeLessThanOrEqual(1e-4)
})

describe('the table of deliberate differences', () => {
  const document = readFileSync(new URL('../../../../docs/differences.md', import.meta.url), 'utf8')
  const rows = document.split('\n').map((line) => line.split('|').map((cell) => cell.trim()))

  it.each(differences)('has a row for: $name', ({ name }) => {
    expect(rows.filter((cells) => cells.includes(name))).toHaveLength(1)
  })

  it('has no condition that no recorded case meets', () => {
    expect(differences.map(({ name }) => name).filter((name) => !shown.has(name))).toEqual([])
  })
})
