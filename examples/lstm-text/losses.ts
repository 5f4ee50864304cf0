import * as tf from '@tensorflow/tfjs-core'
import { sparseSoftmaxCrossEntropyWithLogits } from 'xent/tfjs'

/** The mean loss of a batch, of class indices [texts] and logits [texts, classes]. */
export type Cost = (labels: tf.Tensor1D, logits: tf.Tensor2D) => tf.Scalar

/** The losses of a batch, as the tutorial has them. */
export const lossesOf = (labels: tf.Tensor1D, logits: tf.Tensor2D): tf.Tensor =>
  sparseSoftmaxCrossEntropyWithLogits({ labels, logits: tf.add(logits, 1e-10) })

export const xentCost: Cost = (labels, logits) => tf.mean(lossesOf(labels, logits))

/** What TensorFlow.js has for logits. It wants a distribution for each text. */
export const tensorflowCost: Cost = (labels, logits) =>
  tf.losses.softmaxCrossEntropy(tf.oneHot(labels, logits.shape[1]), tf.add(logits, 1e-10))
