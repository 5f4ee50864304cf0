import { describe, expect, it } from 'vitest'
import { type FloatTensor, type TensorLike, tensor, valueAndGrad } from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { slopeOf } from '../nn/finite-differences.ts'
import { normal, numbers, randomStream } from '../support.ts'
import { lossOf } from './recorded.ts'

// Every gradient is the derivative of the value: in float64, against finite differences.

type Case = readonly [loss: string, config: object, labels: string, predictions: string]

const SHAPE = [3, 2, 4]

const cases: readonly Case[] = [
  ['MeanSquaredError', {}, 'numbers', 'numbers'],
  ['MeanAbsoluteError', {}, 'numbers', 'numbers'],
  ['MeanAbsolutePercentageError', {}, 'numbers', 'numbers'],
  ['MeanSquaredLogarithmicError', {}, 'rates', 'rates'],
  ['Huber', {}, 'numbers', 'numbers'],
  ['Huber', { delta: 0.4 }, 'numbers', 'numbers'],
  ['LogCosh', {}, 'numbers', 'numbers'],
  ['Poisson', {}, 'rates', 'rates'],
  ['KLDivergence', {}, 'distributions', 'distributions'],
  ['CosineSimilarity', {}, 'numbers', 'numbers'],
  ['CosineSimilarity', { axis: 1 }, 'numbers', 'numbers'],
  ['Hinge', {}, 'numbers', 'numbers'],
  ['SquaredHinge', {}, 'numbers', 'numbers'],
  ['CategoricalHinge', {}, 'distributions', 'numbers'],
  ['Dice', {}, 'chances', 'chances'],
  ['Dice', { axis: [0, 2] }, 'chances', 'chances'],
  ['Tversky', { alpha: 0.3, beta: 0.9 }, 'chances', 'chances'],
  ['Tversky', { axis: 1 }, 'chances', 'chances'],
  ['BinaryCrossentropy', {}, 'chances', 'chances'],
  ['BinaryCrossentropy', { label_smoothing: 0.2, axis: 0 }, 'chances', 'chances'],
  ['BinaryCrossentropy', { from_logits: true, label_smoothing: 0.2 }, 'chances', 'numbers'],
  ['BinaryCrossentropy', { from_logits: true, axis: 1 }, 'chances', 'numbers'],
  ['BinaryFocalCrossentropy', { apply_class_balancing: true }, 'chances', 'chances'],
  ['BinaryFocalCrossentropy', { gamma: 0.7, label_smoothing: 0.1 }, 'chances', 'chances'],
  ['BinaryFocalCrossentropy', { from_logits: true, apply_class_balancing: true }, 'chances', 'numbers'],
  ['CategoricalCrossentropy', {}, 'distributions', 'chances'],
  ['CategoricalCrossentropy', { label_smoothing: 0.3, axis: 0 }, 'chances', 'chances'],
  ['CategoricalCrossentropy', { from_logits: true, label_smoothing: 0.1 }, 'chances', 'numbers'],
  ['CategoricalCrossentropy', { from_logits: true, axis: -2 }, 'chances', 'numbers'],
  ['CategoricalFocalCrossentropy', { alpha: [0.1, 0.5, 1, 2] }, 'distributions', 'chances'],
  ['CategoricalFocalCrossentropy', { axis: 1, gamma: 1.5 }, 'chances', 'chances'],
  ['CategoricalFocalCrossentropy', { from_logits: true, label_smoothing: 0.1 }, 'distributions', 'numbers'],
  ['SparseCategoricalCrossentropy', {}, 'classes', 'chances'],
  ['SparseCategoricalCrossentropy', { ignore_class: 2 }, 'classes', 'chances'],
  ['SparseCategoricalCrossentropy', { from_logits: true, ignore_class: 1 }, 'classes', 'numbers'],
  ['SparseCategoricalCrossentropy', { from_logits: true, axis: 1, ignore_class: 0 }, 'classes', 'numbers'],
  ['SparseCategoricalCrossentropy', { axis: 0, ignore_class: -1 }, 'classes', 'chances'],
  ['CategoricalGeneralizedCrossEntropy', { q: 0.3 }, 'classes', 'chances'],
]

