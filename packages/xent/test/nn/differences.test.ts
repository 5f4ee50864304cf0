import { describe, expect, it } from 'vitest'
import { softmaxCrossEntropyWithLogits as v1 } from '../../src/compat/v1/index.ts'
import { tensor, valueAndGrad, XentError } from '../../src/index.ts'
import { engines, expectClose, numbers } from '../support.ts'
import { slopeOf } from './finite-differences.ts'

// The deliberate differences from TensorFlow, one by one as docs/differences.md numbers them. What TensorFlow gives is
// from runs of TensorFlow 2.21.
describe.each(engines)('on $name, where TensorFlow is merely unlucky,', (engine) => {
  const dense = engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])

  it('1: the gradient is the derivative where labels do not sum to 1, which it leaves on request', async () => {
    const logits = Float64Array.of(1, -2, 0.5)
    const labels = Float64Array.of(0.5, 1, 0.75)
    const { grad } = await dense({ labels, logits })
    const loss = async (x: unknown): Promise<number> =>
      (await engine.softmaxCrossEntropyWithLogits({ labels, logits: x as Float64Array })).item() as number
    const slope = await slopeOf(loss, logits, [3])
    for (const [k, g] of numbers(grad.logits).entries()) expect(g).toBeCloseTo(slope[k]!, 8)

    const { grad: theirs } = await dense({ labels, logits, gradient: 'tensorflow' })
    const p = numbers(await engine.softmax({ logits }))
    for (const [k, g] of numbers(theirs.logits).entries()) expect(g).toBeCloseTo(p[k]! - labels[k]!, 15)
    const old = valueAndGrad(v1, 'logits')({ labels, logits })
    expectClose(old.grad.logits, theirs.logits, 'float64', 16, () => 1)
  })

  it('1: all-zero labels have loss 0 and gradient 0', async () => {
    const { value, grad } = await dense({ labels: [0, 0, 0], logits: [1, 2, 3] })
    expect(value.item()).toBe(0)
    expect(numbers(grad.logits).map(Math.abs)).toEqual([0, 0, 0])
  })

  it('1: the weighted gradient at logit 0 is the derivative', async () => {
    const { grad } = await engine.valueAndGrad(
      engine.weightedCrossEntropyWithLogits,
      'logits',
    )({
      labels: [0, 0.25, 1],
      logits: [0, 0, -0],
      posWeight: 3,
    })
    // (1 − z)/2 − 3z/2; TensorFlow gives 1 − z
    expect(numbers(grad.logits)).toEqual([0.5, 0, -1.5])
  })

  it('1: mixed second derivatives exist, and are absent where TensorFlow is asked for', async () => {
    const args = { labels: Float64Array.of(0.25, 0.75), logits: Float64Array.of(1, 3) }
    const p = 1 / (1 + Math.exp(2))
    const product = engine.hessianVectorProduct(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])
    const tangents = { logits: Float64Array.of(1, 0), labels: Float64Array.of(0, 0) }
    // d/dt of the slope Σt·p − t along (1, 0)
    const mixed = numbers((await product(args, tangents)).labels)
    for (const [k, h] of mixed.entries()) expect(h).toBeCloseTo([p - 1, p][k]!, 14)
    expect(numbers((await product({ ...args, gradient: 'tensorflow' }, tangents)).labels)).toEqual([0, 0])
  })

  it('2: a -Infinity logit with label 0 costs nothing, with a positive label everything', async () => {
    const { value, grad } = await dense({
      labels: [
        [1, 0, 0],
        [0.5, 0.5, 0],
        [0, 0, 1],
      ],
      logits: [
        [1, 1, -Infinity],
        [1, 1, -Infinity],
        [1, 1, -Infinity],
      ],
    })
    expectClose(value, [Math.LN2, Math.LN2, Infinity], 'float32', 1)
    expectClose(grad.logits, [-0.5, 0.5, 0, 0, 0, 0, 0.5, 0.5, -1], 'float32', 1, (k) =>
      k % 3 === 2 ? 0 : 0.5,
    )
    expect(numbers(await engine.softmax({ logits: [1, 1, -Infinity] }))).toEqual([0.5, 0.5, 0])
    expect(
      numbers(await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [2], logits: [[1, 1, -Infinity]] })),
    ).toEqual([Infinity])
  })

  it('2: the sigmoid losses at ±Infinity are the limits', async () => {
    const logits = [Infinity, Infinity, Infinity, -Infinity, -Infinity, -Infinity]
    const labels = [1, 0, 0.5, 0, 1, 0.5]
    const { value, grad } = await engine.valueAndGrad(engine.sigmoidCrossEntropyWithLogits, [
      'logits',
      'labels',
    ])({ labels, logits })
    expect(numbers(value)).toEqual([0, Infinity, Infinity, 0, Infinity, Infinity])
    expect(numbers(grad.logits).map((g) => g + 0)).toEqual([0, 1, 0.5, 0, -1, -0.5])
    expect(numbers(grad.labels)).toEqual([-Infinity, -Infinity, -Infinity, Infinity, Infinity, Infinity])
  })

  it('2: a row with NaN, with +Infinity or of only -Infinity is NaN, and its neighbours are not', async () => {
    const logits = [
      [1, 2, 3],
      [1, Number.NaN, 3],
      [1, Infinity, 3],
      [-Infinity, -Infinity, -Infinity],
      [Number.NaN, 2, 3],
      [3, 2, 1],
    ]
    const sparse = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [0, 0, 0, 0, 0, 0], logits })
    const soft = await dense({ labels: [[0.5, 0.5, 0]], logits })
    const p = await engine.softmax({ logits })
    for (const result of [sparse.value, soft.value]) {
      expect(numbers(result).map(Number.isNaN)).toEqual([false, true, true, true, true, false])
    }
    for (const result of [sparse.grad.logits, soft.grad.logits, p, await engine.logSoftmax({ logits })]) {
      const rows = result.toArray() as number[][]
      expect(rows.map((row) => row.map(Number.isNaN))).toEqual(
        [false, true, true, true, true, false].map((bad) => [bad, bad, bad]),
      )
    }
  })

  it('2: a NaN label reaches the loss of its row alone', async () => {
    const labels = [
      [Number.NaN, 0],
      [1, 0],
    ]
    const { value, grad } = await dense({
      labels,
      logits: [
        [0, 0],
        [0, 0],
      ],
    })
    expectClose(value, [Number.NaN, Math.LN2], 'float32', 1)
    expect(numbers(grad.logits)).toEqual([Number.NaN, Number.NaN, -0.5, 0.5])
  })

  it('3: leading shapes that merely flatten alike do not match', async () => {
    const labels = { data: new Float32Array(24), shape: [3, 2, 4] }
    const logits = { data: new Float32Array(24), shape: [2, 3, 4] }
    await expect(engine.softmaxCrossEntropyWithLogits({ labels, logits })).rejects.toThrow(XentError)
  })

  it('3: subnormal results are kept', async () => {
    const p = numbers(await engine.softmax({ logits: [0, -95, -100] }))
    expect(p.slice(1)).toEqual([Math.exp(-95), Math.exp(-100)].map(Math.fround))
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [0], logits: [[0, -95]] })
    expect(value.item()).toBe(Math.fround(Math.exp(-95)))
    expect(numbers(grad.logits)).toEqual([-Math.fround(Math.exp(-95)), Math.fround(Math.exp(-95))])
    const tiny = numbers(await engine.softmax({ logits: Float64Array.of(0, -740) }))
    expect(Math.abs(tiny[1]! - Math.exp(-740))).toBeLessThanOrEqual(5e-324)
    expect(numbers(await engine.sigmoidCrossEntropyWithLogits({ labels: [0], logits: [-95] }))).toEqual([
      Math.fround(Math.exp(-95)),
    ])
  })

  it('4: negative axes and an axis of the sparse loss work', async () => {
    const logits = tensor({
      data: Float32Array.from({ length: 24 }, (_, k) => Math.sin(k)),
      shape: [2, 3, 4],
    })
    const labels = { data: new Float32Array(24).fill(0.25), shape: [2, 3, 4] }
    for (const axis of [0, 1, 2]) {
      const positive = await engine.softmaxCrossEntropyWithLogits({ labels, logits, axis })
      const negative = await engine.softmaxCrossEntropyWithLogits({ labels, logits, axis: axis - 3 })
      expect(numbers(negative)).toEqual(numbers(positive))
    }
    const sparse = await engine.sparseSoftmaxCrossEntropyWithLogits({
      labels: [
        [0, 1, 2, 0],
        [1, 1, 2, 2],
      ],
      logits,
      axis: 1,
    })
    expect(sparse.shape).toEqual([2, 4])
  })

  // The losses in high precision. At gaps of 30 and 60 TensorFlow, PyTorch and JAX give 0, and 0 for the slope.
  it.each([
    [10, 15, 2.753e-6],
    [1000, 15, 3.055e-4],
    [10, 30, 8.42e-13],
    [1000, 30, 9.35e-11],
    [10, 60, 7.88e-26],
    [1000, 60, 8.75e-24],
  ])('5: a row of %i classes whose true class leads by %i loses %f', async (classes, gap, printed) => {
    const row = Float32Array.from({ length: classes }, (_, k) => (k === 7 ? gap : 0))
    const odds = (classes - 1) * Math.exp(-gap)
    const logits = { data: row, shape: [1, classes] }
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ labels: [7], logits })
    expect(Math.abs((value.item() as number) / printed - 1)).toBeLessThan(1e-3)
    expectClose(value, [Math.log1p(odds)], 'float32', 2)
    expectClose([numbers(grad.logits)[7]!], [-odds / (1 + odds)], 'float32', 2)
    const labels = { data: row.map(Math.sign), shape: [1, classes] }
    const soft = await dense({ labels, logits })
    expectClose(soft.value, [Math.log1p(odds)], 'float32', 2)
    expectClose([numbers(soft.grad.logits)[7]!], [-odds / (1 + odds)], 'float32', 2)
    expectClose([numbers(soft.grad.labels)[7]!], [Math.log1p(odds)], 'float32', 2)
  })

  it('5: the weighted loss of a confident negative keeps its digits', async () => {
    const value = await engine.weightedCrossEntropyWithLogits({ labels: [0], logits: [-10], posWeight: 2 })
    expectClose(value, [4.539889921686465e-5], 'float32', 1) // log(1 + exp(-10)); TensorFlow gives 4.5776367e-05
  })

  it('6: labels out of range throw unless NaN is asked for', async () => {
    const args = {
      labels: [0, 3, -1],
      logits: [
        [1, 2],
        [1, 2],
        [1, 2],
      ],
    }
    await expect(engine.sparseSoftmaxCrossEntropyWithLogits(args)).rejects.toThrow('labels[1]')
    const { value, grad } = await engine.valueAndGrad(
      engine.sparseSoftmaxCrossEntropyWithLogits,
      'logits',
    )({ ...args, outOfRange: 'nan' })
    expect(numbers(value).map(Number.isNaN)).toEqual([false, true, true])
    expect(numbers(grad.logits).map(Number.isNaN)).toEqual([false, false, true, true, true, true])
  })

  it('7: 16-bit types are computed wider: a sparse bfloat16 loss is the rounded truth', async () => {
    const x = [1, 0.5, -0.25, 2]
    const truth = Math.log(x.reduce((sum, logit) => sum + Math.exp(logit), 0)) - 2
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const value = await engine.sparseSoftmaxCrossEntropyWithLogits({
        labels: [3],
        logits: tensor([x], dtype),
      })
      expect(numbers(value)).toEqual(numbers(tensor([truth], dtype)))
    }
  })

  it('7: 16-bit sigmoid and weighted losses are the rounded truth too', async () => {
    const softplus = (x: number): number => Math.log1p(Math.exp(x))
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const args = { labels: tensor([0.25], dtype), logits: tensor([-1.5], dtype) }
      const sigmoid = 0.75 * softplus(-1.5) + 0.25 * softplus(1.5)
      const weighted = 0.75 * softplus(-1.5) + 0.5 * softplus(1.5)
      expect(numbers(await engine.sigmoidCrossEntropyWithLogits(args))).toEqual(
        numbers(tensor([sigmoid], dtype)),
      )
      expect(numbers(await engine.weightedCrossEntropyWithLogits({ ...args, posWeight: 2 }))).toEqual(
        numbers(tensor([weighted], dtype)),
      )
    }
  })
})
