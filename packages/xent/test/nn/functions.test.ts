import { describe, expect, it } from 'vitest'
import { type Defined, type Tensor, type TensorLike, tensor, type XentEngine } from '../../src/index.ts'
import { engines, expectClose, normal, numbers, randomStream } from '../support.ts'
import { slopeOf } from './finite-differences.ts'

const random = randomStream(11)
const size = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1)
const array = (shape: readonly number[], element: () => number): Tensor =>
  tensor({ data: Float64Array.from({ length: size(shape) }, element), shape })
const scores = (shape: readonly number[]): Tensor => array(shape, () => 2 * normal(random))
const shares = (shape: readonly number[]): Tensor => array(shape, random)

const shapes: readonly (readonly [readonly number[], readonly number[]])[] = [
  [[5], [-1, 0]],
  [
    [4, 3],
    [-1, 0, 1, -2],
  ],
  [
    [2, 3, 4],
    [-1, 0, 1, 2, -2, -3],
  ],
  [
    [2, 1, 3, 2],
    [-1, 0, 1, 2, 3],
  ],
]
const cases = shapes.flatMap(([shape, axes]) => axes.map((axis) => ({ shape, axis })))

const without = (shape: readonly number[], axis: number): number[] =>
  shape.filter((_, k) => k !== (axis + shape.length) % shape.length)

/** The textbook's softmax along an axis, for logits of ordinary size. */
const textbook = (
  logits: Tensor,
  axis: number,
): { p: number[]; rowOf: (k: number) => number; classOf: (k: number) => number } => {
  const { shape } = logits
  const a = (axis + shape.length) % shape.length
  const inner = size(shape.slice(a + 1))
  const classes = shape[a]!
  const rowOf = (k: number): number => Math.floor(k / (inner * classes)) * inner + (k % inner)
  const classOf = (k: number): number => Math.floor(k / inner) % classes
  const e = numbers(logits).map(Math.exp)
  const sums: number[] = []
  e.forEach((value, k) => {
    sums[rowOf(k)] = (sums[rowOf(k)] ?? 0) + value
  })
  return { p: e.map((value, k) => value / sums[rowOf(k)]!), rowOf, classOf }
}

const sumsByRow = (values: readonly number[], rowOf: (k: number) => number): number[] => {
  const sums: number[] = []
  values.forEach((value, k) => {
    sums[rowOf(k)] = (sums[rowOf(k)] ?? 0) + value
  })
  return sums
}

/** Sum of upstream · value, the number whose derivatives the gradients are. */
const weighted = (value: Tensor, upstream: TensorLike): number => {
  const u = numbers(upstream)
  return numbers(value).reduce((sum, loss, k) => sum + loss * u[k]!, 0)
}

const near = (actual: TensorLike, expected: readonly number[], tolerance: number): void => {
  const values = numbers(actual)
  expect(values.length).toBe(expected.length)
  for (const [k, value] of values.entries()) expect(Math.abs(value - expected[k]!)).toBeLessThan(tolerance)
}

