import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Score } from '../predictions.ts'
import { batchesOf, type Examples } from './examples.ts'
import type { Cost } from './losses.ts'
import { logitsOf } from './model.ts'

const LEARNING_RATE = 1e-3
/** TensorFlow's; TensorFlow.js has 1e-7 unless told. */
const EPSILON = 1e-8

/** A model, the loss that it minimises, and its way so far. */
export interface Learner {
  readonly name: string
  readonly model: LayersModel
  readonly costOf: Cost
  readonly optimizer: tf.Optimizer
  /** The cost before each step. */
  readonly costs: number[]
  readonly epochs: Epoch[]
  /** How long each step took, in milliseconds. */
  readonly durations: number[]
}

export interface Epoch {
  /** Each text as it was just before the model learned from it. */
  readonly training: Score
  readonly validation: Score
}

/** A learner that knows nothing yet. */
export const createLearner = (name: string, model: LayersModel, costOf: Cost): Learner => ({
  name,
  model,
  costOf,
  optimizer: tf.train.adam(LEARNING_RATE, 0.9, 0.999, EPSILON),
  costs: [],
  epochs: [],
  durations: [],
})

/** One step of Adam on the cost of a batch; returns the score before it. */
export const learn = (learner: Learner, batch: Examples): Score => {
  const begin = performance.now()
  let accuracy = 0
  const cost = learner.optimizer.minimize(() => {
    const logits = logitsOf(learner.model, batch)
    accuracy = accuracyOf(batch, logits)
    return learner.costOf(labelsOf(batch), logits)
  }, true)!
  const score = { count: batch.labels.length, loss: numberOf(cost), accuracy }
  cost.dispose()
  learner.durations.push(performance.now() - begin)
  learner.costs.push(score.loss)
  return score
}

/** The score of texts from which nothing is learned. */
export const evaluate = ({ model, costOf }: Learner, examples: Examples): Score => {
  const scores: Score[] = []
  for (const batch of batchesOf(examples))
    tf.tidy(() => {
      const logits = logitsOf(model, batch)
      const loss = numberOf(costOf(labelsOf(batch), logits))
      scores.push({ count: batch.labels.length, loss, accuracy: accuracyOf(batch, logits) })
    })
  return meanScore(scores)
}

/** The score of all texts from those of batches. */
export const meanScore = (scores: readonly Score[]): Score => {
  const count = sum(scores.map((score) => score.count))
  return {
    count,
    loss: sum(scores.map((score) => score.loss * score.count)) / count,
    accuracy: sum(scores.map((score) => score.accuracy * score.count)) / count,
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0)

const labelsOf = ({ labels }: Examples): tf.Tensor1D => tf.tensor1d(labels, 'int32')

const numberOf = (scalar: tf.Tensor): number => scalar.dataSync()[0]!

const accuracyOf = (batch: Examples, logits: tf.Tensor2D): number =>
  numberOf(tf.mean(tf.cast(tf.equal(tf.argMax(logits, -1), labelsOf(batch)), 'float32')))

/** Gives back what a learner holds of the backend's memory. */
export const disposeLearner = ({ model, optimizer }: Learner): void => {
  model.dispose()
  optimizer.dispose()
}

/** The index of the epoch with the lowest validation loss, the first of equals. */
export const bestEpoch = ({ epochs }: Learner): number => {
  const losses = epochs.map(({ validation }) => validation.loss)
  return losses.indexOf(Math.min(...losses))
}
