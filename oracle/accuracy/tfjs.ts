import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import '@tensorflow/tfjs-backend-cpu'
import { type Call, decode, type EncodedArray } from '../../packages/xent/test/conformance/call.ts'
import type { Results } from './results.ts'

// The build of tfjs-core for Node leaves the gradients out, and their modules are written for bundlers: only `require`
// finds its way between them.
createRequire(import.meta.url)('@tensorflow/tfjs-core/dist/register_all_gradients.js')
// else it prints advice
tf.enableProdMode()
await tf.setBackend('cpu')

export const tfjsVersion: string = tf.version_core

/** TensorFlow.js on its CPU backend: float32, and no weighted loss. */
export const runTfjs = async (call: Call): Promise<Results | undefined> => {
  const { logits, labels } = call.args
  const fn = functions[call.function]
  if (!fn || logits?.dtype !== 'float32') return undefined
  return tf.tidy(() => {
    const watched = floats(logits)
    const given = labels ? labelTensor(labels, watched) : undefined
    const value = fn(watched, given)
    if (!call.wrt?.length) return { value: value.dataSync() }
    const gradient = tf.grad((x: tf.Tensor) => fn(x, given))(watched, tf.onesLike(value))
    return { value: value.dataSync(), gradient: gradient.dataSync() }
  })
}

const floats = (encoded: EncodedArray): tf.Tensor => {
  const { data, shape } = decode(encoded)
  return tf.tensor(data as Float32Array, [...shape])
}

/** Its losses know no class indices. */
const labelTensor = (encoded: EncodedArray, logits: tf.Tensor): tf.Tensor => {
  if (encoded.dtype === 'float32') return floats(encoded)
  const indices = tf.tensor1d(decode(encoded).data as Int32Array, 'int32')
  return tf.oneHot(indices, logits.shape.at(-1)!)
}

type Loss = (logits: tf.Tensor, labels: tf.Tensor | undefined) => tf.Tensor

const softmaxLoss: Loss = (logits, labels) =>
  tf.losses.softmaxCrossEntropy(labels!, logits, undefined, 0, tf.Reduction.NONE)

const functions: Readonly<Record<string, Loss>> = {
  softmax: (logits) => tf.softmax(logits),
  logSoftmax: (logits) => tf.logSoftmax(logits),
  sparseSoftmaxCrossEntropyWithLogits: softmaxLoss,
  softmaxCrossEntropyWithLogits: softmaxLoss,
  sigmoidCrossEntropyWithLogits: (logits, labels) =>
    tf.losses.sigmoidCrossEntropy(labels!, logits, undefined, 0, tf.Reduction.NONE),
}
