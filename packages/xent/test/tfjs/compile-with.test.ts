import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { beforeEach, describe, expect, it } from 'vitest'
import { softmaxCrossEntropyWithLogits, sparseSoftmaxCrossEntropyWithLogits } from '../../src/index.ts'
import { compileWith, losses, metrics } from '../../src/tfjs/index.ts'

/** Points in three clusters, and which of them each belongs to. */
const centers = [
  [2, 0],
  [-2, 1],
  [0, -2],
] as const
const ids = Array.from({ length: 48 }, (_, k) => k % 3)
const points = ids.map((id, k) => centers[id]!.map((x, axis) => x + 0.4 * Math.sin(7 * k + axis)))

/** The same model each time: its losses can be computed by hand. */
const classifier = (units = 3): layers.Sequential => {
  const kernel = tf.tidy(() => tf.tensor2d([0.1, -0.2, 0.3, 0.2, 0.1, -0.3].slice(0, 2 * units), [2, units]))
  const dense = layers.layers.dense({ units, inputShape: [2], useBias: false, weights: [kernel] })
  return layers.sequential({ layers: [dense] })
}

const logitsOf = (model: layers.LayersModel): number[][] =>
  tf.tidy(() => (model.predict(tf.tensor2d(points)) as tf.Tensor).arraySync()) as number[][]

const mean = (numbers: ArrayLike<number>): number =>
  Array.from(numbers).reduce((sum, x) => sum + x, 0) / numbers.length

/** The first loss that is logged, which is the one before any step where the batch is everything. */
const firstLoss = async (
  model: layers.LayersModel,
  labels: tf.Tensor,
  args: layers.ModelFitArgs = {},
): Promise<number> => {
  const x = tf.tensor2d(points)
  const { history } = await model.fit(x, labels, { epochs: 1, batchSize: 48, shuffle: false, ...args })
  x.dispose()
  return history.loss![0] as number
}

const sparse = losses.sparseCategoricalCrossentropy({ fromLogits: true })

beforeEach(() => tf.setBackend('cpu'))

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  it.each([
    ['[B] of int32', () => tf.tensor1d(ids, 'int32')],
    ['[B, 1] of int32', () => tf.tensor2d(ids, [48, 1], 'int32')],
    ['[B] of float32', () => tf.tensor1d(ids)],
  ])(
    'fit trains by the sparse loss on class indices of shape %s, and leaves no tensor behind',
    async (_, of) => {
      await tf.setBackend(backend)
      const model = classifier()
      compileWith(model, { optimizer: tf.train.sgd(0.5), loss: sparse, metrics: ['accuracy'] })
      const [x, y] = [tf.tensor2d(points), of()]
      const fit = () => model.fit(x, y, { epochs: 8, batchSize: 16, validationSplit: 0.25 })
      await fit()
      const before = tf.memory().numTensors
      const { history } = await fit()
      expect(tf.memory().numTensors).toBe(before)
      expect(history.loss!.at(-1)).toBeLessThan(0.1)
      expect(history.acc!.at(-1)).toBe(1)
      expect(history.val_acc!.at(-1)).toBe(1)
      const [loss, accuracy] = model.evaluate(x, y) as tf.Scalar[]
      const expected = sparseSoftmaxCrossEntropyWithLogits({ labels: ids, logits: logitsOf(model) })
      expect(loss!.dataSync()[0]).toBeCloseTo(mean(expected.data as Float32Array), 6)
      expect(accuracy!.dataSync()[0]).toBe(1)
    },
  )
})

