import { describe, expect, it } from 'vitest'
import { valueAndGrad, XentError, type XentErrorCode } from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { fixture, type Library } from './recorded.ts'

interface Refused extends Readonly<Partial<Record<Library, { readonly text: string }>>> {
  readonly name: string
}

const recorded = fixture<Refused>('errors')

const zeros = (...shape: number[]) => ({
  data: new Float32Array(shape.reduce((size, d) => size * d, 1)),
  shape,
})

/** The mistakes of oracle/keras_losses/errors.py. */
const calls: Readonly<Record<string, readonly [XentErrorCode, () => unknown]>> = {
  'a reduction that is none': ['REDUCTION', () => new keras.MeanSquaredError({ reduction: 'Foo' as 'sum' })],
  'weights of one dimension too many': [
    'SHAPE_MISMATCH',
    () => new keras.MeanSquaredError()(zeros(2, 3), zeros(2, 3), { sampleWeight: zeros(2, 3) }),
  ],
  'weights of another number of rows': [
    'SHAPE_MISMATCH',
    () =>
      new keras.MeanSquaredError({ reduction: 'none' })(zeros(2, 3), zeros(2, 3), { sampleWeight: zeros(3) }),
  ],
  'weights of other steps': [
    'SHAPE_MISMATCH',
    () => new keras.MeanSquaredError()(zeros(2, 3, 4), zeros(2, 3, 4), { sampleWeight: zeros(2, 2) }),
  ],
  'an unknown name': ['VALUE', () => keras.get('typo')],
  'a number for a loss': ['VALUE', () => keras.get(0 as never)],
  'labels of other classes, categorical': [
    'SHAPE_MISMATCH',
    () => new keras.CategoricalCrossentropy()(zeros(3, 2), zeros(3, 3)),
  ],
  'labels of one class, categorical': [
    'SHAPE_MISMATCH',
    () => new keras.CategoricalCrossentropy()(zeros(3, 1), zeros(3, 3)),
  ],
  'labels of other classes, categorical logits': [
    'SHAPE_MISMATCH',
    () => new keras.CategoricalCrossentropy({ fromLogits: true })(zeros(3, 2), zeros(3, 3)),
  ],
  'labels of other classes, focal': [
    'SHAPE_MISMATCH',
    () => new keras.CategoricalFocalCrossentropy()(zeros(3, 2), zeros(3, 3)),
  ],
  'labels of other classes, binary': [
    'SHAPE_MISMATCH',
    () => new keras.BinaryCrossentropy()(zeros(3, 2), zeros(3, 3)),
  ],
  'labels of one class, binary logits': [
    'SHAPE_MISMATCH',
    () => new keras.BinaryCrossentropy({ fromLogits: true })(zeros(3, 1), zeros(3, 3)),
  ],
  'labels of other classes, errors': [
    'SHAPE_MISMATCH',
    () => new keras.MeanSquaredError()(zeros(3, 2), zeros(3, 3)),
  ],
  'an axis that is none, categorical': [
    'AXIS',
    () => new keras.CategoricalCrossentropy({ axis: 2 })(zeros(3, 3), zeros(3, 3)),
  ],
  'an axis that is a boolean': [
    'AXIS',
    () => new keras.CategoricalCrossentropy({ axis: true as never })(zeros(3, 3), zeros(3, 3)),
  ],
  'class indices of other rows': [
    'SHAPE_MISMATCH',
    () => new keras.SparseCategoricalCrossentropy()([0, 1], zeros(3, 3)),
  ],
  'one-hot labels for class indices': [
    'SHAPE_MISMATCH',
    () => new keras.SparseCategoricalCrossentropy()(zeros(3, 3), zeros(3, 3)),
  ],
  'a class index out of range': [
    'LABEL_OUT_OF_RANGE',
    () => new keras.SparseCategoricalCrossentropy({ fromLogits: true })([0, 4], zeros(2, 4)),
  ],
  'a mean under a distribution strategy': [
    'REDUCTION',
    () => keras.distributionStrategy(1, () => new keras.MeanSquaredError()(zeros(2, 3), zeros(2, 3))),
  ],
  'q outside its interval': ['VALUE', () => new keras.CategoricalGeneralizedCrossEntropy({ q: 1.5 })],
  'labels of rank 1 for CTC': ['SHAPE_MISMATCH', () => new keras.CTC()(zeros(3), zeros(3, 4, 5))],
  'logits of rank 2 for CTC': ['SHAPE_MISMATCH', () => new keras.CTC()(zeros(3, 4), zeros(3, 4))],
}