describe.each(engines)('on $name', (engine: XentEngine) => {
  describe.each(cases)('along axis $axis of shape $shape', ({ shape, axis }) => {
    const logits = scores(shape)
    const { p, rowOf, classOf } = textbook(logits, axis)
    const lossShape = without(shape, axis)
    const classes = shape[(axis + shape.length) % shape.length]!

    it('softmax and log-softmax are the textbook formulas', async () => {
      const softmax = await engine.softmax({ logits, axis })
      const log = await engine.logSoftmax({ logits, axis })
      expect([softmax.shape, log.shape]).toEqual([shape, shape])
      near(softmax, p, 1e-14)
      near(log, p.map(Math.log), 1e-14)
    })

    it('the dense loss is −Σ t log p', async () => {
      const labels = shares(shape)
      const value = await engine.softmaxCrossEntropyWithLogits({ labels, logits, axis })
      const terms = numbers(labels).map((t, k) => -t * Math.log(p[k]!))
      expect(value.shape).toEqual(lossShape)
      near(value, sumsByRow(terms, rowOf), 1e-13)
    })

    it('the sparse loss is −log p of the label, and the dense loss of its one-hot row', async () => {
      const labels = {
        data: Int32Array.from({ length: size(lossShape) }, (_, r) => (3 * r + 1) % classes),
        shape: lossShape,
      }
      const oneHot = {
        data: Float64Array.from(p, (_, k) => Number(classOf(k) === labels.data[rowOf(k)])),
        shape,
      }
      const sparse = await engine.valueAndGrad(
        engine.sparseSoftmaxCrossEntropyWithLogits,
        'logits',
      )({ labels, logits, axis })
      const dense = await engine.valueAndGrad(
        engine.softmaxCrossEntropyWithLogits,
        'logits',
      )({ labels: oneHot, logits, axis })
      const terms = p.map((probability, k) => -oneHot.data[k]! * Math.log(probability))
      expect(sparse.value.shape).toEqual(lossShape)
      near(sparse.value, sumsByRow(terms, rowOf), 1e-14)
      expectClose(sparse.value, dense.value, 'float64', 8)
      expectClose(sparse.grad.logits, dense.grad.logits, 'float64', 8)
    })
  })

  describe.each([[[]], [[4]], [[3, 2]], [[2, 2, 3]]])('elementwise over shape %j', (shape) => {
    const logits = scores(shape)
    const labels = shares(shape)
    const sigmoid = numbers(logits).map((x) => 1 / (1 + Math.exp(-x)))
    const z = numbers(labels)

    it('the sigmoid loss is −z log σ − (1 − z) log(1 − σ)', async () => {
      const value = await engine.sigmoidCrossEntropyWithLogits({ labels, logits })
      expect(value.shape).toEqual(shape)
      near(
        value,
        sigmoid.map((p, k) => -z[k]! * Math.log(p) - (1 - z[k]!) * Math.log(1 - p)),
        1e-13,
      )
    })

    it('the weighted loss multiplies the positive term, and with weight 1 is the sigmoid loss', async () => {
      const value = await engine.weightedCrossEntropyWithLogits({ labels, logits, posWeight: 2.5 })
      near(
        value,
        sigmoid.map((p, k) => -2.5 * z[k]! * Math.log(p) - (1 - z[k]!) * Math.log(1 - p)),
        1e-13,
      )
      const one = engine.valueAndGrad(engine.weightedCrossEntropyWithLogits, ['logits', 'labels'])
      const plain = engine.valueAndGrad(engine.sigmoidCrossEntropyWithLogits, ['logits', 'labels'])
      const a = await one({ labels, logits, posWeight: 1 })
      const b = await plain({ labels, logits })
      expect(numbers(a.value)).toEqual(numbers(b.value))
      expect(numbers(a.grad.logits)).toEqual(numbers(b.grad.logits))
      expect(numbers(a.grad.labels)).toEqual(numbers(b.grad.labels))
    })

    it('a softmax over two classes, one of them held at 0, is the sigmoid loss', async () => {
      const pairs = { data: numbers(logits).flatMap((x) => [x, 0]), shape: [...shape, 2], dtype: 'float64' }
      const both = { data: z.flatMap((t) => [t, 1 - t]), shape: [...shape, 2], dtype: 'float64' }
      const softmax = await engine.softmaxCrossEntropyWithLogits({ labels: both, logits: pairs })
      const sigmoidLoss = await engine.sigmoidCrossEntropyWithLogits({ labels, logits })
      expectClose(softmax, sigmoidLoss, 'float64', 8)
    })
  })

  const shape = [2, 3, 4]
  const logits = scores(shape)
  const labels = shares(shape)
  const losses = [
    { name: 'softmax', fn: engine.softmax, args: { logits, axis: 1 }, keys: ['logits'] },
    { name: 'logSoftmax', fn: engine.logSoftmax, args: { logits, axis: 0 }, keys: ['logits'] },
    {
      name: 'sparseSoftmaxCrossEntropyWithLogits',
      fn: engine.sparseSoftmaxCrossEntropyWithLogits,
      args: {
        logits,
        labels: [
          [0, 2, 1, 1],
          [2, 2, 0, 1],
        ],
        axis: 1,
      },
      keys: ['logits'],
    },
    {
      name: 'softmaxCrossEntropyWithLogits',
      fn: engine.softmaxCrossEntropyWithLogits,
      args: { logits, labels, axis: 1 },
      keys: ['logits', 'labels'],
    },
    {
      name: 'softmaxCrossEntropyWithLogits with labels of shape [1, 4]',
      fn: engine.softmaxCrossEntropyWithLogits,
      args: { logits, labels: shares([1, 4]) },
      keys: ['logits', 'labels'],
    },
    {
      name: 'softmaxCrossEntropyWithLogits with labels of shape [2, 1, 1]',
      fn: engine.softmaxCrossEntropyWithLogits,
      args: { logits, labels: shares([2, 1, 1]) },
      keys: ['logits', 'labels'],
    },
    {
      name: 'sigmoidCrossEntropyWithLogits',
      fn: engine.sigmoidCrossEntropyWithLogits,
      args: { logits, labels },
      keys: ['logits', 'labels'],
    },
    ...[[], [4], [3, 1], [2, 3, 4], [2, 2, 3, 4]].map((weightShape) => ({
      name: `weightedCrossEntropyWithLogits with posWeight of shape [${weightShape}]`,
      fn: engine.weightedCrossEntropyWithLogits,
      args: { logits, labels, posWeight: array(weightShape, () => 3 * random()) },
      keys: ['logits', 'labels', 'posWeight'],
    })),
  ]

  it.each(losses)(
    'the gradients of $name agree with finite differences',
    async ({ fn: typed, args, keys }) => {
      const fn = typed as unknown as ((args: object) => Promise<Tensor>) & Defined<object, string>
      const upstream = scores((await fn(args)).shape)
      const { grad } = await engine.valueAndGrad(fn, keys)(args, { upstream })
      for (const key of keys) {
        const argument = args[key as keyof typeof args] as unknown as Tensor
        const f = async (moved: TensorLike): Promise<number> =>
          weighted(await fn({ ...args, [key]: moved }), upstream)
        expect(grad[key]!.shape).toEqual(argument.shape)
        near(grad[key]!, await slopeOf(f, argument, argument.shape), 1e-8)
      }
    },
  )

  it.each(losses)(
    'the Hessian products of $name agree with finite differences',
    async ({ fn: typed, args, keys }) => {
      const fn = typed as unknown as ((args: object) => Promise<Tensor>) & Defined<object, string>
      const upstream = scores((await fn(args)).shape)
      const tangents = Object.fromEntries(
        keys.map((key) => [key, scores((args[key as 'logits'] as Tensor).shape)]),
      )
      const products = await engine.hessianVectorProduct(fn, keys)(args, tangents, { upstream })
      for (const key of keys) {
        const argument = args[key as 'logits'] as Tensor
        const slope = async (moved: TensorLike): Promise<number> => {
          const { grad } = await engine.valueAndGrad(fn, keys)({ ...args, [key]: moved }, { upstream })
          return keys.reduce((sum, other) => sum + weighted(grad[other]!, tangents[other]!), 0)
        }
        near(products[key]!, await slopeOf(slope, argument, argument.shape), 1e-7)
      }
      const single = await engine.hessianVectorProduct(fn, 'logits')(args, tangents.logits!, { upstream })
      const listed = await engine.hessianVectorProduct(fn, ['logits'])(
        args,
        { logits: tangents.logits! },
        { upstream },
      )
      expect(numbers(single as unknown as Tensor)).toEqual(numbers(listed.logits!))
    },
  )

  it('an upstream number is that number for every value', async () => {
    const loss = engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, 'logits')
    const args = { logits, labels }
    const filled = { data: new Float64Array(6).fill(0.25), shape: [2, 3] }
    const a = await loss(args, { upstream: 0.25 })
    const b = await loss(args, { upstream: filled })
    expect(numbers(a.grad.logits)).toEqual(numbers(b.grad.logits))
    expect(numbers((await loss(args)).value)).toEqual(numbers(a.value))
  })

  it('integer and boolean labels are cast, and their gradient has the type of the logits', async () => {
    const floats = { data: Float32Array.of(1, 0, 0, 0, 1, 0), shape: [2, 3] }
    const x = { data: Float32Array.of(3, -1, 0.5, 2, 2, 9), shape: [2, 3] }
    const expected = await engine.softmaxCrossEntropyWithLogits({ labels: floats, logits: x })
    for (const like of [
      { data: Uint8Array.from(floats.data), shape: [2, 3], dtype: 'bool' },
      { data: Int32Array.from(floats.data), shape: [2, 3] },
      { data: BigInt64Array.from(Array.from(floats.data, BigInt)), shape: [2, 3] },
      [
        [true, false, false],
        [false, true, false],
      ],
      [
        [1, 0, 0],
        [0, 1, 0],
      ],
    ]) {
      const { value, grad } = await engine.valueAndGrad(
        engine.softmaxCrossEntropyWithLogits,
        'labels',
      )({ labels: like, logits: x })
      expect(numbers(value)).toEqual(numbers(expected))
      expect(grad.labels.dtype).toBe('float32')
      expect(numbers(await engine.sigmoidCrossEntropyWithLogits({ labels: like, logits: x }))).toEqual(
        numbers(await engine.sigmoidCrossEntropyWithLogits({ labels: floats, logits: x })),
      )
    }
  })

  it.each(['float16', 'bfloat16', 'float32', 'float64'] as const)('%s in, %s out', async (dtype) => {
    const x = tensor([[1, 2, 3]], dtype)
    const { value, grad } = await engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, [
      'logits',
      'labels',
    ])({
      labels: tensor([[0.25, 0.25, 0.5]], dtype),
      logits: x,
    })
    expect([value.dtype, grad.logits.dtype, grad.labels.dtype]).toEqual([dtype, dtype, dtype])
    expectClose(value, [Math.log(Math.exp(1) + Math.exp(2) + Math.exp(3)) - 2.25], dtype, 1)
  })

  it('strided views and every integer type of label read alike', async () => {
    const x = { data: Float32Array.of(9, 1, 4, 9, 2, 5, 9, 3, 6), shape: [2, 3], strides: [1, 3], offset: 1 }
    const straight = [
      [1, 2, 3],
      [4, 5, 6],
    ]
    const expected = numbers(
      await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [2, 0], logits: straight }),
    )
    for (const Labels of [Int8Array, Int16Array, Int32Array, Uint8Array, Uint16Array, Uint32Array]) {
      const value = await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: Labels.of(2, 0), logits: x })
      expect(numbers(value)).toEqual(expected)
    }
    expect(
      numbers(
        await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: BigInt64Array.of(2n, 0n), logits: x }),
      ),
    ).toEqual(expected)
    expect(
      numbers(await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [2n, 0n], logits: x })),
    ).toEqual(expected)
  })
})