describe('weights', () => {
  const lossesOf = (model: layers.LayersModel): number[] =>
    Array.from(
      sparseSoftmaxCrossEntropyWithLogits({ labels: ids, logits: logitsOf(model) }).data as Float32Array,
    )
  const byClass = [1, 3, 0.5]
  const bySample = ids.map((_, k) => 1 + (k % 5))

  it('of samples multiply their losses in fit', async () => {
    const model = classifier()
    compileWith(model, { optimizer: 'sgd', loss: sparse })
    const expected = mean(lossesOf(model).map((loss, k) => loss * bySample[k]!))
    const sampleWeight = tf.tensor1d(bySample)
    expect(await firstLoss(model, tf.tensor1d(ids, 'int32'), { sampleWeight })).toBeCloseTo(expected, 5)
    // they are the caller's still
    expect(sampleWeight.dataSync()[1]).toBe(2)
  })

  it.each([
    ['class indices', sparse, () => tf.tensor1d(ids, 'int32')],
    [
      'one-hot labels',
      losses.categoricalCrossentropy({ fromLogits: true }),
      () => tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 3), 'float32'),
    ],
  ])('of classes multiply the losses of %s, those of samples too', async (_, loss, labels) => {
    const classWeight = { 1: 3, 2: 0.5 }
    const model = classifier()
    compileWith(model, { optimizer: 'sgd', loss })
    const weighted = lossesOf(model).map((loss, k) => loss * byClass[ids[k]!]!)
    expect(await firstLoss(model, labels(), { classWeight })).toBeCloseTo(mean(weighted), 5)
    const again = classifier()
    compileWith(again, { optimizer: 'sgd', loss })
    const both = mean(weighted.map((loss, k) => loss * bySample[k]!))
    const sampleWeight = tf.tensor1d(bySample)
    expect(await firstLoss(again, labels(), { classWeight, sampleWeight })).toBeCloseTo(both, 5)
  })

  it('of every step or every example multiply the losses of sequences', async () => {
    const steps = layers.layers.dense({
      units: 3,
      inputShape: [4, 2],
      useBias: false,
      weights: [tf.tensor2d([0.1, -0.2, 0.3, 0.2, 0.1, -0.3], [2, 3])],
    })
    const x = tf.tensor3d(points.flat(), [12, 4, 2])
    const y = tf.tensor2d(ids, [12, 4], 'int32')
    const lossOf = async (args: layers.ModelFitArgs): Promise<number> => {
      const model = layers.sequential({ layers: [steps] })
      compileWith(model, { optimizer: tf.train.sgd(0), loss: sparse })
      const { history } = await model.fit(x, y, { epochs: 1, batchSize: 12, shuffle: false, ...args })
      return history.loss![0] as number
    }
    const each = lossesOf(classifier())
    const atStep = mean(each.map((loss, k) => loss * bySample[k]!))
    expect(await lossOf({ sampleWeight: tf.tensor2d(bySample, [12, 4]) })).toBeCloseTo(atStep, 5)
    const ofExample = mean(each.map((loss, k) => loss * ((k >> 2) + 1)))
    const sampleWeight = tf.range(1, 13)
    expect(await lossOf({ sampleWeight })).toBeCloseTo(ofExample, 5)
    const classes = mean(each.map((loss, k) => loss * byClass[ids[k]!]!))
    expect(await lossOf({ classWeight: { 1: 3, 2: 0.5 } })).toBeCloseTo(classes, 5)
  })

  it('of examples multiply a loss of sequences, and those of a loss that has none for each are refused', async () => {
    const dense = layers.layers.dense({ units: 3, inputShape: [4, 2] })
    const x = tf.tensor3d(points.flat(), [12, 4, 2])
    const y = tf.tensor2d(
      Array.from({ length: 24 }, (_, k) => 1 + (k % 2)),
      [12, 2],
      'int32',
    )
    const each = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]
    const args = { epochs: 1, batchSize: 12, shuffle: false, sampleWeight: tf.tensor1d(each) }
    const model = layers.sequential({ layers: [dense] })
    const loss = losses.ctc()
    compileWith(model, { optimizer: tf.train.sgd(0), loss })
    const { history } = await model.fit(x, y, { ...args, validationData: [x, y] })
    const expected = [...loss(y, model.predict(x) as tf.Tensor).dataSync()]
    expect(history.loss![0]).toBeCloseTo(mean(expected.map((loss, k) => loss * each[k]!)), 4)
    expect(history.val_loss![0]).toBeCloseTo(mean(expected), 5)
    compileWith(model, { optimizer: tf.train.sgd(0), loss: losses.dice() })
    await expect(model.fit(x, tf.zerosLike(tf.ones([12, 4, 3])), args)).rejects.toThrow(
      'fit: the loss: expected a value for each example, received shape [].',
    )
  })

  it('of classes leave ignored labels alone', async () => {
    const model = classifier()
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true, ignoreClass: -1 })
    compileWith(model, { optimizer: 'sgd', loss })
    // whose mean is that of the others
    const expected = mean(
      lossesOf(model)
        .slice(3)
        .map((loss, k) => loss * byClass[ids[k + 3]!]!),
    )
    const labels = tf.tensor1d([-1, -1, -1, ...ids.slice(3)], 'int32')
    expect(await firstLoss(model, labels, { classWeight: { 1: 3, 2: 0.5 } })).toBeCloseTo(expected, 5)
  })

  it('of another shape are refused, with nothing left behind', async () => {
    const model = classifier()
    compileWith(model, { optimizer: 'sgd', loss: sparse })
    const x = tf.tensor2d(points)
    const labels = tf.tensor1d(ids, 'int32')
    const sampleWeight = tf.tensor1d([1, 2])
    const before = tf.memory().numTensors
    await expect(model.fit(x, labels, { sampleWeight })).rejects.toThrow(
      'fit: sampleWeight: expected a weight for each of the 48 examples, or for each of their losses, received shape [2].',
    )
    expect(tf.memory().numTensors).toBe(before)
  })

  it('are refused by evaluate, which tfjs-layers would have ignore them', () => {
    const model = classifier()
    compileWith(model, { optimizer: 'sgd', loss: sparse })
    expect(() =>
      model.evaluate(tf.tensor2d(points), tf.tensor1d(ids), { sampleWeight: tf.tensor1d(bySample) }),
    ).toThrow('evaluate: sampleWeight: expected no weights')
  })
})

