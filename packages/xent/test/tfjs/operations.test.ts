import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
// which registers the gradients of TensorFlow.js
import '@tensorflow/tfjs-layers'
import * as tf from '@tensorflow/tfjs-core'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  sigmoidCrossEntropyWithLogits,
  softmax,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  weightedCrossEntropyWithLogits,
} from '../../src/tfjs/index.ts'
import { differences, tooLarge } from './agreement.ts'

// it looks for leaks in every kernel then
tf.env().set('IS_TEST', true)
await tf.setBackend('cpu')

const rows = [
  [1, 2, 3],
  [4, 5, 6],
]

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  beforeEach(() => tf.setBackend(backend))

  it('every operation has the value, the gradients and the second derivatives of xent', async () => {
    const before = tf.memory().numTensors
    tf.engine().startScope('checks')
    const found = await differences()
    tf.engine().endScope()
    expect(tf.memory().numTensors).toBe(before)
    expect(tooLarge(found)).toEqual([])
    expect(found.length).toBeGreaterThan(100)
  })

  it('a call, its gradient and a call that is refused leave no tensor behind', () => {
    const logits = tf.tensor(rows)
    const before = [tf.memory().numTensors, tf.memory().numDataBuffers]
    const f =
      (labels: number[]) =>
      (x: tf.Tensor): tf.Tensor =>
        sparseSoftmaxCrossEntropyWithLogits({ labels, logits: x })
    f([0, 2])(logits).dispose()
    tf.dispose(Object.values(tf.valueAndGrad(f([0, 2]))(logits)))
    expect(() => f([0, 3])(logits)).toThrow('labels[1]: expected a class in [0, 3), received 3.')
    expect([tf.memory().numTensors, tf.memory().numDataBuffers]).toEqual(before)
  })

  it('numbers do as well as tensors, and no rows are no losses', () => {
    const given = softmaxCrossEntropyWithLogits({ labels: [0, 0, 1], logits: rows })
    expect([...given.dataSync()].map((x) => x.toFixed(4))).toEqual(['0.4076', '0.4076'])
    const none = sparseSoftmaxCrossEntropyWithLogits({
      labels: tf.zeros([0], 'int32'),
      logits: tf.zeros([0, 3]),
    })
    expect([none.shape, [...none.dataSync()]]).toEqual([[0], []])
  })
})

describe('arguments', () => {
  const logits = tf.tensor(rows)

  it.each<[string, () => unknown, string, string]>([
    [
      'positional',
      () => softmax(logits as never),
      'POSITIONAL_CALL',
      'Only call `softmax` with named arguments',
    ],
    [
      'unknown',
      () => softmax({ logits, dim: 1 } as never),
      'UNKNOWN_ARGUMENT',
      'softmax: dim: expected one of',
    ],
    [
      'missing',
      () => sparseSoftmaxCrossEntropyWithLogits({ logits } as never),
      'MISSING_ARGUMENT',
      'sparseSoftmaxCrossEntropyWithLogits: labels: expected a value',
    ],
    [
      'logits of integers',
      () => softmax({ logits: tf.tensor([1, 2], [2], 'int32') }),
      'DTYPE',
      'softmax: logits: expected float32, received int32.',
    ],
    ['logits without classes', () => softmax({ logits: 1 }), 'SHAPE_MISMATCH', 'expected rank 1 or more'],
    ['axis out of range', () => softmax({ logits, axis: 2 }), 'AXIS', 'softmax: axis'],
    [
      'labels of another shape',
      () => sparseSoftmaxCrossEntropyWithLogits({ labels: [0], logits }),
      'SHAPE_MISMATCH',
      'labels: expected shape [2], that of logits [2, 3] without axis 1, received shape [1].',
    ],
    [
      'labels of text',
      () => sparseSoftmaxCrossEntropyWithLogits({ labels: tf.tensor(['a', 'b']), logits }),
      'DTYPE',
      'labels: expected float32, int32 or bool, received string.',
    ],
    [
      'distributions that do not broadcast',
      () => softmaxCrossEntropyWithLogits({ labels: [[1, 0]], logits }),
      'SHAPE_MISMATCH',
      'labels: expected a shape that broadcasts to that of logits, [2, 3], received [1, 2].',
    ],
    [
      'an unknown gradient',
      () => softmaxCrossEntropyWithLogits({ labels: rows, logits, gradient: 'keras' as never }),
      'VALUE',
      "gradient: expected 'exact' or 'tensorflow', received keras.",
    ],
    [
      'labels of another shape than logits',
      () => sigmoidCrossEntropyWithLogits({ labels: [1, 2, 3], logits }),
      'SHAPE_MISMATCH',
      'labels: expected the shape of logits, [2, 3], received [3].',
    ],
    [
      'a weight that does not broadcast',
      () => weightedCrossEntropyWithLogits({ labels: rows, logits, posWeight: [1, 2] }),
      'SHAPE_MISMATCH',
      'posWeight: expected a shape that broadcasts with that of logits, [2, 3], received [2].',
    ],
  ])('%s are refused', (_, call, code, message) => {
    expect(call).toThrow(expect.objectContaining({ name: 'XentError', code }))
    expect(call).toThrow(message)
  })

  it('are refused on a backend that has no way to run a kernel', async () => {
    tf.registerBackend('nothing', () => new tf.KernelBackend())
    tf.setBackend('nothing')
    const call = () => softmax({ logits })
    expect(call).toThrow(expect.objectContaining({ code: 'ENGINE' }))
    await tf.setBackend('cpu')
  })
})
