import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import * as layers from '@tensorflow/tfjs-layers'
import { describe, expect, it } from 'vitest'
import * as losses from '../../src/tfjs/losses/index.ts'
import * as metrics from '../../src/tfjs/metrics/index.ts'

// it looks for leaks in every kernel then
tf.env().set('IS_TEST', true)
await tf.setBackend('cpu')

const { NaN: nan, POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY: minusInfinity } = Number

interface Case {
  readonly what: string
  readonly metric: losses.LossFunction
  readonly yTrue: tf.TensorLike
  readonly yPred: tf.TensorLike
  readonly expected: tf.TensorLike
  /** Labels are int32 where they are class indices or events. */
  readonly dtype?: 'float32' | 'int32'
}

// ties everywhere, and what is not finite in `broken`
const scores = [
  [0.1, 0.2, 0.3, 0.4],
  [0.4, 0.3, 0.2, 0.1],
  [0.25, 0.25, 0.25, 0.25],
  [0.1, 0.4, 0.4, 0.1],
  [3, 3, -1, 2],
  [-5, -5, -7, -6],
  [1e30, -1e30, 0, 1e30],
  [0, 0, 0, 0],
]
const labels = [3, 1, 2, 2, 1, 0, 3, 0]
const column = labels.map((label) => [label])
const [steps, stepLabels] = [
  [scores.slice(0, 3), scores.slice(3, 6)],
  [
    [3, 1, 2],
    [2, 1, 0],
  ],
]
const dense = [
  [0, 0, 0, 1],
  [0.2, 0.5, 0.3, 0],
  [0, 0, 1, 0],
  [0.1, 0.4, 0.4, 0.1],
  [0.5, 0, 0, 0.5],
  [0, 1, 1, 0],
  [0, 0, 0, 0],
  [1, 0, 0, 0],
]
const broken = [
  [1, 2, infinity],
  [1, 2, minusInfinity],
  [nan, 1, 2],
  [3, 1, 2],
  [1, 2, 3],
  [1, 2, 3],
]
const [brokenLabels, infiniteLabels] = [
  [1, 1, 2, 0, 3, -1],
  [1, 1, 0, 3, -1],
]
const events = [
  [0, 1, 0, 1],
  [1, 1, 0, 0],
  [1, 0, 0, 1],
]
const probabilities = [
  [0.5, 0.50001, 0.2, 0.9],
  [0.1, 0.6, 0.4, 0.49],
  [0, 1, 0.3, 0.7],
]
const logits = [
  [0, 1e-3, -2, 9],
  [-0.1, 0.6, -0.4, -1e-4],
  [-90, 90, 0.7, 0.9],
]

const sparse = metrics.sparseCategoricalAccuracy()
const top = (k: number): losses.LossFunction => metrics.sparseTopKCategoricalAccuracy({ k })

