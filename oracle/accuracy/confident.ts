import type { Call } from '../../packages/xent/test/conformance/call.ts'
import { normal, randomStream } from '../../packages/xent/test/support.ts'
import type { Peers } from '../peers.ts'
import { type Contestant, runAll } from './contestants.ts'
import { relativeError } from './errors.ts'
import { sigmoidOf, sparseOf } from './inputs.ts'
import type { Results } from './results.ts'
import { type Truth, trueResults } from './truth.ts'

// Rows whose true class is far ahead: their loss is small, and what matters of it is the relative error.

/** The largest relative errors over the rows of a line; 1 is what a result of 0 has. */
export interface ConfidentErrors {
  readonly loss: number
  /** Of the true class. */
  readonly gradient: number
  /** Of the other classes; 0 where there are none. */
  readonly others: number
}

export interface ConfidentLine {
  readonly title: string
  /** The true loss, where the line is a single row. */
  readonly loss?: number
  readonly errors: ReadonlyMap<string, ConfidentErrors>
}

/** For each gap the largest relative error of the loss. */
export interface Curve {
  readonly name: string
  readonly points: readonly (readonly [gap: number, error: number])[]
}

interface Rows {
  readonly title: string
  readonly call: Call
  readonly classes: number
  /** The true class of each row. */
  readonly labels: readonly number[]
}

const oneRow = (classes: number, gap: number): Rows => {
  const label = classes >> 1
  const row = Array.from({ length: classes }, (_, j) => (j === label ? gap : 0))
  return {
    title: `${classes} classes, ${gap} ahead of 0`,
    call: sparseOf([row], [label]),
    classes,
    labels: [label],
  }
}

/** Rows of N(0, 1), but for the true class: that is ahead of the largest of them. */
const randomRows = (classes: number, gap: number, rows: number): Rows => {
  const random = randomStream(4)
  const labels = Array.from({ length: rows }, () => Math.floor(classes * random()))
  const logits = labels.map((label) => {
    const row = Array.from({ length: classes }, () => Math.fround(normal(random)))
    row[label] = Math.max(...row) + gap
    return row
  })
  return {
    title: `${classes} classes, ${gap} ahead of N(0, 1), ${rows} rows`,
    call: sparseOf(logits, labels),
    classes,
    labels,
  }
}

const oneLogit = (logit: number): Rows => ({
  title: `sigmoid at ${logit < 0 ? `−${-logit}` : logit}, label ${logit > 0 ? 1 : 0}`,
  call: sigmoidOf([logit], [logit > 0 ? 1 : 0]),
  classes: 1,
  labels: [0],
})

const rowsOfLines: readonly Rows[] = [
  ...[15, 30, 60].flatMap((gap) => [oneRow(10, gap), oneRow(1000, gap)]),
  randomRows(1000, 15, 200),
  ...[30, -30, 60, -60].map(oneLogit),
]

export const confidentLines = (
  mpmath: Peers,
  contestants: readonly Contestant[],
): Promise<readonly ConfidentLine[]> =>
  Promise.all(
    rowsOfLines.map(async (rows) => {
      const { truth, results } = await answers(mpmath, contestants, rows.call)
      const errors = [...results].map(([name, result]) => [name, errorsOf(rows, result, truth)] as const)
      const loss = rows.labels.length === 1 ? { loss: truth.value.values[0]! } : {}
      return { title: rows.title, ...loss, errors: new Map(errors) }
    }),
  )

const answers = async (
  mpmath: Peers,
  contestants: readonly Contestant[],
  call: Call,
): Promise<{ truth: Truth; results: ReadonlyMap<string, Results> }> => {
  const truth = trueResults(mpmath, 'truth', call)
  const results = await runAll(contestants, call)
  return { truth: await truth, results }
}

const errorsOf = ({ labels, classes }: Rows, results: Results, truth: Truth): ConfidentErrors => {
  let loss = 0
  let gradient = 0
  let others = 0
  labels.forEach((label, row) => {
    for (const value of [results.value, results.alone ?? results.value])
      loss = Math.max(loss, relativeError(value[row]!, truth.value.values[row]!))
    for (let j = 0; j < classes; j++) {
      const k = row * classes + j
      const error = relativeError(results.gradient![k]!, truth.gradient!.values[k]!)
      if (j === label) gradient = Math.max(gradient, error)
      else others = Math.max(others, error)
    }
  })
  return { loss, gradient, others }
}

const LARGEST_GAP = 60
const CURVE_CLASSES = 10
const ROWS_PER_GAP = 64

/** The loss of rows of 10 classes against the gap between the true class and the next. */
export const confidentCurves = async (
  mpmath: Peers,
  contestants: readonly Contestant[],
): Promise<readonly Curve[]> => {
  const random = randomStream(5)
  const gaps = Array.from({ length: LARGEST_GAP + 1 }, (_, gap) => gap)
  const logits = gaps.flatMap((gap) => Array.from({ length: ROWS_PER_GAP }, () => rowAhead(gap, random)))
  const call = sparseOf(
    logits,
    logits.map(() => 0),
  )
  const { truth, results } = await answers(mpmath, contestants, call)
  return [...results].map(([name, { value }]) => ({
    name,
    points: gaps.map((gap) => {
      const errors = Array.from({ length: ROWS_PER_GAP }, (_, row) => {
        const k = gap * ROWS_PER_GAP + row
        return relativeError(value[k]!, truth.value.values[k]!)
      })
      return [gap, Math.max(...errors)] as const
    }),
  }))
}

/** A row whose class 0 is a gap ahead of the others, which are uniform in [−1, 1]. */
const rowAhead = (gap: number, random: () => number): readonly number[] => {
  const others = Array.from({ length: CURVE_CLASSES - 1 }, () => Math.fround(2 * random() - 1))
  return [Math.max(...others) + gap, ...others]
}
