import { type LossName, losses, type Problem } from './losses.ts'
import type { Input } from './read-input.ts'
import { elementsOf, type StridedArray } from './strided.ts'

interface Described {
  readonly file: string
  readonly shape: readonly number[]
  readonly dtype: string
}

/** What `xent score` finds, as its JSON has it. */
export interface Score {
  readonly loss: LossName
  readonly logits: Described
  readonly labels: Described
  /** of the losses with a class axis */
  readonly axis?: number
  readonly classes?: number
  /** number of losses */
  readonly count: number
  /** how many of the losses are NaN, and with them mean and sum */
  readonly nan: number
  /** in nats */
  readonly mean: number
  /** in nats */
  readonly sum: number
  /** exp(mean), of the losses with a class axis */
  readonly perplexity?: number
  /** share of right predictions; one made from NaN is not right */
  readonly accuracy: number
  /** number of right predictions */
  readonly correct: number
}

/** @throws XentError and FormatError where logits and labels do not go together */
export const score = (loss: LossName, problem: Problem): Score => {
  const { hasClassAxis, evaluate } = losses[loss]
  const { losses: values, correct } = evaluate(problem)
  const { logits, labels, axis } = problem
  const count = values.size
  const { sum, nan } = totals(values, count)
  const mean = sum / count
  return {
    loss,
    logits: describe(logits),
    labels: describe(labels),
    ...(hasClassAxis && { axis, classes: logits.array.shape.at(axis)! }),
    count,
    nan,
    mean,
    sum,
    ...(hasClassAxis && { perplexity: Math.exp(mean) }),
    accuracy: correct / count,
    correct,
  }
}

const describe = ({ name, array: { shape, dtype } }: Input): Described => ({ file: name, shape, dtype })

/** Summed here, since reduceSum rounds to the dtype of the losses, and a float16 ends at 65504. */
const totals = (values: StridedArray, count: number): { sum: number; nan: number } => {
  const lossAt = elementsOf(values)
  let sum = 0
  let nan = 0
  for (let k = 0; k < count; k++) {
    const value = lossAt(k)
    sum += value
    if (Number.isNaN(value)) nan++
  }
  return { sum, nan }
}