const size = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1)

const filled = (shape: readonly number[], next: () => number): FloatTensor =>
  tensor({ data: Float64Array.from({ length: size(shape) }, next), shape }) as FloatTensor

const arrays: Readonly<Record<string, (random: () => number, shape: readonly number[]) => FloatTensor>> = {
  numbers: (random, shape) => filled(shape, () => 1.5 * normal(random)),
  rates: (random, shape) => filled(shape, () => 0.2 + 3 * random()),
  chances: (random, shape) => filled(shape, () => 0.1 + 0.8 * random()),
  // along the last axis
  distributions: (random, shape) => {
    const rows = numbers(filled([size(shape) / 4, 4], () => 0.1 + random()))
    const sums = rows.map((_, k) => rows.slice(k - (k % 4), k - (k % 4) + 4).reduce((a, b) => a + b))
    return tensor({ data: Float64Array.from(rows, (x, k) => x / sums[k]!), shape }) as FloatTensor
  },
}

const labelsOf = (kind: string, random: () => number, axis: number): TensorLike => {
  if (kind !== 'classes') return arrays[kind]!(random, SHAPE)
  const rows = SHAPE.filter((_, k) => k !== (axis + 3) % 3)
  const classes = SHAPE.at(axis)!
  return { data: Int32Array.from({ length: size(rows) }, () => Math.floor(classes * random())), shape: rows }
}

const differ = async (
  loss: keras.AnyLoss,
  yTrue: TensorLike,
  yPred: FloatTensor,
  options: keras.WeightOptions,
  keys: readonly keras.LossKey[],
): Promise<void> => {
  const { value } = valueAndGrad(loss, 'yPred')(yTrue, yPred, options)
  const upstream = filled(value.shape, randomStream(7))
  const { grad } = valueAndGrad(loss as keras.Loss, keys)(yTrue, yPred, { ...options, upstream })
  const total = (result: TensorLike): number =>
    numbers(result).reduce((sum, x, k) => sum + x * numbers(upstream)[k]!, 0)
  for (const key of keys) {
    const at = key === 'yPred' ? yPred : (yTrue as FloatTensor)
    const slopes = await slopeOf(
      async (x) => total(key === 'yPred' ? loss(yTrue, x, options) : loss(x, yPred, options)),
      at,
      at.shape,
    )
    expect(grad[key].shape).toEqual(at.shape)
    const largest = Math.max(...slopes.map(Math.abs), 1e-3)
    numbers(grad[key]).forEach((slope, k) => {
      expect(Math.abs(slope - slopes[k]!) / largest).toBeLessThan(1e-6)
    })
  }
}

describe.each(['none', 'auto', 'mean_with_sample_weight'])('with the reduction %s', (reduction) => {
  it.each(cases)('%s %j: the gradient is the derivative of the value', async (name, config, labels, kind) => {
    const random = randomStream(name.length + JSON.stringify(config).length)
    const loss = lossOf(name, { ...config, reduction })
    const yTrue = labelsOf(labels, random, (config as { axis?: number }).axis ?? -1)
    const yPred = arrays[kind]!(random, SHAPE)
    const keys = labels === 'classes' ? (['yPred'] as const) : (['yPred', 'yTrue'] as const)
    await differ(loss, yTrue, yPred, {}, keys)
    const { shape } = loss.perExample(yTrue, yPred) as FloatTensor
    const sampleWeight = filled(shape, random)
    const mask = { data: Uint8Array.from({ length: size(shape) }, (_, k) => (k % 3 === 1 ? 0 : 1)), shape }
    await differ(loss, yTrue, yPred, { sampleWeight, mask }, keys)
  })
})

