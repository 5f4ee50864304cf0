import * as tf from '@tensorflow/tfjs-core'
import { createEngine, sparseSoftmaxCrossEntropyWithLogits } from 'xent'
import type { Predictions } from '../predictions.ts'
import { BATCH_SIZE } from './examples.ts'
import type { Cost } from './losses.ts'

/** What a loss makes of predictions. */
export interface Judgement {
  /** How many kernels the loss and its gradient are, for one batch. */
  readonly kernels: number
  /** How long these take, in milliseconds. */
  readonly milliseconds: number
  /** Largest relative error of the loss of a text. */
  readonly lossError: number
  /** And of its gradient by the logit of its class. */
  readonly gradientError: number
}

/** Judges losses beside each other, by what they make of predictions. */
export const judge = async (costs: readonly Cost[], predictions: Predictions): Promise<Judgement[]> => {
  const truth = await trueLosses(predictions)
  tf.engine().startScope()
  const logits = tf.tensor2d(predictions.logits.data, [...predictions.logits.shape])
  const labels = tf.tensor1d(predictions.labels, 'int32')
  const batch = Math.min(BATCH_SIZE, labels.size)
  const steps = costs.map((costOf) => stepOf(costOf, tf.slice(labels, 0, batch), tf.slice(logits, 0, batch)))
  const durations = mediansOf(steps)
  const judgements: Judgement[] = []
  for (const [k, costOf] of costs.entries()) {
    const { kernels } = await tf.profile(steps[k]!)
    judgements.push({
      kernels: kernels.length,
      milliseconds: durations[k]!,
      ...errorsOf(costOf, labels, logits, truth),
    })
  }
  tf.engine().endScope()
  return judgements
}

interface Truth {
  readonly losses: Float64Array
  /** Gradient of each text's loss by the logit of its class. */
  readonly slopes: Float64Array
}

/** In float64. */
const trueLosses = async ({ logits, labels }: Predictions): Promise<Truth> => {
  const engine = await createEngine('reference')
  const wide = { ...logits, data: Float64Array.from(logits.data) }
  const lossAndGradient = engine.valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')
  const { value, grad } = await lossAndGradient({ labels, logits: wide })
  engine.close()
  const ofLogits = grad.logits.data as Float64Array
  return {
    losses: value.data as Float64Array,
    slopes: Float64Array.from(labels, (label, text) => ofLogits[text * logits.shape[1] + label]!),
  }
}

/** The loss of a batch and its gradient by the logits, as training computes them. */
const stepOf = (costOf: Cost, labels: tf.Tensor1D, logits: tf.Tensor2D): (() => void) => {
  const lossAndGradient = tf.valueAndGrad((logits) => costOf(labels, logits as tf.Tensor2D))
  return () => tf.dispose(Object.values(lossAndGradient(logits)))
}

/** Largest relative errors, of texts that are a batch of their own each. */
const errorsOf = (
  costOf: Cost,
  labels: tf.Tensor1D,
  logits: tf.Tensor2D,
  { losses, slopes }: Truth,
): Pick<Judgement, 'lossError' | 'gradientError'> => {
  const errors = Array.from(losses, (loss, text) =>
    tf.tidy(() => {
      const label = tf.slice(labels, text, 1)
      const lossAndGradient = tf.valueAndGrad((logits) => costOf(label, logits as tf.Tensor2D))
      const { value, grad } = lossAndGradient(tf.slice(logits, text, 1))
      const slope = grad.dataSync()[label.dataSync()[0]!]!
      return [relativeError(value.dataSync()[0]!, loss), relativeError(slope, slopes[text]!)] as const
    }),
  )
  return {
    lossError: Math.max(...errors.map(([ofLoss]) => ofLoss)),
    gradientError: Math.max(...errors.map(([, ofGradient]) => ofGradient)),
  }
}

const relativeError = (found: number, truth: number): number => Math.abs(found / truth - 1)

const RUNS = 1001

/** How long each of some actions takes, in milliseconds, all run in turn. */
const mediansOf = (actions: readonly (() => void)[]): number[] => {
  const durations = actions.map((): number[] => [])
  for (let run = 0; run < RUNS; run++)
    for (const [k, action] of actions.entries()) {
      const begin = performance.now()
      action()
      durations[k]!.push(performance.now() - begin)
    }
  return durations.map(median)
}

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[numbers.length >> 1]!
