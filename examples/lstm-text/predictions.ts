import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { reduceMean, sparseSoftmaxCrossEntropyWithLogits } from 'xent'
import type { Predictions } from '../saved-predictions.ts'
import { batchesOf, type Examples } from './examples.ts'
import type { Score } from './learner.ts'
import { logitsOf } from './model.ts'

/** What a model says of any number of texts. */
export const predict = (model: LayersModel, examples: Examples): Predictions =>
  tf.tidy(() => {
    const logits = tf.concat([...batchesOf(examples)].map((batch) => logitsOf(model, batch)))
    return { logits: { data: logits.dataSync<'float32'>(), shape: logits.shape }, labels: examples.labels }
  })

/** The class of the largest logit of each text, the first of equals. */
export const predictedClasses = ({ logits: { data, shape } }: Predictions): number[] =>
  Array.from({ length: shape[0] }, (_, text) => {
    const scores = data.subarray(text * shape[1], (text + 1) * shape[1])
    return scores.indexOf(Math.max(...scores))
  })

export const scoreOf = (predictions: Predictions): Score => {
  const classes = predictedClasses(predictions)
  const count = classes.length
  return {
    count,
    loss: reduceMean(sparseSoftmaxCrossEntropyWithLogits(predictions)).item(),
    accuracy: predictions.labels.filter((label, text) => label === classes[text]).length / count,
  }
}
