import { describe, expect, it } from 'vitest'
import { tensor } from '../../src/index.ts'
import { engines, expectClose, numbers, reference } from '../support.ts'

// The numbers that the five tutorials print. Softmax, dense and sigmoid rows come from float64 runs, the sparse one
// from a float32 run.
const logits = [
  [12, 3, 2],
  [3, 10, 1],
  [1, 2, 5],
  [4, 6.5, 1.2],
  [3, 6, 1],
]
const oneHot = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 0, 0],
  [0, 1, 0],
]
const severalHot = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
  [1, 1, 0],
  [0, 1, 0],
]
const sparseLogits = [
  [2, 0.5, 1],
  [0.1, 1, 3],
  [3.1, 4, 2],
]

describe.each(engines)('on $name the tutorials print', (engine) => {
  it('softmax of [.1, .3, .5, .9]', async () => {
    const result = await engine.softmax({ logits: Float64Array.of(0.1, 0.3, 0.5, 0.9) })
    expect(result.toString()).toBe('[0.16838508 0.205666   0.25120102 0.37474789]')
  })

  it('softmax of [3, 1, -3] as about [.88, .12, 0]', async () => {
    const result = numbers(await engine.softmax({ logits: [3, 1, -3] }))
    expect(result.map((p) => Number(p.toFixed(2)))).toEqual([0.88, 0.12, 0])
    expect(result.map((p) => Number(p.toFixed(4)))).toEqual([0.8789, 0.1189, 0.0022])
  })

  it('the dense loss of five examples', async () => {
    const result = await engine.softmaxCrossEntropyWithLogits({
      labels: oneHot,
      logits: tensor(logits, 'float64'),
    })
    expect(result.toString()).toBe(
      '[1.68795487e-04 1.03475622e-03 6.58839038e-02 2.58349207e+00\n 5.49852354e-02]',
    )
  })

  it('the sigmoid losses of five examples with several classes each', async () => {
    const result = await engine.sigmoidCrossEntropyWithLogits({
      labels: severalHot,
      logits: tensor(logits, 'float64'),
    })
    expect(result.toString()).toBe(
      [
        '[[6.14419348e-06 3.04858735e+00 2.12692801e+00]',
        ' [3.04858735e+00 4.53988992e-05 1.31326169e+00]',
        ' [1.31326169e+00 2.12692801e+00 6.71534849e-03]',
        ' [1.81499279e-02 1.50231016e-03 1.46328247e+00]',
        ' [3.04858735e+00 2.47568514e-03 1.31326169e+00]]',
      ].join('\n'),
    )
  })

  it('the sparse loss of three examples, in float32', async () => {
    const result = await engine.sparseSoftmaxCrossEntropyWithLogits({
      labels: [0, 1, 2],
      logits: sparseLogits,
    })
    expectClose(result, Float32Array.of(0.4643688, 2.1742544, 2.4330187), 'float32', 1)
  })

  it('a loss of shape [2] for logits of shape [2, 5], where one tutorial says [2, 1]', async () => {
    const result = await engine.softmaxCrossEntropyWithLogits({
      labels: { data: new Float32Array(10).fill(0.2), shape: [2, 5] },
      logits: { data: new Float32Array(10), shape: [2, 5] },
    })
    expect(result.shape).toEqual([2])
    expectClose(result, [Math.log(5), Math.log(5)], 'float32', 1)
  })

  it('in float32 what float64 gives for the same rounded inputs, within 2 ulp', async () => {
    const wide = tensor(tensor(logits), 'float64')
    const narrow = tensor(logits)
    for (const labels of [oneHot, severalHot]) {
      expectClose(
        await engine.softmaxCrossEntropyWithLogits({ labels, logits: narrow }),
        await reference.softmaxCrossEntropyWithLogits({ labels, logits: wide }),
        'float32',
        2,
      )
      expectClose(
        await engine.sigmoidCrossEntropyWithLogits({ labels, logits: narrow }),
        await reference.sigmoidCrossEntropyWithLogits({ labels, logits: wide }),
        'float32',
        2,
      )
    }
    expectClose(
      await engine.softmax({ logits: narrow }),
      await reference.softmax({ logits: wide }),
      'float32',
      2,
    )
  })
})
