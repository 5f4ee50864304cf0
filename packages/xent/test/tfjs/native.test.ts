import '@tensorflow/tfjs-layers'
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu'
import * as tf from '@tensorflow/tfjs-core'
import { beforeAll, describe, expect, it } from 'vitest'
import {
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  valueAndGrad,
} from '../../src/index.ts'
import { sparseSoftmaxCrossEntropyWithLogits as sparse } from '../../src/tfjs/index.ts'
import { differences, tooLarge } from './agreement.ts'

// tfjs-node and its libtensorflow cannot be had from npm alone. This backend is the cpu one with what tfjs-node adds, as far
// as xent/tfjs calls it; `npm run oracle:node` runs the same checks on the real one.

interface Attribute {
  readonly name: string
  readonly type: number
  readonly value: number
}

class NativeStandIn extends MathBackendCPU {
  readonly binding = { TF_ATTR_TYPE: 6 }
  readonly calls: { readonly operation: string; readonly types: Readonly<Record<string, number>> }[] = []

  getDTypeInteger(dtype: string): number {
    return { float32: 1, int32: 3 }[dtype]!
  }

  executeMultipleOutputs(
    operation: string,
    attributes: readonly Attribute[],
    [features, labels]: readonly [tf.Tensor2D, tf.Tensor],
    outputs: number,
  ): tf.Tensor[] {
    expect(attributes.every(({ type }) => type === 6)).toBe(true)
    expect([features.rank, features.dtype, outputs]).toEqual([2, 'float32', 2])
    this.calls.push({
      operation,
      types: Object.fromEntries(attributes.map(({ name, value }) => [name, value])),
    })
    const logits = { data: features.dataSync() as Float32Array, shape: features.shape }
    const given = { data: labels.dataSync() as Float32Array | Int32Array, shape: labels.shape }
    const { value, grad } =
      operation === 'SparseSoftmaxCrossEntropyWithLogits'
        ? valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')({ labels: given, logits })
        : valueAndGrad(
            softmaxCrossEntropyWithLogits,
            'logits',
          )({ labels: given, logits, gradient: 'tensorflow' })
    return [value, grad.logits].map(({ data, shape }) => tf.tensor(data as Float32Array, [...shape]))
  }
}

const backend = new NativeStandIn()

beforeAll(async () => {
  tf.registerBackend('native stand-in', () => backend)
  for (const kernel of tf.getKernelsForBackend('cpu'))
    tf.registerKernel({ ...kernel, backendName: 'native stand-in' })
  await tf.setBackend('native stand-in')
})

describe('where libtensorflow is', () => {
  it('every operation has the value, the gradients and the second derivatives of xent', async () => {
    const found = await differences()
    expect(tooLarge(found.filter(({ isOdd }) => !isOdd))).toEqual([])
    const operations = new Map(backend.calls.map(({ operation, types }) => [operation, types]))
    expect(Object.fromEntries(operations)).toEqual({
      SparseSoftmaxCrossEntropyWithLogits: { T: 1, Tlabels: 3 },
      SoftmaxCrossEntropyWithLogits: { T: 1 },
    })
  })

  it('labels that are no classes are refused, or NaN', () => {
    const logits = tf.zeros([3, 2])
    expect(() => sparse({ labels: [0, 2, 1], logits })).toThrow(
      'labels[1]: expected a class in [0, 2), received 2.',
    )
    expect(() => sparse({ labels: [0, 0.5, 1], logits })).toThrow(
      'labels[1]: expected a whole number, received 0.5.',
    )
    const f = (x: tf.Tensor): tf.Tensor => sparse({ labels: [0, 2, 1], logits: x, outOfRange: 'nan' })
    const { value, grad } = tf.valueAndGrad(f)(logits)
    expect([...value.dataSync()]).toEqual([Math.fround(Math.LN2), Number.NaN, Math.fround(Math.LN2)])
    expect(grad.arraySync()).toEqual([
      [-0.5, 0.5],
      [Number.NaN, Number.NaN],
      [0.5, -0.5],
    ])
  })
})
