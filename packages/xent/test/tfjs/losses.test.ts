import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// which registers the gradients of TensorFlow.js
import * as layers from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import * as keras from '../../src/keras/index.ts'
import * as losses from '../../src/tfjs/losses/index.ts'
import { lossDifferences } from './loss-agreement.ts'

// it looks for leaks in every kernel then
tf.env().set('IS_TEST', true)
await tf.setBackend('cpu')

const { NaN: nan, POSITIVE_INFINITY: infinity } = Number

const factories = Object.entries<(options?: object) => losses.LossFunction>(losses)
const ints = (values: tf.TensorLike): tf.Tensor => tf.tensor(values, undefined, 'int32')
const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()]
const code = (code: string) => expect.objectContaining({ name: 'XentError', code })

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  it('every loss has the values and the gradients of xent/keras, and leaves no tensor behind', async () => {
    await tf.setBackend(backend)
    const before = tf.memory().numTensors
    const found = await lossDifferences()
    expect(tf.memory().numTensors).toBe(before)
    // logits go through the kernels of xent
    const most = (what: string): number => (/Crossentropy\(.*"fromLogits":true/.test(what) ? 1e-6 : 1e-5)
    expect(found.filter(({ what, difference }) => !(difference <= most(what)))).toEqual([])
    expect(found.length).toBeGreaterThan(2000)
    const compared = new Set(found.map(({ what }) => what.match(/of (\w+)\(/)![1]))
    expect([...compared].sort()).toEqual(factories.map(([name]) => name).sort())
  })

  it('a label that is no class is an error, or NaN where nothing looks at labels', async () => {
    await tf.setBackend(backend)
    const [labels, predictions] = [
      ints([0, 3]),
      tf.tensor([
        [0.5, 0.25, 0.25],
        [0.5, 0.25, 0.25],
      ]),
    ]
    for (const fromLogits of [false, true])
      expect(() => losses.sparseCategoricalCrossentropy({ fromLogits })(labels, predictions)).toThrow(
        code('LABEL_OUT_OF_RANGE'),
      )
    const generalized = losses.categoricalGeneralizedCrossEntropy({ q: 0.5 })(labels, predictions)
    expect(numbers(generalized)).toEqual([expect.closeTo((1 - Math.SQRT1_2) * 2, 6), nan])
    const symbols = ints([
      [1, 2, 0],
      [1, 4, 0],
      [-1, 0, 0],
      [0, 0, 9],
    ])
    const found = numbers(losses.ctc()(symbols, tf.zeros([4, 6, 4])))
    // of the last, as many count as are not the blank: the first
    expect(found.map(Number.isFinite)).toEqual([true, false, false, true])
    // two different symbols are spread over six frames in C(6 + 2, 2 · 2) = 70 ways
    expect(found[0]).toBeCloseTo(6 * Math.log(4) - Math.log(70), 5)
  })

  it('symbols that do not fit into the frames have an infinite loss and no gradient', async () => {
    await tf.setBackend(backend)
    const loss = losses.ctc()
    const symbols = ints([
      [1, 1],
      [1, 2],
    ])
    const { value, grad } = tf.valueAndGrad((logits: tf.Tensor) => loss(symbols, logits))(
      tf.zeros([2, 2, 3]),
      tf.ones([2]),
    )
    expect(numbers(value)).toEqual([infinity, expect.closeTo(2 * Math.log(3), 5)])
    expect(numbers(grad).slice(0, 6)).toEqual([0, 0, 0, 0, 0, 0])
    expect(numbers(losses.ctc()(tf.zeros([2, 0]), tf.zeros([2, 3, 2])))).toEqual(
      Array(2).fill(expect.closeTo(3 * Math.LN2, 5)),
    )
  })

  it('an infinite slope at a probability of 0 stays with its class', async () => {
    await tf.setBackend(backend)
    const loss = losses.categoricalGeneralizedCrossEntropy()
    const gradient = tf.grad((p: tf.Tensor) => loss(ints([0, 1]), p))(
      tf.tensor([
        [0, 1, 0],
        [0, 0.25, 0.75],
      ]),
    )
    expect(numbers(gradient)).toEqual([-infinity, 0, 0, 0, -2, 0].map((x) => expect.closeTo(x, 6)))
  })

  it('errors without end have gradients where those of xent/keras are finite', async () => {
    await tf.setBackend(backend)
    for (const loss of [losses.huber(), losses.meanAbsoluteError(), losses.logCosh()]) {
      const gradient = tf.grad((p: tf.Tensor) => loss(tf.zeros([1, 2]), p))(tf.tensor([[infinity, -1e30]]))
      expect(numbers(gradient)).toEqual([0.5, -0.5])
    }
  })

  it('a model of tfjs-layers is trained with a loss, and logs it by its name', async () => {
    // which TensorFlow.js's own layers do not pass on wasm
    tf.env().set('IS_TEST', false)
    await tf.setBackend(backend)
    const model = layers.sequential({ layers: [layers.layers.dense({ units: 1, inputShape: [2] })] })
    const binary = losses.binaryCrossentropy({ fromLogits: true })
    model.compile({ optimizer: tf.train.adam(0.1), loss: binary, metrics: [losses.hinge()] })
    const [x, y] = [
      tf.tensor([
        [0, 1],
        [1, 0],
        [1, 1],
        [0, 0],
      ]),
      tf.tensor([[1], [0], [1], [0]]),
    ]
    const { history } = await model.fit(x, y, { epochs: 60, verbose: 0 })
    tf.env().set('IS_TEST', true)
    expect(Object.keys(history)).toEqual(['loss', 'hinge'])
    expect(history.loss!.at(-1)).toBeLessThan(0.3)
    expect(history.loss!.at(-1)).toBeLessThan(history.loss![0] as number)
  })

  it('an optimizer minimizes a loss', async () => {
    await tf.setBackend(backend)
    const logits = tf.variable(tf.zeros([2, 3]))
    const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true })
    const cost = (): tf.Scalar => tf.mean(loss(ints([[2], [0]]), logits))
    for (let step = 0; step < 100; step++) tf.train.sgd(1).minimize(cost)
    expect(cost().dataSync()[0]).toBeLessThan(0.1)
  })
})

