import { describe, expect, it } from 'vitest'
import { type FloatTensor, type Tensor, tensor, valueAndGrad } from '../../src/index.ts'
import {
  compileLoss,
  distributionStrategy,
  MeanSquaredError,
  meanAbsoluteError,
  type OutputLosses,
  SparseCategoricalCrossentropy,
} from '../../src/keras/index.ts'
import { decode, type EncodedArray } from '../conformance/call.ts'
import { expectClose, numbers } from '../support.ts'
import { fixture, type Library } from './recorded.ts'

type Structure<One> = One | readonly Structure<One>[] | { readonly [name: string]: Structure<One> }

interface Recorded
  extends Readonly<Partial<Record<Library, { value: EncodedArray; yPred: Structure<EncodedArray> }>>> {
  readonly name: string
  readonly loss: OutputLosses
  readonly lossWeights: never
  readonly yTrue: Structure<EncodedArray>
  readonly yPred: Structure<EncodedArray>
  readonly sampleWeight: Structure<EncodedArray> | null
}

const isArray = (value: object): value is EncodedArray => 'dtype' in value

const decoded = (value: Structure<EncodedArray>): Structure<Tensor> => {
  if (Array.isArray(value)) return value.map(decoded)
  if (isArray(value)) return decode(value)
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, decoded(one as never)]))
}

const leaves = (value: unknown): Tensor[] =>
  Array.isArray(value)
    ? value.flatMap(leaves)
    : 'dtype' in (value as object)
      ? [value as Tensor]
      : Object.values(value as object).flatMap(leaves)

describe('compileLoss makes what Keras makes of', () => {
  it.each(fixture<Recorded>('compiled').map((one) => [one.name, one] as const))('%s', (_, recorded) => {
    const { loss, lossWeights, sampleWeight } = recorded
    const compiled = compileLoss(loss, lossWeights === null ? {} : { lossWeights })
    const [yTrue, yPred] = [decoded(recorded.yTrue), decoded(recorded.yPred)] as [never, never]
    const options = sampleWeight === null ? {} : { sampleWeight: decoded(sampleWeight) as never }
    const { value, grad } = valueAndGrad(compiled, 'yPred')(yTrue, yPred, options)
    expect(compiled(yTrue, yPred, options).item()).toBe(value.item())
    for (const library of ['keras2', 'keras3'] as const) {
      const expected = recorded[library]
      if (!expected) continue
      expectClose(value, decode(expected.value), 'float32', 8, () => 1)
      const [ours, theirs] = [leaves(grad.yPred), leaves(decoded(expected.yPred))]
      expect(ours.map(({ shape }) => shape)).toEqual(theirs.map(({ shape }) => shape))
      ours.forEach((gradient, k) => {
        expectClose(gradient, theirs[k]!, 'float32', 8, () => 1)
      })
    }
  })
})

