import {
  sigmoidCrossEntropyWithLogits,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  type Tensor,
  weightedCrossEntropyWithLogits,
} from 'xent'
import { FormatError, type NumericArray } from 'xent-formats'
import type { Input } from './read-input.ts'
import { argmax } from './row.ts'
import { formatShape, sizeOf } from './shape.ts'
import { elementsOf, rowsOf } from './strided.ts'

export interface Problem {
  readonly logits: Input
  readonly labels: Input
  /** the class axis, for the losses that have one */
  readonly axis: number
  /** one weight, or one for each class; for the weighted loss */
  readonly posWeight: readonly number[]
}

export interface Outcome {
  readonly losses: Tensor
  /** how many of the predictions are right */
  readonly correct: number
}

export interface Loss {
  /** whether the classes along an axis exclude each other: one loss for a row, else one for each element */
  readonly hasClassAxis: boolean
  /** @throws XentError and FormatError where logits and labels do not go together */
  readonly evaluate: (problem: Problem) => Outcome
}

const sparse = ({ logits: { array: logits }, labels: { array }, axis }: Problem): Outcome => {
  const labels = withoutColumn(array, logits.shape.length)
  const losses = sparseSoftmaxCrossEntropyWithLogits({ labels, logits, axis })
  const labelOf = elementsOf(labels)
  const predictions = rowsOf(logits, axis)
  return { losses, correct: count(predictions.count, (k) => argmax(predictions.row(k)) === labelOf(k)) }
}

/** A column of class indices is a list of them: labels of the rank of logits would not be right in any other way. */
const withoutColumn = (labels: NumericArray, rank: number): NumericArray => {
  if (labels.shape.length !== rank || labels.shape.at(-1) !== 1) return labels
  const { strides, shape, ...rest } = labels
  return { ...rest, shape: shape.slice(0, -1), ...(strides && { strides: strides.slice(0, -1) }) }
}

const softmax = ({ logits, labels, axis }: Problem): Outcome => {
  checkSameShape(logits, labels)
  const losses = softmaxCrossEntropyWithLogits({ labels: labels.array, logits: logits.array, axis })
  const predictions = rowsOf(logits.array, axis)
  const targets = rowsOf(labels.array, axis)
  return {
    losses,
    correct: count(targets.count, (k) => agree(argmax(predictions.row(k)), argmax(targets.row(k)))),
  }
}

/** Both undefined is no agreement. */
const agree = (prediction: number | undefined, target: number | undefined): boolean =>
  prediction !== undefined && prediction === target

/** The library would broadcast, which here makes a plausible number of the wrong file. */
const checkSameShape = (logits: Input, labels: Input): void => {
  const expected = formatShape(logits.array.shape)
  const received = formatShape(labels.array.shape)
  if (expected === received) return
  throw new FormatError({
    source: labels.name,
    expected: `shape ${expected}, that of ${logits.name}`,
    received: `shape ${received}`,
  })
}

const sigmoid = ({ logits: { array: logits }, labels: { array: labels } }: Problem): Outcome => ({
  losses: sigmoidCrossEntropyWithLogits({ labels, logits }),
  correct: countSides(logits, labels),
})

const weighted = ({ logits: input, labels: { array: labels }, posWeight }: Problem): Outcome => {
  const { array: logits } = input
  checkWeights(posWeight, input)
  return {
    losses: weightedCrossEntropyWithLogits({ labels, logits, posWeight }),
    correct: countSides(logits, labels),
  }
}

/** The library would broadcast a single column of logits to the weights. */
const checkWeights = (posWeight: readonly number[], { name, array }: Input): void => {
  const classes = array.shape.at(-1) ?? 1
  if (posWeight.length === 1 || posWeight.length === classes) return
  throw new FormatError({
    source: '--pos-weight',
    expected: `one weight, or ${classes} for the last axis of ${name}, ${formatShape(array.shape)}`,
    received: `${posWeight.length}`,
  })
}

/** Elements whose logit is on the label's side; NaN is on neither. */
const countSides = (logits: NumericArray, labels: NumericArray): number => {
  const logitOf = elementsOf(logits)
  const labelOf = elementsOf(labels)
  return count(sizeOf(logits.shape), (k) => {
    const logit = logitOf(k)
    const label = labelOf(k)
    return label >= 0.5 ? logit > 0 : label < 0.5 && logit <= 0
  })
}

const count = (size: number, holds: (k: number) => boolean): number => {
  let held = 0
  for (let k = 0; k < size; k++) if (holds(k)) held++
  return held
}

export type LossName = 'sparse' | 'softmax' | 'sigmoid' | 'weighted'

export const losses: Readonly<Record<LossName, Loss>> = {
  sparse: { hasClassAxis: true, evaluate: sparse },
  softmax: { hasClassAxis: true, evaluate: softmax },
  sigmoid: { hasClassAxis: false, evaluate: sigmoid },
  weighted: { hasClassAxis: false, evaluate: weighted },
}
