import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import type { Predictions, Score } from '../predictions.ts'
import { type Judgement, median } from './judge.ts'
import { bestEpoch, type Learner } from './learner.ts'
import { messageOf } from './message-of.ts'

/** What has become of a learner. */
export interface Learned {
  readonly learner: Learner
  /** Of the model of its best epoch, on the held-out texts. */
  readonly heldOut: Score
  /** Of its loss. */
  readonly judgement: Judgement
}

/** The learners beside each other, a row for each of what can be compared. */
export const comparisonOf = (learned: readonly Learned[]): readonly (readonly string[])[] =>
  Object.entries(rows).map(([title, cell]) => [title, ...learned.map(cell)])

const rows: Readonly<Record<string, (learned: Learned) => string>> = {
  '': ({ learner }) => learner.name,
  'steps a second': ({ learner }) => (1000 / median(learner.durations)).toFixed(2),
  'loss and gradient of a step, kernels': ({ judgement }) => String(judgement.kernels),
  'loss and gradient of a step, ms': ({ judgement }) => judgement.milliseconds.toFixed(2),
  'epoch of the lowest validation loss': ({ learner }) => String(bestEpoch(learner) + 1),
  'training loss of that epoch': ({ learner }) => best(learner).training.loss.toFixed(4),
  'validation loss': ({ learner }) => best(learner).validation.loss.toFixed(4),
  'held-out loss': ({ heldOut }) => heldOut.loss.toFixed(4),
  'held-out accuracy': ({ heldOut }) => heldOut.accuracy.toFixed(4),
  'largest relative error of the loss of a held-out text': ({ judgement }) => tiny(judgement.lossError),
  'and of its gradient': ({ judgement }) => tiny(judgement.gradientError),
}

const best = (learner: Learner) => learner.epochs[bestEpoch(learner)]!

const tiny = (share: number): string => share.toExponential(1)

/** What TensorFlow.js' own loss of class indices makes of them, and of logits. */
export interface OwnSparseLoss {
  /** What it says of class indices of int32. */
  readonly error: string
  /** Its mean for class indices of float32. */
  readonly loss: number
}

export const ownSparseLoss = (model: LayersModel, { logits, labels }: Predictions): OwnSparseLoss =>
  tf.tidy(() => {
    model.compile({ optimizer: 'sgd', loss: 'sparseCategoricalCrossentropy' })
    const lossOf = model.lossFunctions[0]!
    const predicted = tf.tensor2d(logits.data, [...logits.shape])
    const loss = tf.mean(lossOf(tf.tensor1d(labels, 'float32'), predicted))
    try {
      lossOf(tf.tensor1d(labels, 'int32'), predicted)
      return { error: 'taken', loss: loss.dataSync()[0]! }
    } catch (error) {
      return { error: messageOf(error), loss: loss.dataSync()[0]! }
    }
  })
