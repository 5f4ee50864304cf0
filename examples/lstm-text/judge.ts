import * as tf from '@tensorflow/tfjs-core'
import { createEngine } from 'xent'
import { BATCH_SIZE } from './examples.ts'
import type { Cost } from './losses.ts'
import type { Predictions } from './predictions.ts'

/** What a loss makes of predictions. */
export interface Judgement {
  /** How many kernels the loss and its gradient are, for one batch. */
  readonly kernels: number
  /** How long these take, in milliseconds. */
  readonly milliseconds: number
  /** Largest relative error of a text's loss. */
  readonly error: number
  /** How many texts get no gradient. */
  readonly without: number
}

/** Judges a loss, text by text, against float64. */
export const judge = async (costOf: Cost, predictions: Predictions): Promise<Judgement> => {
  const truth = await trueLosses(predictions)
  tf.engine().startScope()
  const logits = tf.tensor2d(predictions.logits.data, [...predictions.logits.shape])
  const labels = tf.tensor1d(predictions.labels, 'int32')
  const errors = Array.from(truth, (loss, text) => {
    const found = costOf(tf.slice(labels, text, 1), tf.slice(logits, text, 1)).dataSync()[0]!
    return Math.abs(found - loss) / loss
  })
  const gradient = tf.grad((logits) => costOf(labels, logits as tf.Tensor2D))(logits)
  const ofLabels = tf.sum(tf.mul(gradient, tf.oneHot(labels, logits.shape[1])), -1).dataSync()
  const batch = Math.min(BATCH_SIZE, labels.size)
  const [someLabels, someLogits] = [tf.slice(labels, 0, batch), tf.slice(logits, 0, batch)]
  const step = tf.valueAndGrad((logits) => costOf(someLabels, logits as tf.Tensor2D))
  const run = (): void => tf.dispose(Object.values(step(someLogits)))
  const milliseconds = medianTime(run)
  const { kernels } = await tf.profile(run)
  tf.engine().endScope()
  return {
    kernels: kernels.length,
    milliseconds,
    error: Math.max(...errors),
    without: ofLabels.filter((slope) => slope === 0).length,
  }
}

const trueLosses = async ({ logits, labels }: Predictions): Promise<ArrayLike<number>> => {
  const engine = await createEngine('reference')
  const wide = { ...logits, data: Float64Array.from(logits.data) }
  const losses = await engine.sparseSoftmaxCrossEntropyWithLogits({ labels, logits: wide })
  engine.close()
  return losses.data as Float64Array
}

const RUNS = 201

const medianTime = (run: () => void): number =>
  median(
    Array.from({ length: RUNS }, () => {
      const begin = performance.now()
      run()
      return performance.now() - begin
    }),
  )

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
