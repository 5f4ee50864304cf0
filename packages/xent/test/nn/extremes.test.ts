import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/index.ts'
import { engines, expectClose, normal, numbers, randomStream } from '../support.ts'

describe.each(engines)('at the extremes, on $name,', (engine) => {
  it.each([1e8, -1e8, 1e30, -1e30])('a common offset of %d changes nothing', async (offset) => {
    const logits = [[offset, offset, offset, offset]]
    expect(numbers(await engine.softmax({ logits }))).toEqual([0.25, 0.25, 0.25, 0.25])
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [1], logits })
    expectClose(value, [Math.log(4)], 'float32', 1)
    expect(numbers(grad.logits)).toEqual([0.25, -0.75, 0.25, 0.25])
  })

  it.each([1e4, -1e4, 65000, 3e5])('offsets of %d leave differences exact', async (offset) => {
    const row = [0, 0.5, -1, 2.25].map((x) => Math.fround(x + offset))
    const shifted = row.map((x) => x - row[0]!)
    const sum = shifted.reduce((total, x) => total + Math.exp(x), 0)
    expectClose(
      await engine.softmax({ logits: row }),
      shifted.map((x) => Math.exp(x) / sum),
      'float32',
      2,
    )
  })

  it.each([3, 10, 33, 200])(
    'no probability of %d classes exceeds 1, nor does a gradient its factor',
    async (classes) => {
      const rows = 500
      const random = randomStream(classes)
      const shape = [rows, classes]
      const logits = { data: Float32Array.from({ length: rows * classes }, () => 40 * normal(random)), shape }
      const labels = Int32Array.from({ length: rows }, () => Math.floor(classes * random()))
      const p = numbers(await engine.softmax({ logits }))
      expect(Math.max(...p)).toBeLessThanOrEqual(1)
      const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
      const { grad } = await loss({ labels, logits }, { upstream: -0.3 })
      expect(Math.max(...numbers(grad.logits).map(Math.abs))).toBeLessThanOrEqual(Math.fround(0.3))
    },
  )

  it('the widest rows neither overflow nor turn NaN', async () => {
    for (const [dtype, big] of [
      ['float32', 3e38],
      ['float64', 1e308],
    ] as const) {
      const logits = tensor([[big, -big]], dtype)
      expect(numbers(await engine.softmax({ logits }))).toEqual([1, 0])
      expect(numbers(await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [0], logits }))).toEqual([0])
      expect(numbers(await engine.softmaxCrossEntropyWithLogits({ labels: [[1, 0]], logits }))).toEqual([0])
      expect(numbers(await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [1], logits }))).toEqual([
        Infinity,
      ])
    }
  })

  it('spreads of 1000 give exact zeros and exact gaps', async () => {
    const logits = [[1000, 0, -1000]]
    expect(numbers(await engine.softmax({ logits }))).toEqual([1, 0, 0])
    expect(numbers(await engine.logSoftmax({ logits })).map((x) => x + 0)).toEqual([0, -1000, -2000])
    expect(numbers(await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [2], logits }))).toEqual([2000])
  })

  it('subnormal logits are 0 for every purpose but their own', async () => {
    expect(numbers(await engine.softmax({ logits: [1e-45, 0] }))).toEqual([0.5, 0.5])
    expect(numbers(await engine.logSoftmax({ logits: [1e-45, 0] }))).toEqual(
      [-Math.LN2, -Math.LN2].map(Math.fround),
    )
  })

  it('one class is certain', async () => {
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({
      labels: [0, 0],
      logits: [[5], [-7]],
    })
    expect(numbers(value)).toEqual([0, 0])
    expect(numbers(grad.logits).map(Math.abs)).toEqual([0, 0])
    const dense = await engine.valueAndGrad(
      engine.softmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [[-1], [2]], logits: [[5], [-7]] })
    expect(numbers(dense.value).map(Math.abs)).toEqual([0, 0])
    expect(numbers(dense.grad.logits).map(Math.abs)).toEqual([0, 0])
  })

  it('no rows give empty results, and gradients of their arguments’ shapes', async () => {
    const logits = { data: new Float32Array(0), shape: [0, 3] }
    const sparse = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({
      labels: new Int32Array(0),
      logits,
    })
    expect([sparse.value.shape, sparse.grad.logits.shape]).toEqual([[0], [0, 3]])
    const dense = await engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])({
      labels: [[0.25, 0.5, 0.25]],
      logits,
    })
    expect([dense.value.shape, dense.grad.logits.shape, dense.grad.labels.shape]).toEqual([
      [0],
      [0, 3],
      [1, 3],
    ])
    expect(numbers(dense.grad.labels)).toEqual([0, 0, 0])
    expect((await engine.softmax({ logits })).shape).toEqual([0, 3])
    expect((await engine.sigmoidCrossEntropyWithLogits({ labels: logits, logits })).shape).toEqual([0, 3])
    expect(
      await engine
        .softmaxCrossEntropyWithLogits({
          labels: [],
          logits: { data: new Float32Array(0), shape: [0, 2, 4] },
          axis: 1,
        })
        .catch(String),
    ).toContain('labels')
  })

  it('no classes give a dense loss of 0, as TensorFlow has it', async () => {
    const logits = { data: new Float32Array(0), shape: [2, 0] }
    const out = new Float32Array(2).fill(9)
    expect(numbers(await engine.softmaxCrossEntropyWithLogits({ labels: logits, logits }, { out }))).toEqual([
      0, 0,
    ])
    expect((await engine.softmax({ logits })).shape).toEqual([2, 0])
  })

  it('a single row of logits without a batch gives a scalar', async () => {
    const loss = await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: 1, logits: [1, 1] })
    expect(loss.shape).toEqual([])
    expect(loss.item()).toBe(Math.fround(Math.LN2))
    const sigmoid = await engine.sigmoidCrossEntropyWithLogits({ labels: 1, logits: 0 })
    expect(sigmoid.shape).toEqual([])
    expect(sigmoid.item()).toBe(Math.fround(Math.LN2))
  })

  it.each([1e-30, 1e-40, 1e30])('an upstream factor of %d scales every gradient', async (upstream) => {
    const args = { labels: [1], logits: [[0.5, -1, 3]] }
    const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const p = [0.5, -1, 3].map((x, _, all) => Math.exp(x) / all.reduce((sum, y) => sum + Math.exp(y), 0))
    const expected = p.map((probability, k) => upstream * (probability - Number(k === 1)))
    expectClose((await loss(args, { upstream })).grad.logits, expected, 'float32', 2)
  })

  it('262,144 equal logits cost log 262,144', async () => {
    const classes = 262144
    const logits = { data: new Float32Array(classes).fill(-3.7), shape: [1, classes] }
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [5], logits })
    expectClose(value, [Math.log(classes)], 'float32', 1)
    expectClose(
      grad.logits,
      Array.from({ length: classes }, (_, k) => 1 / classes - Number(k === 5)),
      'float32',
      2,
    )
  })
})
