import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import * as v2 from '../../src/compat/v2.ts'
import * as xent from '../../src/index.ts'
import { Tensor, valueAndGrad } from '../../src/index.ts'
import { expectClose, numbers } from '../support.ts'

const labels = [
  [0.5, 1, 0],
  [0, 0, 1],
]
const logits = [
  [1, 2, -1],
  [0.5, 0.25, 3],
]

/** A fresh copy of the module, which has given no notice yet. */
const load = async () => {
  vi.resetModules()
  return import('../../src/compat/v1/index.ts')
}

describe('compat/v1', () => {
  const warn = vi.spyOn(console, 'warn')

  beforeEach(() => {
    warn.mockReset().mockImplementation(() => {})
  })

  afterAll(() => {
    warn.mockRestore()
  })

  it('softmaxCrossEntropyWithLogits gives TensorFlow’s gradient, into the logits only, and one notice', async () => {
    const v1 = await load()
    const fresh = await import('../../src/index.ts')
    const { value, grad } = fresh.valueAndGrad(v1.softmaxCrossEntropyWithLogits, 'logits')({ labels, logits })
    expect(numbers(value)).toEqual(numbers(xent.softmaxCrossEntropyWithLogits({ labels, logits })))
    const p = numbers(xent.softmax({ logits }))
    expectClose(
      grad.logits,
      p.map((q, k) => q - labels.flat()[k]!),
      'float32',
      2,
      () => 1,
    )
    v1.softmaxCrossEntropyWithLogits({ labels, logits })
    expect(warn).toHaveBeenCalledTimes(1)
    expect(warn.mock.calls[0]?.[0]).toContain('softmaxCrossEntropyWithLogits is deprecated')
    expect(() =>
      fresh.valueAndGrad(v1.softmaxCrossEntropyWithLogits, 'labels' as never)({ labels, logits }),
    ).toThrow('wrt')
  })

  it('softmaxCrossEntropyWithLogitsV2 has a gradient into the labels too, and no notice', async () => {
    const v1 = await load()
    const fresh = await import('../../src/index.ts')
    const { grad } = fresh.valueAndGrad(v1.softmaxCrossEntropyWithLogitsV2, ['logits', 'labels'])({
      labels,
      logits,
    })
    expectClose(
      grad.labels,
      numbers(xent.logSoftmax({ logits })).map((log) => -log),
      'float32',
      1,
    )
    expect(warn).not.toHaveBeenCalled()
  })

  it.each(['softmaxCrossEntropyWithLogits', 'softmaxCrossEntropyWithLogitsV2'] as const)(
    '%s takes dim for axis, but not both',
    async (name) => {
      const v1 = await load()
      const expected = numbers(xent.softmaxCrossEntropyWithLogits({ labels, logits, axis: 0 }))
      expect(numbers(v1[name]({ labels, logits, dim: 0 }))).toEqual(expected)
      expect(numbers(v1[name]({ labels, logits, axis: 0 }))).toEqual(expected)
      expect(() => v1[name]({ labels, logits, axis: 0, dim: 0 })).toThrow(
        "Cannot specify both 'dim' and 'axis'.",
      )
    },
  )

  it('softmax takes dim for axis, with a notice', async () => {
    const v1 = await load()
    expect(numbers(v1.softmax({ logits, dim: 0 }))).toEqual(numbers(xent.softmax({ logits, axis: 0 })))
    v1.softmax({ logits, dim: 0 })
    expect(warn).toHaveBeenCalledTimes(1)
    expect(() => v1.softmax({ logits, axis: 0, dim: 0 })).toThrow("Cannot specify both 'dim' and 'axis'.")
  })

  it('weightedCrossEntropyWithLogits takes targets for labels, but not both and not neither', async () => {
    const v1 = await load()
    const expected = numbers(xent.weightedCrossEntropyWithLogits({ labels, logits, posWeight: 2 }))
    expect(numbers(v1.weightedCrossEntropyWithLogits({ targets: labels, logits, posWeight: 2 }))).toEqual(
      expected,
    )
    expect(numbers(v1.weightedCrossEntropyWithLogits({ labels, logits, posWeight: 2 }))).toEqual(expected)
    expect(() =>
      v1.weightedCrossEntropyWithLogits({ labels, targets: labels, logits, posWeight: 2 }),
    ).toThrow("Cannot specify both 'targets' and 'labels'.")
    expect(() => v1.weightedCrossEntropyWithLogits({ logits, posWeight: 2 })).toThrow(
      'labels: expected a value',
    )
  })

  it('refuses positional calls in TensorFlow’s words, and arguments it does not know', async () => {
    const v1 = await load()
    const positional = v1.softmaxCrossEntropyWithLogits as unknown as (...args: unknown[]) => Tensor
    expect(() => positional(labels, logits)).toThrow(
      'Only call `softmax_cross_entropy_with_logits` with named arguments (labels=..., logits=..., ...)',
    )
    expect(() => v1.softmaxCrossEntropyWithLogits({ labels, logits, gradient: 'exact' } as never)).toThrow(
      'gradient',
    )
  })

  it('has the sparse and sigmoid losses of xent', async () => {
    const v1 = await load()
    expect(numbers(v1.sparseSoftmaxCrossEntropyWithLogits({ labels: [0, 2], logits }))).toEqual(
      numbers(xent.sparseSoftmaxCrossEntropyWithLogits({ labels: [0, 2], logits })),
    )
    expect(numbers(v1.sigmoidCrossEntropyWithLogits({ labels, logits }))).toEqual(
      numbers(xent.sigmoidCrossEntropyWithLogits({ labels, logits })),
    )
  })
})

describe('compat/v2', () => {
  it('is the functions of xent themselves', () => {
    const own = Object.entries(xent)
    for (const entry of Object.entries(v2)) expect(own).toContainEqual(entry)
    expect(Object.keys(v2).length).toBe(7)
    expect(valueAndGrad(v2.softmax, 'logits')({ logits: [0, 0] }).value).toBeInstanceOf(Tensor)
  })
})
