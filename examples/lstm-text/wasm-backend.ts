import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'

/** Computes with WebAssembly, and gives that backend of TensorFlow.js 4.22 what it lacks to train such a network. */
export const useWasm = async (): Promise<void> => {
  tf.enableProdMode() // else TensorFlow.js prints advice
  await tf.setBackend('wasm')
  if (tf.getKernel('UnsortedSegmentSum', 'wasm')) return
  registerSegmentSum()
  replaceMatMul()
}

/** The gradient of an embedding adds up the rows of each word, with a kernel that only the other backends have. */
const registerSegmentSum = (): void =>
  tf.registerKernel({
    kernelName: 'UnsortedSegmentSum',
    backendName: 'wasm',
    kernelFunc: ({ inputs, attrs }) => {
      const { x, segmentIds } = inputs as { x: tf.Tensor; segmentIds: tf.Tensor1D }
      const { numSegments } = attrs as { numSegments: number }
      // which adds up what goes to the same place
      return tf.scatterND(tf.expandDims(segmentIds, 1), x, [numSegments, ...x.shape.slice(1)])
    },
  })

/** The gradient of a matrix product multiplies transposed matrices, for which the backend has but a plain loop: transposing first is faster. */
const replaceMatMul = (): void => {
  const matMul = tf.getKernel('BatchMatMul', 'wasm')
  tf.unregisterKernel('BatchMatMul', 'wasm')
  tf.registerKernel({
    ...matMul,
    kernelFunc: ({ inputs, attrs, ...rest }) => {
      const { a, b } = inputs as { a: tf.Tensor; b: tf.Tensor }
      const { transposeA, transposeB } = attrs as { transposeA: boolean; transposeB: boolean }
      const plain = { a: transposeA ? transposed(a) : a, b: transposeB ? transposed(b) : b }
      return matMul.kernelFunc({ ...rest, inputs: plain, attrs: { transposeA: false, transposeB: false } })
    },
  })
}

const transposed = (matrices: tf.Tensor): tf.Tensor =>
  tf.transpose(matrices, matrices.rank === 3 ? [0, 2, 1] : [1, 0])
