import { describe, expect, it } from 'vitest'
import { tensor, valueAndGrad } from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { expectClose, numbers } from '../support.ts'

// The numbers that the tutorial of tf.keras.losses.CategoricalCrossentropy prints, with as many digits.
const yTrue = [
  [0, 1, 0],
  [0, 0, 1],
]
const yPred = [
  [0.05, 0.95, 0],
  [0.1, 0.8, 0.1],
]

const printed = (value: number, digits: number): string => value.toPrecision(digits)

describe('the tutorial of CategoricalCrossentropy prints', () => {
  const cce = new keras.CategoricalCrossentropy()

  it('1.177 for the mean', () => {
    expect(printed(cce(yTrue, yPred).item(), 4)).toBe('1.177')
  })

  it('0.814 with sample weights', () => {
    expect(printed(cce(yTrue, yPred, { sampleWeight: tensor([0.3, 0.7]) }).item(), 3)).toBe('0.814')
  })

  it('2.354 for the sum', () => {
    const sum = new keras.CategoricalCrossentropy({ reduction: keras.Reduction.SUM })
    expect(printed(sum(yTrue, yPred).item(), 4)).toBe('2.354')
  })

  it('[0.0513, 2.303] for the losses of the examples', () => {
    const none = new keras.CategoricalCrossentropy({ reduction: keras.Reduction.NONE })
    const [first, second] = numbers(none(yTrue, yPred)) as [number, number]
    expect([printed(first, 3), printed(second, 4)]).toEqual(['0.0513', '2.303'])
  })

  it('labels that are smoothed by 0.1: 0 as 0.1 / classes, 1 as 0.9 + 0.1 / classes', () => {
    const smoothed = [
      [0.1 / 3, 0.9 + 0.1 / 3, 0.1 / 3],
      [0.1 / 3, 0.1 / 3, 0.9 + 0.1 / 3],
    ]
    for (const fromLogits of [false, true]) {
      const options = { fromLogits, reduction: 'none' } as const
      expectClose(
        new keras.CategoricalCrossentropy({ ...options, labelSmoothing: 0.1 })(yTrue, yPred),
        new keras.CategoricalCrossentropy(options)(smoothed, yPred),
        'float32',
        2,
      )
    }
  })

  it('AUTO as the default, which is SUM_OVER_BATCH_SIZE but under a distribution strategy', () => {
    expect(cce.reduction).toBe(keras.Reduction.AUTO)
    const mean = new keras.CategoricalCrossentropy({ reduction: keras.Reduction.SUM_OVER_BATCH_SIZE })
    expect(mean(yTrue, yPred).item()).toBe(cce(yTrue, yPred).item())
    for (const loss of [cce, mean])
      expect(() => keras.distributionStrategy(2, () => loss(yTrue, yPred))).toThrow('Reduction.NONE')
    keras.distributionStrategy(1, () => expect(keras.compileLoss(cce)(yTrue, yPred).rank).toBe(0))
  })

  it('a loss for compile', () => {
    const compiled = keras.compileLoss(cce)
    expect(compiled(yTrue, yPred).item()).toBe(cce(yTrue, yPred).item())
    const { grad } = valueAndGrad(compiled, 'yPred')(yTrue, yPred)
    expect(grad.yPred.data).toEqual(valueAndGrad(cce, 'yPred')(yTrue, yPred).grad.yPred.data)
  })

  it('twenty related losses, all of which are there', () => {
    const related =
      'CategoricalHinge CosineSimilarity MeanAbsoluteError huber log_cosh BinaryCrossentropy BinaryFocalCrossentropy categorical_hinge cosine_similarity Huber LogCosh MeanAbsolutePercentageError get Hinge SparseCategoricalCrossentropy KLDivergence MeanSquaredLogarithmicError MeanSquaredError SquaredHinge Poisson'
    const here = related.split(' ').map((name) => name.replace(/_(.)/g, (_, letter) => letter.toUpperCase()))
    expect(here.filter((name) => typeof Reflect.get(keras, name) !== 'function')).toEqual([])
    expect(here).toHaveLength(20)
  })
})