/** What tf_keras 2.21 on TensorFlow 2.21 makes of them. */
const cases: Case[] = [
  { what: 'classes', metric: sparse, yTrue: labels, yPred: scores, expected: [1, 0, 0, 0, 0, 1, 0, 1] },
  {
    what: 'classes of float32',
    metric: sparse,
    yTrue: labels,
    yPred: scores,
    expected: [1, 0, 0, 0, 0, 1, 0, 1],
    dtype: 'float32',
  },
  {
    what: 'a column of classes',
    metric: sparse,
    yTrue: column,
    yPred: scores,
    expected: [1, 0, 0, 0, 0, 1, 0, 1],
  },
  {
    what: 'other classes',
    metric: sparse,
    yTrue: [0, 0, 0, 1, 0, 1, 0, 3],
    yPred: scores,
    expected: [0, 1, 1, 1, 1, 0, 1, 0],
  },
  {
    what: 'classes of steps',
    metric: sparse,
    yTrue: stepLabels,
    yPred: steps,
    expected: [
      [1, 0, 0],
      [0, 0, 1],
    ],
  },
  // TensorFlow has 1 for the row with NaN, which is taken out here
  {
    what: 'what is no class, and what is infinite',
    metric: sparse,
    yTrue: infiniteLabels,
    yPred: broken.toSpliced(2, 1),
    expected: [0, 1, 1, 0, 0],
  },
  { what: 'classes', metric: top(1), yTrue: labels, yPred: scores, expected: [1, 0, 1, 1, 1, 1, 1, 1] },
  { what: 'classes', metric: top(2), yTrue: labels, yPred: scores, expected: [1, 1, 1, 1, 1, 1, 1, 1] },
  {
    what: 'a column of classes',
    metric: top(1),
    yTrue: column,
    yPred: scores,
    expected: [1, 0, 1, 1, 1, 1, 1, 1],
  },
  {
    what: 'classes, of which there are fewer than k',
    metric: metrics.sparseTopKCategoricalAccuracy(),
    yTrue: labels,
    yPred: scores,
    expected: [1, 1, 1, 1, 1, 1, 1, 1],
  },
  {
    what: 'classes of steps',
    metric: top(2),
    yTrue: stepLabels,
    yPred: steps,
    expected: [
      [1, 1, 1],
      [1, 1, 1],
    ],
  },
  {
    what: 'what is no class, and what is not finite',
    metric: top(1),
    yTrue: brokenLabels,
    yPred: broken,
    expected: [0, 0, 0, 1, 0, 0],
  },
  {
    what: 'what is no class, and what is not finite',
    metric: top(3),
    yTrue: brokenLabels,
    yPred: broken,
    expected: [0, 0, 0, 1, 0, 0],
  },
  {
    what: 'distributions',
    metric: metrics.categoricalAccuracy(),
    yTrue: dense,
    yPred: scores,
    expected: [1, 0, 0, 1, 1, 0, 1, 1],
    dtype: 'float32',
  },
  {
    what: 'distributions',
    metric: metrics.topKCategoricalAccuracy({ k: 1 }),
    yTrue: dense,
    yPred: scores,
    expected: [1, 0, 1, 1, 1, 1, 1, 1],
    dtype: 'float32',
  },
  {
    what: 'distributions',
    metric: metrics.topKCategoricalAccuracy({ k: 2 }),
    yTrue: dense,
    yPred: scores,
    expected: [1, 1, 1, 1, 1, 1, 1, 1],
    dtype: 'float32',
  },
  {
    what: 'probabilities',
    metric: metrics.binaryAccuracy(),
    yTrue: events,
    yPred: probabilities,
    expected: [1, 0.75, 0.5],
  },
  {
    what: 'probabilities above 0.3',
    metric: metrics.binaryAccuracy({ threshold: 0.3 }),
    yTrue: events,
    yPred: probabilities,
    expected: [0.75, 0.25, 0.5],
  },
  {
    what: 'probabilities above 0.65',
    metric: metrics.binaryAccuracy({ threshold: 0.65 }),
    yTrue: events,
    yPred: probabilities,
    expected: [0.75, 0.5, 0.5],
  },
  {
    what: 'logits',
    metric: metrics.binaryAccuracy({ fromLogits: true }),
    yTrue: events,
    yPred: logits,
    expected: [1, 0.75, 0.25],
  },
  {
    what: 'logits of probabilities above 0.3',
    metric: metrics.binaryAccuracy({ fromLogits: true, threshold: 0.3 }),
    yTrue: events,
    yPred: logits,
    expected: [0.75, 0.5, 0.25],
  },
  {
    what: 'logits of probabilities above 0.65',
    metric: metrics.binaryAccuracy({ fromLogits: true, threshold: 0.65 }),
    yTrue: events,
    yPred: logits,
    expected: [0.75, 0.5, 0.25],
  },
  {
    what: 'a column of probabilities',
    metric: metrics.binaryAccuracy(),
    yTrue: [[1], [0], [1]],
    yPred: [[0.7], [0.7], [0.2]],
    expected: [1, 0, 0],
  },
]

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  it.each(cases.map((each) => [each.metric.name, each.what, each] as const))(
    '%s of %s is that of TensorFlow',
    async (_name, _what, { metric, yTrue, yPred, expected, dtype = 'int32' }) => {
      await tf.setBackend(backend)
      const [y, p] = [tf.tensor(yTrue, undefined, dtype), tf.tensor(yPred)]
      const before = tf.memory().numTensors
      const found = metric(y, p)
      expect(tf.memory().numTensors).toBe(before + 1)
      expect(found.dtype).toBe('float32')
      expect(found.arraySync()).toEqual(expected)
      tf.dispose([y, p, found])
    },
  )

  it('a model of tfjs-layers evaluates metrics, and logs them by their names', async () => {
    await tf.setBackend(backend)
    const dense = layers.layers.dense({
      units: 3,
      inputShape: [3],
      useBias: false,
      kernelInitializer: 'identity',
    })
    const model = layers.sequential({ layers: [dense] })
    model.compile({
      optimizer: 'sgd',
      loss: losses.categoricalCrossentropy({ fromLogits: true }),
      metrics: [metrics.categoricalAccuracy(), metrics.topKCategoricalAccuracy({ k: 2 })],
    })
    const [x, y] = [
      tf.tensor([
        [1, 2, 3],
        [1, 3, 2],
        [2, 3, 1],
        [3, 1, 2],
      ]),
      tf.tensor([
        [0, 0, 1],
        [0, 0, 1],
        [0, 0, 1],
        [1, 0, 0],
      ]),
    ]
    expect(model.metricsNames).toEqual(['loss', 'categoricalAccuracy', 'topKCategoricalAccuracy'])
    const found = model.evaluate(x, y) as tf.Scalar[]
    expect(found.slice(1).map((value) => value.dataSync()[0])).toEqual([0.5, 0.75])
  })
})

describe('a metric', () => {
  it('has the name of its factory, and says whether labels are class indices', () => {
    const factories = Object.entries<(options?: object) => losses.LossFunction>(metrics)
    for (const [name, factory] of factories) {
      expect(factory().name).toBe(name)
      expect(factory().isSparse).toBe(name.startsWith('sparse'))
      expect(() => factory({ K: 1 })).toThrow(expect.objectContaining({ code: 'UNKNOWN_ARGUMENT' }))
    }
    expect(factories.length).toBe(5)
  })

  it('refuses labels of another shape', () => {
    const [three, four] = [tf.zeros([2, 3]), tf.zeros([2, 4])]
    for (const metric of Object.values<() => losses.LossFunction>(metrics))
      expect(() => metric()(three, four)).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }))
  })
})
