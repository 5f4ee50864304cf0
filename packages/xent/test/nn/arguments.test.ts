import { describe, expect, test } from 'vitest'
import {
  hessianVectorProduct,
  sigmoidCrossEntropyWithLogits,
  softmax,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  Tensor,
  type TensorLike,
  tensor,
  valueAndGrad,
  weightedCrossEntropyWithLogits,
  XentError,
} from '../../src/index.ts'
import { engines, numbers } from '../support.ts'

const { NaN: nan, POSITIVE_INFINITY: high } = Number

/** From the seeds: the sparse loss of labels 0, 1 and 2. */
const logits = [
  [2, 0.5, 1],
  [0.1, 1, 3],
  [3.1, 4, 2],
]
const losses = [0.4643688, 2.1742544, 2.4330187]

/** The textbook's gradient, softmax minus one-hot. */
const slopes = logits.map((row, label) => {
  const total = row.reduce((sum, x) => sum + Math.exp(x), 0)
  return row.map((x, j) => Math.exp(x) / total - Number(j === label))
})

const expectNear = (actual: TensorLike, expected: readonly number[]): void => {
  const elements = numbers(actual)
  expect(elements.length).toBe(expected.length)
  expected.forEach((x, k) => {
    if (Number.isNaN(x)) expect(elements[k]).toBeNaN()
    else expect(elements[k]).toBeCloseTo(x, 6)
  })
}

describe('class labels', () => {
  const forms: readonly (readonly [name: string, labels: TensorLike])[] = [
    ['whole numbers', [0, 1, 2]],
    ['whole numbers, one of them -0', [-0, 1, 2]],
    ['bigints', [0n, 1n, 2n]],
    ...[Int8Array, Int16Array, Int32Array, Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array].map(
      (Class) => [Class.name, Class.of(0, 1, 2)] as const,
    ),
    ['BigInt64Array', BigInt64Array.of(0n, 1n, 2n)],
    ['a part of an Int32Array', Int32Array.of(9, 0, 1, 2, 9).subarray(1, 4)],
    ['an offset', { data: Int32Array.of(9, 0, 1, 2, 9), shape: [3], offset: 1 }],
    ['an Int32Array backwards', { data: Int32Array.of(2, 1, 0), shape: [3], strides: [-1], offset: 2 }],
    ['a BigInt64Array in steps', { data: BigInt64Array.of(0n, 9n, 1n, 9n, 2n), shape: [3], strides: [2] }],
    ['ONNX Runtime’s tensor', { data: BigInt64Array.of(0n, 1n, 2n), dims: [3], type: 'int64' }],
    ['plain integers that say so', { data: [0, 1, 2], shape: [3], dtype: 'int32' }],
    ['a Tensor', tensor([0, 1, 2], 'uint8')],
  ]
  test.each(forms)('may be %s', async (_name, labels) => {
    const expected = { value: losses, slope: slopes.flat() }
    expectNear(sparseSoftmaxCrossEntropyWithLogits({ labels, logits }), expected.value)
    for (const engine of engines) {
      const call = engine.valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')
      const { value, grad } = await call({ labels, logits })
      expectNear(value, expected.value)
      expectNear(grad.logits, expected.slope)
    }
  })

  test.each([
    ['a number', 2],
    ['a bigint', 2n],
    ['a Tensor', tensor(2n)],
  ])('of one example may be %s', (_name, labels) => {
    const loss = sparseSoftmaxCrossEntropyWithLogits({ labels, logits: logits[2]! })
    expect(loss.shape).toEqual([])
    expectNear(loss, [losses[2]!])
  })

  test('are none where there is no example', () => {
    const none = { data: new Float32Array(0), shape: [0, 3] }
    expect(sparseSoftmaxCrossEntropyWithLogits({ labels: [], logits: none }).toArray()).toEqual([])
  })
})

describe('a class label out of range', () => {
  const beyond: readonly (readonly [name: string, labels: TensorLike])[] = [
    ['the number of classes', [0, 3, 2]],
    ['a number below 0', [0, -1, 2]],
    ['far beyond 32 bits', [0, 2 ** 32 + 1, 2]],
    ['Int32Array', Int32Array.of(0, -(2 ** 31), 2)],
    ['Int8Array', Int8Array.of(0, -1, 2)],
    ['Uint32Array', Uint32Array.of(0, 2 ** 32 - 1, 2)],
    ['BigInt64Array', BigInt64Array.of(0n, -1n, 2n)],
    ['BigInt64Array beyond 32 bits', BigInt64Array.of(0n, 2n ** 32n + 1n, 2n)],
    ['a view', { data: Int32Array.of(2, 7, 0), shape: [3], strides: [-1], offset: 2 }],
  ]
  const fn = sparseSoftmaxCrossEntropyWithLogits

  test.each(beyond)('is NaN for its row alone where asked so: %s', async (_name, labels) => {
    const args = { labels, logits, outOfRange: 'nan' } as const
    const value = [losses[0]!, nan, losses[2]!]
    const slope = [slopes[0]!, [nan, nan, nan], slopes[2]!].flat()
    expectNear(fn(args), value)
    for (const engine of engines) {
      const both = await engine.valueAndGrad(fn, 'logits')(args)
      expectNear(both.value, value)
      expectNear(both.grad.logits, slope)
    }
    const product = numbers(hessianVectorProduct(fn, 'logits')(args, logits))
    expect(product.map(Number.isNaN)).toEqual([...'000111000'].map((x) => x === '1'))
    expect(() => fn({ labels, logits }), 'and is an error else').toThrow(
      expect.objectContaining({ code: 'LABEL_OUT_OF_RANGE' }),
    )
  })

  test('is NaN for its row alone along another axis too', () => {
    const columns = { data: new Float32Array(logits.flat()), shape: [3, 3], strides: [1, 3] }
    const args = { labels: [0, 3, 2], logits: columns, axis: 0, outOfRange: 'nan' } as const
    const { value, grad } = valueAndGrad(fn, 'logits')(args)
    expectNear(value, [losses[0]!, nan, losses[2]!])
    const transposed = [0, 1, 2].flatMap((j) => [slopes[0]![j]!, nan, slopes[2]![j]!])
    expectNear(grad.logits, transposed)
  })

  test('leaves the other rows their very bits', () => {
    const good = valueAndGrad(fn, 'logits')({ labels: [0, 1, 2], logits })
    const bad = valueAndGrad(fn, 'logits')({ labels: [0, 9, 2], logits, outOfRange: 'nan' })
    for (const row of [0, 2]) {
      expect(bad.value.data[row]).toBe(good.value.data[row])
      const [from, to] = [3 * row, 3 * row + 3]
      expect(bad.grad.logits.data.slice(from, to)).toEqual(good.grad.logits.data.slice(from, to))
    }
  })

  test.each([
    ['NaN', nan],
    ['a fraction', 0.5],
    ['a fraction out of range', -0.5],
    ['infinite', high],
  ])('is an error all the same where it is %s', (_name, label) => {
    const call = () => fn({ labels: [0, label, 2], logits, outOfRange: 'nan' })
    expect(call).toThrow(XentError)
    expect(call).toThrow(expect.objectContaining({ code: 'DTYPE' }))
    expect(call).toThrow(`labels[1]: expected a whole number, received ${label}`)
  })
})

