import { reduceSum, sparseSoftmaxCrossEntropyWithLogits, valueAndGrad } from 'xent'
import type { Predictions } from '../predictions.ts'
import { CLASSES, type Digits, type Matrix, PIXELS, sliceDigits } from './data.ts'

export const BATCH_SIZE = 64
const LEARNING_RATE = 0.2

/** Softmax regression: logits = X·W + b. */
export interface Model {
  /** W, [PIXELS, CLASSES] in row-major order. */
  readonly weights: Float32Array
  /** b, one for each class. */
  readonly bias: Float32Array
}

/** A model that knows nothing: every class is equally likely. The loss is convex, so any start leads to the same end. */
export const createModel = (): Model => ({
  weights: new Float32Array(PIXELS * CLASSES),
  bias: new Float32Array(CLASSES),
})

export const predict = (model: Model, { images, labels }: Digits): Predictions => ({
  labels,
  logits: logitsOf(model, images),
})

/** X·W + b, a row of logits for each picture. */
const logitsOf = ({ weights, bias }: Model, { data, shape: [count] }: Matrix): Matrix => {
  const logits = new Float32Array(count * CLASSES)
  for (let row = 0; row < count; row++) {
    const scores = logits.subarray(row * CLASSES, (row + 1) * CLASSES)
    scores.set(bias)
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const ink = data[row * PIXELS + pixel]!
      if (ink === 0) continue // four fifths of all pixels are blank paper
      for (let k = 0; k < CLASSES; k++) scores[k]! += ink * weights[pixel * CLASSES + k]!
    }
  }
  return { data: logits, shape: [count, CLASSES] }
}

/**
 * Learns from each training digit once, in batches.
 *
 * @returns the cost: the mean loss of the digits, each as it was just before the model learned from it
 */
export const trainEpoch = (model: Model, training: Digits): number => {
  const count = training.labels.length
  let total = 0
  for (let start = 0; start < count; start += BATCH_SIZE) {
    total += trainBatch(model, sliceDigits(training, start, start + BATCH_SIZE))
  }
  return total / count
}

const lossesAndGradient = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')

/** One step of stochastic gradient descent on the mean loss of a batch; returns the sum of the losses before it. */
const trainBatch = (model: Model, batch: Digits): number => {
  const { labels, logits } = predict(model, batch)
  const gradient = new Float32Array(logits.data.length)
  const { value: losses } = lossesAndGradient(
    { labels, logits },
    { upstream: 1 / labels.length, out: { grad: { logits: gradient } } },
  )
  descend(model, batch.images, gradient)
  return reduceSum(losses).item()
}

/** The chain rule: a gradient G by the logits is Xᵀ·G by the weights, and the sum of its rows by the bias. */
const descend = (
  { weights, bias }: Model,
  { data, shape: [count] }: Matrix,
  gradient: Float32Array,
): void => {
  for (let row = 0; row < count; row++) {
    const slope = gradient.subarray(row * CLASSES, (row + 1) * CLASSES)
    for (let k = 0; k < CLASSES; k++) bias[k]! -= LEARNING_RATE * slope[k]!
    for (let pixel = 0; pixel < PIXELS; pixel++) {
      const ink = data[row * PIXELS + pixel]!
      if (ink === 0) continue
      for (let k = 0; k < CLASSES; k++) weights[pixel * CLASSES + k]! -= LEARNING_RATE * ink * slope[k]!
    }
  }
}
