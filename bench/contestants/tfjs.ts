// TensorFlow.js on its CPU backend or its WebAssembly one: tf.losses, whose labels are one-hot.
import { createRequire } from 'node:module'
import * as tf from '@tensorflow/tfjs-core'
import type { Workload } from '../workloads.ts'
import { type Arrays, type Found, type Loaded, serve } from './serve.ts'

const backend = process.argv[2] as 'cpu' | 'wasm'
const require = createRequire(import.meta.url)
// The build of tfjs-core for Node leaves the gradients out, and their modules are written for bundlers: only `require`
// finds its way between them.
require('@tensorflow/tfjs-core/dist/register_all_gradients.js')
require(`@tensorflow/tfjs-backend-${backend}`)
// else it prints advice
tf.enableProdMode()
await tf.setBackend(backend)

type Function = (logits: tf.Tensor) => tf.Tensor

const load = (workload: Workload, { logits, labels }: Arrays): Loaded => {
  tf.engine().startScope('workload')
  const x = tf.tensor(logits as Float32Array, [...workload.shape])
  const value = functionOf(workload, labels)
  const withGradient = tf.valueAndGrad(value)
  return {
    runners: {
      value: {
        call: () => tf.tidy(() => value(x)).dispose(),
        results: (): Found => ({ value: read(tf.tidy(() => value(x))) }),
      },
      gradient: {
        call: () => tf.dispose(withGradient(x)),
        results: (): Found => {
          const { value, grad } = withGradient(x)
          return { value: read(value), gradient: read(grad) }
        },
      },
    },
    free: () => tf.engine().endScope(),
  }
}

const functionOf = ({ fn, shape, axis }: Workload, labels: Arrays['labels']): Function => {
  if (fn === 'softmax') return (x) => tf.softmax(x)
  if (fn === 'logSoftmax') return (x) => tf.logSoftmax(x)
  if (fn !== 'sparse') {
    const given = tf.tensor(labels as Float32Array, [...shape])
    return fn === 'dense' ? softmaxLoss(given) : sigmoidLoss(given)
  }
  const indices = tf.tensor(labels as Int32Array, shape.toSpliced(axis, 1), 'int32')
  const loss = softmaxLoss(tf.oneHot(indices, shape.at(axis)!))
  // it knows no axis but the last
  return axis === -1 ? loss : (x) => loss(tf.transpose(x, classesLast(shape.length, axis)))
}

const softmaxLoss =
  (labels: tf.Tensor): Function =>
  (x) =>
    tf.losses.softmaxCrossEntropy(labels, x, undefined, 0, tf.Reduction.NONE)

const sigmoidLoss =
  (labels: tf.Tensor): Function =>
  (x) =>
    tf.losses.sigmoidCrossEntropy(labels, x, undefined, 0, tf.Reduction.NONE)

const classesLast = (rank: number, axis: number): number[] => {
  const order = Array.from({ length: rank }, (_, k) => k)
  return [...order.toSpliced(axis, 1), axis]
}

const read = (tensor: tf.Tensor): Float32Array => {
  const data = tensor.dataSync() as Float32Array
  tensor.dispose()
  return data
}

await serve({
  about: `TensorFlow.js ${tf.version_core}, ${backend} backend, Node ${process.versions.node}`,
  load,
})