describe('compileLoss', () => {
  const yTrue = { kind: [0, 1], size: [[1], [3]] }
  const yPred = {
    kind: [
      [0.5, 0.5],
      [0.25, 0.75],
    ],
    size: [[2], [5]],
  }
  const losses = { kind: 'sparse_categorical_crossentropy', size: 'mse' } as const

  it('reports the losses of the outputs, not weighted', () => {
    const compiled = compileLoss(losses, { lossWeights: { kind: 2, size: 0.5 } })
    const { kind, size } = compiled.perOutput(yTrue, yPred)
    expectClose(kind, [(Math.log(2) + Math.log(4 / 3)) / 2], 'float32', 2)
    expect(size.item()).toBe(2.5)
    expectClose(compiled(yTrue, yPred), [2 * Number(kind.item()) + 1.25], 'float32', 2)
  })

  it('gives gradients in the form of the outputs, in the caller’s shapes', () => {
    const compiled = compileLoss({ size: 'mse' })
    const { grad } = valueAndGrad(compiled, ['yPred', 'yTrue'])(
      { size: [1, 3] },
      { size: [[2], [5]] },
      { upstream: 2 },
    )
    expect(grad.yPred.size.toArray()).toEqual([[2], [4]])
    expect(grad.yTrue.size.toArray()).toEqual([-2, -4])
  })

  it('takes instances, functions, classes and functions of the user, each with its own reduction', () => {
    const squared = (labels: number[], predictions: number[]) =>
      labels.map((y, k) => (y - predictions[k]!) ** 2)
    const compiled = compileLoss([
      new MeanSquaredError({ reduction: 'sum' }),
      meanAbsoluteError,
      SparseCategoricalCrossentropy,
      squared as never,
    ])
    const parts = compiled.perOutput(
      [
        [[1], [3]],
        [[1], [3]],
        [0, 1],
        [1, 3],
      ],
      [[[2], [5]], [[2], [5]], yPred.kind, [2, 5]],
    )
    expect(parts.map((part) => Number(Number(part.item()).toFixed(4)))).toEqual([5, 1.5, 0.4904, 2.5])
  })

  it('takes one array of weights or masks for all outputs, or one for each', () => {
    const both = compileLoss(['mse', 'mse'])
    const columns = { labels: [[1], [3]], predictions: [[2], [5]] }
    const args = [
      [columns.labels, columns.labels],
      [columns.predictions, columns.predictions],
    ] as const
    expect(both(...args, { sampleWeight: [1, 0] }).item()).toBe(1)
    expect(both(...args, { sampleWeight: [Float32Array.of(1, 0), null] }).item()).toBe(3)
    expect(both(...args, { mask: [true, false] }).item()).toBe(2)
    expect(both(...args, { mask: [tensor([true, false]), undefined] }).item()).toBe(3.5)
  })

  it('is one loss for all outputs where only one is given', () => {
    const all = compileLoss<OutputLosses>('mse')
    const value = all({ a: [[1]], b: [[2]] } as never, { a: [[3]], b: [[5]] } as never)
    expect(value.item()).toBe(13)
  })

  it('leaves outputs without a loss out, whose gradient is 0', () => {
    const compiled = compileLoss(['mse', null])
    const { value, grad } = valueAndGrad(compiled, 'yPred')([[[1]], [[2]]], [[[3]], [[5]]])
    expect(value.item()).toBe(4)
    expect((grad.yPred as readonly FloatTensor[]).map((one) => one.toArray())).toEqual([[[4]], [[0]]])
  })

  it('divides means by the replicas of a strategy, and reports sums times them', () => {
    const mean = compileLoss('mse')
    const sum = compileLoss(new MeanSquaredError({ reduction: 'sum' }))
    const args = [
      [[1], [3]],
      [[2], [5]],
    ] as const
    expect(mean(...args).item()).toBe(2.5)
    distributionStrategy(4, () => {
      expect(mean(...args).item()).toBe(0.625)
      expect(mean.perOutput(...args).item()).toBe(2.5)
      expect(numbers(valueAndGrad(mean, 'yPred')(...args).grad.yPred)).toEqual([0.25, 0.5])
      expect(sum(...args).item()).toBe(5)
      expect(sum.perOutput(...args).item()).toBe(20)
    })
  })

  it('keeps a loss of a single output that is not reduced as it is', () => {
    const compiled = compileLoss(new MeanSquaredError({ reduction: 'none' }), { lossWeights: 2 })
    expect(compiled([[1], [3]], [[2], [5]]).toArray()).toEqual([2, 8])
  })

  it.each<[string, () => unknown, string]>([
    [
      'an unknown loss, before the first batch',
      () => compileLoss({ a: 'typo' }),
      "Unknown loss function: 'typo'",
    ],
    [
      'too many weights',
      () => compileLoss(['mse', 'mae'], { lossWeights: [1, 2, 3] as never }),
      '`loss_weights` must match the number of losses, got 2 losses and 3 weights.',
    ],
    [
      'weights of other outputs',
      () => compileLoss({ a: 'mse' }, { lossWeights: { b: 1 } as never }),
      '`loss_weights` must match',
    ],
    [
      'a weight that is none',
      () => compileLoss('mse', { lossWeights: 'two' as never }),
      'Expected `loss_weights` argument to be a float (single output case) or a list, tuple, or dict (multiple output case).',
    ],
    [
      'an option that is none',
      () => compileLoss('mse', { weights: 1 } as object),
      'options.weights: expected one of lossWeights',
    ],
    [
      'fewer predictions than losses',
      () => compileLoss(['mse', 'mae'])([[1], [2]], [[1]] as never),
      'y_true and y_pred have different structures.',
    ],
    [
      'an output without predictions',
      () => compileLoss({ a: 'mse' })({ a: [1] }, { b: [1] } as never),
      "The path: ('a',) in the `loss` argument, can't be found in either the model's output (`y_pred`) or in the labels (`y_true`).",
    ],
    [
      'the gradient by class indices',
      () => valueAndGrad(compileLoss('ce'), 'yTrue')([0], [[1, 2]]),
      'wrt: expected a differentiable argument: yPred, received yTrue',
    ],
    [
      'losses of different shapes',
      () => compileLoss([new MeanSquaredError({ reduction: 'none' }), 'mse'])([[[1]], [[1]]], [[[1]], [[1]]]),
      'losses of one shape, [1], to be added',
    ],
  ])('refuses %s', (_, call, text) => {
    expect(call).toThrow(text)
  })
})