describe('a loss', () => {
  it('is there for each of xent/keras', () => {
    const isLoss = (value: unknown): boolean =>
      value instanceof Function && value.prototype instanceof keras.Loss
    const classes = Object.entries(keras)
      .filter(([, value]) => isLoss(value))
      .map(([name]) => name)
    expect(classes.length).toBe(22)
    expect(factories.map(([name]) => name.toLowerCase()).sort()).toEqual(
      classes.map((name) => name.toLowerCase()).sort(),
    )
  })

  it('has the name of its factory, and says whether labels are class indices', () => {
    for (const [name, factory] of factories) expect(factory().name).toBe(name)
    expect(
      factories
        .filter(([, factory]) => factory().isSparse)
        .map(([name]) => name)
        .sort(),
    ).toEqual(['categoricalGeneralizedCrossEntropy', 'circle', 'ctc', 'sparseCategoricalCrossentropy'])
  })

  it.each(factories)('%s refuses an option that it does not know', (_, factory) => {
    expect(() => factory({ from_logits: true })).toThrow(code('UNKNOWN_ARGUMENT'))
    expect(factory().name).toBe(factory({}).name)
  })

  const [three, four] = [tf.zeros([2, 3]), tf.zeros([2, 4])]
  const refused: [what: string, code: string, call: () => unknown][] = [
    ['categorical shapes', 'SHAPE_MISMATCH', () => losses.categoricalCrossentropy()(three, four)],
    ['shapes of regions', 'SHAPE_MISMATCH', () => losses.dice()(three, four)],
    ['shapes that do not broadcast', 'SHAPE_MISMATCH', () => losses.huber()(three, four)],
    [
      'logits that broadcast',
      'SHAPE_MISMATCH',
      () => losses.binaryCrossentropy({ fromLogits: true })(tf.zeros([2, 1]), four),
    ],
    [
      'too many labels',
      'SHAPE_MISMATCH',
      () => losses.sparseCategoricalCrossentropy()(ints([0, 1, 1]), four),
    ],
    ['too few classes of embeddings', 'SHAPE_MISMATCH', () => losses.circle()(ints([0]), four)],
    ['embeddings of another rank', 'SHAPE_MISMATCH', () => losses.circle()(ints([0]), tf.zeros([2]))],
    ['symbols of another rank', 'SHAPE_MISMATCH', () => losses.ctc()(ints([0, 1]), tf.zeros([2, 3, 4]))],
    ['logits of another rank', 'SHAPE_MISMATCH', () => losses.ctc()(ints([[0], [1]]), four)],
    ['other examples', 'SHAPE_MISMATCH', () => losses.ctc()(ints([[0]]), tf.zeros([2, 3, 4]))],
    ['no frames', 'SHAPE_MISMATCH', () => losses.ctc()(ints([[0]]), tf.zeros([1, 0, 4]))],
    [
      'weights of other classes',
      'SHAPE_MISMATCH',
      () => losses.categoricalFocalCrossentropy({ alpha: [1, 2] })(four, four),
    ],
    ['an axis outside', 'AXIS', () => losses.categoricalCrossentropy({ axis: 2 })(four, four)],
    ['scalars', 'AXIS', () => losses.huber()(tf.scalar(1), tf.scalar(2))],
    ['strings', 'DTYPE', () => losses.huber()(tf.tensor(['a', 'b']), tf.zeros([2]))],
    [
      'a fraction of a class',
      'DTYPE',
      () => losses.sparseCategoricalCrossentropy()(tf.tensor([0.5, 1]), four),
    ],
    ['q outside (0, 1)', 'VALUE', () => losses.categoricalGeneralizedCrossEntropy({ q: 1 })],
  ]

  it.each(refused)('refuses %s with %s', (_what, expected, call) => {
    expect(call).toThrow(code(expected))
  })

  it('takes an option that is undefined for one that is not given', () => {
    const given = losses.huber({ ...({ delta: undefined } as object) })
    expect(numbers(given(tf.zeros([1, 1]), tf.tensor([[3]])))).toEqual([2.5])
  })
})