describe('models', () => {
  const twoOutputs = (): layers.LayersModel => {
    const input = layers.input({ shape: [2] })
    const kind = layers.layers.dense({ units: 3, name: 'kind' }).apply(input) as layers.SymbolicTensor
    const isFirst = layers.layers.dense({ units: 1, name: 'isFirst' }).apply(input) as layers.SymbolicTensor
    return layers.model({ inputs: input, outputs: [kind, isFirst] })
  }

  it('of several outputs have a loss and metrics for each', async () => {
    const model = twoOutputs()
    compileWith(model, {
      optimizer: tf.train.adam(0.2),
      loss: { kind: sparse, isFirst: losses.binaryCrossentropy({ fromLogits: true }) },
      metrics: { kind: ['accuracy', metrics.sparseTopKCategoricalAccuracy({ k: 2 })], isFirst: 'accuracy' },
    })
    const labels = [tf.tensor1d(ids, 'int32'), tf.tensor2d(ids.map((id) => [id === 0 ? 1 : 0]))]
    const { history } = await model.fit(tf.tensor2d(points), labels, {
      epochs: 30,
      // the type of it says that there is one name, but not which
      sampleWeight: { kind: tf.ones([48]) } as unknown as tf.Tensor,
    })
    expect(Object.keys(history).sort()).toEqual([
      'isFirst_acc',
      'isFirst_loss',
      'kind_acc',
      'kind_loss',
      'kind_sparseTopKCategoricalAccuracy',
      'loss',
    ])
    expect(history.kind_acc!.at(-1)).toBe(1)
    // logits above 0, not above 0.5, are predicted
    expect(history.isFirst_acc!.at(-1)).toBe(1)
  })

  it('keep what tfjs-layers knows: its own losses and metrics by name', async () => {
    const model = classifier()
    compileWith(model, { optimizer: 'sgd', loss: 'categoricalCrossentropy', metrics: 'accuracy' })
    const y = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 3), 'float32')
    const { history } = await model.fit(tf.tensor2d(points), y, { epochs: 1 })
    expect(Object.keys(history)).toEqual(['loss', 'acc'])
  })

  it('log the loss itself as the crossentropy', async () => {
    const model = classifier()
    const loss = losses.categoricalCrossentropy({ fromLogits: true })
    compileWith(model, { optimizer: tf.train.sgd(0), loss, metrics: ['ce'] })
    const y = tf.cast(tf.oneHot(tf.tensor1d(ids, 'int32'), 3), 'float32')
    const { history } = await model.fit(tf.tensor2d(points), y, { epochs: 1, batchSize: 48 })
    const labels = y.arraySync() as number[][]
    const expected = mean(
      softmaxCrossEntropyWithLogits({ labels, logits: logitsOf(model) }).data as Float32Array,
    )
    expect(history.ce![0]).toBeCloseTo(expected, 5)
  })

  it.each([
    [
      'an unknown argument',
      { optimizer: 'sgd', loss: sparse, weights: 1 },
      'compileWith: weights: expected one of',
    ],
    ['no loss', { optimizer: 'sgd' }, 'compileWith: loss: expected a loss, received undefined.'],
  ])('are refused with %s', (_, args, message) => {
    expect(() => compileWith(classifier(), args as never)).toThrow(message)
  })

  it('are refused that are no models of tfjs-layers', () => {
    const model = { outputNames: [], compile: () => {} }
    expect(() => compileWith(model, { optimizer: 'sgd', loss: sparse })).toThrow(
      'compileWith: model: expected a model of @tensorflow/tfjs-layers 4, received Object.',
    )
  })
})