describe('labels and weights of any real type mean the same', () => {
  const oneHot = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ]
  const bytes = oneHot.flat()
  const shape = [3, 3]
  const forms: readonly (readonly [name: string, labels: TensorLike])[] = [
    ['numbers', oneHot],
    ['booleans', oneHot.map((row) => row.map(Boolean))],
    ['bigints', oneHot.map((row) => row.map(BigInt))],
    ['Int8Array', { data: Int8Array.from(bytes), shape }],
    ['Uint8Array of booleans', { data: Uint8Array.from(bytes), shape, dtype: 'bool' }],
    ['BigInt64Array', { data: BigInt64Array.from(bytes.map(BigInt)), shape }],
    ['Float64Array', { data: Float64Array.from(bytes), shape }],
    // The bits of 1: from IEEE 754.
    ['float16', { data: Uint16Array.from(bytes, (x) => x * 0x3c00), shape, dtype: 'float16' }],
    ['bfloat16', { data: Uint16Array.from(bytes, (x) => x * 0x3f80), shape, dtype: 'bfloat16' }],
  ]
  test.each(forms)('%s', (_name, labels) => {
    // The dense loss of one-hot labels is the sparse loss.
    expectNear(softmaxCrossEntropyWithLogits({ labels, logits }), losses)
    const softplus = (x: number) => Math.log1p(Math.exp(x))
    const expected = bytes.map((z, k) => softplus(z ? -logits.flat()[k]! : logits.flat()[k]!))
    expectNear(sigmoidCrossEntropyWithLogits({ labels, logits }), expected)
    expectNear(weightedCrossEntropyWithLogits({ labels, logits, posWeight: labels }), expected)
  })

  test('a gradient has its argument’s type where that is a float, else that of the logits', () => {
    const dtypes = forms.map(
      ([, labels]) =>
        valueAndGrad(softmaxCrossEntropyWithLogits, 'labels')({ labels, logits }).grad.labels.dtype,
    )
    expect(dtypes).toEqual([...new Array(6).fill('float32'), 'float64', 'float16', 'bfloat16'])
  })

  test('NaN among float labels goes to its row alone', () => {
    const labels = [[1, 0, 0], [0, nan, 0], oneHot[2]!]
    expectNear(softmaxCrossEntropyWithLogits({ labels, logits }), [losses[0]!, nan, losses[2]!])
  })
})

test('a name and options left undefined are taken and change nothing', () => {
  const args = { labels: [0, 1, 2], logits, axis: undefined, outOfRange: undefined, name: 'loss' }
  expectNear(sparseSoftmaxCrossEntropyWithLogits(args as never), losses)
  expect(softmax({ logits, name: 'p' }).toArray()).toEqual(softmax({ logits }).toArray())
})

test('arguments are neither written to nor kept', () => {
  const x = Float32Array.from(logits.flat())
  const shape = [3, 3]
  const labels = Int32Array.of(0, 1, 2)
  const given = [x.slice(), labels.slice()]
  const { value, grad } = valueAndGrad(
    sparseSoftmaxCrossEntropyWithLogits,
    'logits',
  )({
    labels,
    logits: { data: x, shape },
  })
  expect([x, labels]).toEqual(given)
  x.fill(0)
  labels.fill(0)
  shape.reverse().fill(1)
  expectNear(value, losses)
  expectNear(grad.logits, slopes.flat())
  expect(grad.logits.shape).toEqual([3, 3])
})

test('an object from another library with named arguments is read through its prototype', () => {
  class RemoteTensor {
    readonly dims = [3]
    readonly type = 'int64'
    get data() {
      return BigInt64Array.of(0n, 1n, 2n)
    }
  }
  const labels = new RemoteTensor()
  expectNear(sparseSoftmaxCrossEntropyWithLogits({ labels, logits }), losses)
  expect(sparseSoftmaxCrossEntropyWithLogits({ labels, logits })).toBeInstanceOf(Tensor)
})