const thrownBy = (call: () => unknown): XentError => {
  try {
    call()
  } catch (error) {
    if (error instanceof XentError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

/** Label values follow, as many as there are, and the sign of a tensor's end. */
const essence = (text: string): string => text.split('  Label values')[0]!

describe('Keras’ words are in the error for', () => {
  it.each(recorded.map((one) => [one.name, one] as const))('%s', (name, { keras2, keras3 }) => {
    const [code, call] = calls[name]!
    const error = thrownBy(call)
    expect(error.code).toBe(code)
    expect(error.message).toMatch(/expected .*, received /)
    const words = [keras2, keras3].flatMap((one) => (one ? [essence(one.text)] : []))
    expect(words.filter((text) => error.message.includes(text))).not.toEqual([])
  })

  it('each of them', () => {
    expect(Object.keys(calls).sort()).toEqual(recorded.map(({ name }) => name).sort())
  })
})

describe('an error names', () => {
  it('the loss, the argument and the first class index that is out of range', () => {
    const loss = new keras.SparseCategoricalCrossentropy({ fromLogits: true, name: 'tokens' })
    const labels = [
      [0, 1],
      [2, 5],
    ]
    expect(() => loss(labels, zeros(2, 2, 3))).toThrow(
      'tokens: yTrue[1, 1]: expected a class in [0, 3), received 5. Received a label value of 5 which is outside the valid range of [0, 3).',
    )
    const ignoring = new keras.SparseCategoricalCrossentropy({ ignoreClass: 5 })
    expect(ignoring(labels, zeros(2, 2, 3)).shape).toEqual([])
  })

  it('a class index that is a fraction or NaN', () => {
    for (const label of [0.5, Number.NaN]) {
      const error = thrownBy(() =>
        keras.sparseCategoricalCrossentropy(Float32Array.of(0, label), zeros(2, 3)),
      )
      expect([error.code, error.message]).toEqual([
        'DTYPE',
        `sparse_categorical_crossentropy: yTrue[1]: expected a whole number, received ${label}.`,
      ])
    }
  })

  it('the reductions that there are', () => {
    expect(() => new keras.Poisson({ reduction: 'average' as 'mean' })).toThrow(
      "poisson: reduction: expected 'auto', 'none', 'sum', 'sum_over_batch_size', 'mean', 'mean_with_sample_weight', null, received average.",
    )
  })

  it.each<[string, () => unknown, string]>([
    [
      'an axis out of bounds',
      () => keras.cosineSimilarity(zeros(2, 3), zeros(2, 3), { axis: 2 }),
      'axis 2 is out of bounds for an array with dimension 2.',
    ],
    ['scalars', () => keras.meanSquaredError(1, 2), 'axis: expected a whole number in [0, 0), received -1'],
    [
      'an option of a call',
      () => new keras.Poisson()([1], [1], { weights: 1 } as object),
      'options.weights: expected one of sampleWeight, mask',
    ],
    [
      'an upstream of another shape',
      () => valueAndGrad(new keras.Poisson(), 'yPred')([1], [1], { upstream: [1, 2] }),
      'poisson: upstream: expected shape [], received shape [2]',
    ],
    [
      'a class of Circle that is a fraction',
      () => keras.circle([0, 1], zeros(2, 3), { refLabels: [0, 0.5] }),
      'circle: refLabels[1]: expected a whole number, received 0.5',
    ],
    [
      'a symbol of CTC that is a fraction',
      () => keras.ctc([[1, 0.5]], zeros(1, 4, 3)),
      'ctc: yTrue[0, 1]: expected a whole number, received 0.5',
    ],
  ])('%s', (_, call, text) => {
    expect(call).toThrow(text)
    expect(call).toThrow(XentError)
  })

  it('a mask that does not fit', () => {
    expect(() =>
      new keras.MeanSquaredError()(zeros(2, 3), zeros(2, 3), { mask: [true, false, true] }),
    ).toThrow(XentError)
  })

  it('labels of Dice that would have to broadcast', () => {
    expect(() => keras.dice(zeros(1, 3), zeros(2, 3))).toThrow('Shapes (1, 3) and (2, 3) are incompatible')
  })

  it('too few weights of classes', () => {
    expect(() => keras.categoricalFocalCrossentropy(zeros(2, 3), zeros(2, 3), { alpha: [1, 2] })).toThrow(
      'alpha: expected a number, or 3 of them, received 2',
    )
  })

  it('what is no embedding', () => {
    expect(() => keras.circle([0, 1], zeros(2, 3, 1))).toThrow('yPred: expected rank 2')
    expect(() => keras.circle([0, 1, 2], zeros(2, 3))).toThrow('yTrue: expected 2 classes')
    expect(() =>
      keras.circle([0, 1], zeros(2, 3), { refEmbeddings: zeros(4, 2), refLabels: [0, 1, 0, 1] }),
    ).toThrow('refEmbeddings: expected shape [4, 3]')
  })
})