describe('the gradient is the derivative of the value', () => {
  const random = randomStream(3)

  it('of Circle, also among references', async () => {
    const yPred = filled([5, 3], () => normal(random) / 2)
    const labels = [0, 1, 0, 2, 1]
    for (const removeDiagonal of [true, false]) {
      const loss = new keras.Circle({ gamma: 2, margin: 0.3, removeDiagonal, reduction: 'none' })
      await differ(loss, labels, yPred, {}, ['yPred'])
    }
    const references = {
      gamma: 2,
      refLabels: [1, 2, 0],
      refEmbeddings: filled([3, 3], () => normal(random) / 2),
      removeDiagonal: false,
    }
    const { grad, value } = valueAndGrad(keras.circle, 'yPred')(labels, yPred, references)
    const slopes = await slopeOf(
      async (x) => numbers(keras.circle(labels, x, references)).reduce((a, b) => a + b),
      yPred,
      yPred.shape,
    )
    expect(value.shape).toEqual([5])
    numbers(grad.yPred).forEach((slope, k) => {
      expect(slope).toBeCloseTo(slopes[k]!, 6)
    })
  })

  it('of CTC, with repeated symbols, blanks among them, and none', async () => {
    const loss = new keras.CTC({ reduction: 'none' })
    const labels = [
      [1, 1, 2],
      [1, 0, 3],
      [0, 0, 0],
      [3, 2, 1],
    ]
    await differ(loss, labels, arrays.numbers!(random, [4, 6, 4]), {}, ['yPred'])
  })

  it('where labels or predictions broadcast', async () => {
    const one = filled([1, 4], random)
    const many = filled([3, 4], random)
    for (const Class of [keras.MeanSquaredError, keras.KLDivergence, keras.LogCosh]) {
      const loss = new Class({ reduction: 'sum' })
      await differ(loss, one, many, {}, ['yPred', 'yTrue'])
      await differ(loss, many, one, {}, ['yPred', 'yTrue'])
      await differ(loss, filled([4], random), many, {}, ['yPred', 'yTrue'])
    }
  })

  it('where weights are larger than the losses', async () => {
    const loss = new keras.MeanSquaredError()
    const [yTrue, yPred] = [filled([1, 2, 3], random), filled([1, 2, 3], random)]
    for (const reduction of ['sum', 'auto', 'none', 'mean_with_sample_weight'] as const) {
      const wide = new keras.MeanSquaredError({ reduction })
      await differ(wide, yTrue, yPred, { sampleWeight: filled([4, 2], random) }, ['yPred', 'yTrue'])
    }
    expect(loss(yTrue, yPred).shape).toEqual([])
  })

  it('of the functions, with an upstream factor for each loss', async () => {
    const [yTrue, yPred] = [filled([3, 4], random), filled([3, 4], random)]
    const upstream = [1, -2, 0.5]
    const { value, grad } = valueAndGrad(keras.categoricalCrossentropy, ['yTrue', 'yPred'])(yTrue, yPred, {
      labelSmoothing: 0.1,
      upstream,
    })
    expect(value.data).toEqual(keras.categoricalCrossentropy(yTrue, yPred, { labelSmoothing: 0.1 }).data)
    for (const key of ['yTrue', 'yPred'] as const) {
      const slopes = await slopeOf(
        async (x) => {
          const [t, p] = key === 'yPred' ? [yTrue, x] : [x, yPred]
          const losses = numbers(keras.categoricalCrossentropy(t, p, { labelSmoothing: 0.1 }))
          return losses.reduce((sum, loss, k) => sum + loss * upstream[k]!, 0)
        },
        key === 'yPred' ? yPred : yTrue,
        [3, 4],
      )
      numbers(grad[key]).forEach((slope, k) => {
        expect(slope).toBeCloseTo(slopes[k]!, 6)
      })
    }
  })
})
