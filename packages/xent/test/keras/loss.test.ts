import { describe, expect, it, vi } from 'vitest'
import {
  computeAverageLoss,
  type FloatTensor,
  sigmoidCrossEntropyWithLogits,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  type TensorLike,
  tensor,
  valueAndGrad,
} from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { expectClose, numbers } from '../support.ts'

const yTrue = [
  [0, 1, 0],
  [0, 0, 1],
]
const yPred = [
  [0.05, 0.95, 0],
  [0.1, 0.8, 0.1],
]

describe('a loss', () => {
  const loss = new keras.CategoricalCrossentropy()

  it('is called like a function, and is an instance of its class', () => {
    expect(typeof loss).toBe('function')
    expect(loss).toBeInstanceOf(keras.CategoricalCrossentropy)
    expect(loss).toBeInstanceOf(keras.Loss)
    expect(loss(yTrue, yPred).shape).toEqual([])
    expect(loss.name).toBe('categorical_crossentropy')
    expect(loss.reduction).toBe('auto')
    expect(new keras.Huber({ name: 'mine' }).name).toBe('mine')
  })

  it('has the losses of the examples', () => {
    expectClose(loss.perExample(yTrue, yPred), [-Math.log(0.95), -Math.log(0.1)], 'float32', 2)
    expect(loss.perExample(yTrue, yPred).data).toEqual(keras.categoricalCrossentropy(yTrue, yPred).data)
  })

  it('gives value and gradients together, of the types and shapes of its arguments', () => {
    const labels = tensor(yTrue, 'float64')
    const { value, grad } = valueAndGrad(loss, ['yPred', 'yTrue'])(labels, yPred, {
      sampleWeight: [0.3, 0.7],
      upstream: 2,
    })
    expect(value.item()).toBe(loss(labels, yPred, { sampleWeight: [0.3, 0.7] }).item())
    expect([grad.yPred.dtype, grad.yTrue.dtype]).toEqual(['float32', 'float64'])
    expect([grad.yPred.shape, grad.yTrue.shape]).toEqual([
      [2, 3],
      [2, 3],
    ])
    const { grad: once } = valueAndGrad(loss, 'yPred')(labels, yPred, { sampleWeight: [0.3, 0.7] })
    expectClose(
      grad.yPred,
      numbers(once.yPred).map((slope) => 2 * slope),
      'float32',
      1,
    )
  })

  it('names the arguments that have gradients', () => {
    const sparse = new keras.SparseCategoricalCrossentropy()
    expect(() => valueAndGrad(sparse, 'yTrue' as 'yPred')).toThrow(
      'sparse_categorical_crossentropy: wrt: expected a differentiable argument: yPred, received yTrue',
    )
    expect(() => valueAndGrad(keras.mse, 'logits' as 'yPred')).toThrow('yTrue, yPred, received logits')
  })

  it('leaves its arguments as they are', () => {
    const predictions = Float32Array.of(0.05, 0.95, 0, 0.1, 0.8, 0.1)
    const labels = Float32Array.from(yTrue.flat())
    const kept = [predictions.slice(), labels.slice()]
    const shape = [2, 3]
    const smoothed = new keras.CategoricalCrossentropy({ labelSmoothing: 0.1 })
    valueAndGrad(smoothed, ['yPred', 'yTrue'])({ data: labels, shape }, { data: predictions, shape })
    new keras.Hinge()({ data: labels, shape }, { data: predictions, shape })
    expect([predictions, labels]).toEqual(kept)
  })

  it('reads strided arrays', () => {
    const columns = { data: Float32Array.of(0.05, 0.1, 0.95, 0.8, 0, 0.1), shape: [2, 3], strides: [1, 2] }
    const wide = { data: Float32Array.of(9, 0, 1, 0, 9, 0, 0, 1), shape: [2, 3], strides: [4, 1], offset: 1 }
    for (const Class of [keras.CategoricalCrossentropy, keras.MeanSquaredError, keras.BinaryCrossentropy]) {
      const one = valueAndGrad(new Class(), ['yPred', 'yTrue'])(wide, columns)
      const other = valueAndGrad(new Class(), ['yPred', 'yTrue'])(yTrue, yPred)
      expect(one.value.item()).toBe(other.value.item())
      expect(one.grad.yPred.data).toEqual(other.grad.yPred.data)
      expect(one.grad.yTrue.data).toEqual(other.grad.yTrue.data)
    }
  })
})

describe('logits go to the functions of xent', () => {
  const logits = [
    [2, -1, 0.5],
    [40, 0, -40],
  ]

  it('in the categorical and the sparse loss, digit by digit', () => {
    const options = { fromLogits: true, reduction: 'none' } as const
    expect(new keras.CategoricalCrossentropy(options)(yTrue, logits).data).toEqual(
      softmaxCrossEntropyWithLogits({ labels: yTrue, logits }).data,
    )
    expect(new keras.SparseCategoricalCrossentropy(options)([1, 2], logits).data).toEqual(
      sparseSoftmaxCrossEntropyWithLogits({ labels: [1, 2], logits }).data,
    )
  })

  it('in the binary loss, as the mean of the sigmoid losses', () => {
    const losses = sigmoidCrossEntropyWithLogits({
      labels: tensor(yTrue, 'float64'),
      logits: tensor(logits, 'float64'),
    })
    const means = [0, 1].map(
      (k) =>
        numbers(losses)
          .slice(3 * k, 3 * k + 3)
          .reduce((a, b) => a + b) / 3,
    )
    for (const axis of [-1, 1]) {
      const binary = keras.binaryCrossentropy(yTrue, logits, { fromLogits: true, axis })
      expectClose(binary, means, 'float32', 2)
    }
  })

  it('so that a sure and right prediction keeps its small loss', () => {
    const loss = keras.sparseCategoricalCrossentropy([0], [[40, 0, 0]], { fromLogits: true })
    expectClose(loss, [2 * Math.exp(-40)], 'float32', 2)
  })
})

describe('class indices', () => {
  const logits = {
    data: Float32Array.from({ length: 24 }, (_, k) => Math.sin(k)),
    shape: [2, 3, 4],
  }
  const steps = [
    [0, 1, 2],
    [3, 2, 1],
  ]
  const plain = keras.sparseCategoricalCrossentropy(steps, logits, { fromLogits: true })

  it('are whole numbers of any type, and of any rank with as many', () => {
    const flat = steps.flat()
    for (const labels of [
      Float32Array.from(flat),
      Float64Array.from(flat),
      BigInt64Array.from(flat, BigInt),
      Uint8Array.from(flat),
    ]) {
      for (const shape of [[2, 3], [2, 3, 1], [6]]) {
        const found = keras.sparseCategoricalCrossentropy({ data: labels, shape }, logits, {
          fromLogits: true,
        })
        expect([found.shape, found.data]).toEqual([[2, 3], plain.data])
      }
    }
  })

  it('that are ignored cost nothing, move nothing, and are left out of the mean', () => {
    const infinite = { ...logits, data: logits.data.map((x, k) => (k >= 4 && k < 8 ? Number.NaN : x)) }
    const labels = [
      [0, 9, 2],
      [3, 2, 9],
    ]
    for (const fromLogits of [true, false]) {
      const loss = new keras.SparseCategoricalCrossentropy({ fromLogits, ignoreClass: 9 })
      const probabilities = {
        ...infinite,
        data: infinite.data.map((x) => (fromLogits ? x : Math.abs(x) / 4)),
      }
      const each = numbers(loss.perExample(labels, probabilities))
      expect([each[1], each[5]]).toEqual([0, 0])
      const { value, grad } = valueAndGrad(loss, 'yPred')(labels, probabilities)
      expectClose(value, [each.reduce((a, b) => a + b) / 4], 'float32', 4)
      expect(numbers(grad.yPred).map((x, k) => ((k >= 4 && k < 8) || k >= 20 ? x : 0))).toEqual(
        new Array(24).fill(0),
      )
      expect(numbers(grad.yPred).some(Number.isNaN)).toBe(false)
    }
  })

  it('go along any axis', () => {
    const last = { ...logits, shape: [2, 4, 3], strides: [12, 1, 4] }
    const moved = { data: logits.data, shape: [2, 3, 4] }
    const expected = keras.sparseCategoricalCrossentropy(steps, moved, { fromLogits: true })
    expect(keras.sparseCategoricalCrossentropy(steps, last, { fromLogits: true, axis: 1 }).data).toEqual(
      expected.data,
    )
  })
})

describe('types', () => {
  it('stay what they are: float64 exact, 16 bits computed wider and rounded once', () => {
    const double = new keras.MeanSquaredError()(Float64Array.of(1 / 3), Float64Array.of(1))
    expect([double.dtype, double.item()]).toEqual(['float64', (1 - 1 / 3) ** 2])
    for (const dtype of ['float16', 'bfloat16'] as const) {
      const predictions = tensor([[1, 0, 0.5]], dtype)
      const { value, grad } = valueAndGrad(new keras.BinaryCrossentropy(), 'yPred')([[1, 0, 1]], predictions)
      const exact = new keras.BinaryCrossentropy()([[1, 0, 1]], [[1, 0, 0.5]])
      expect([value.dtype, grad.yPred.dtype]).toEqual([dtype, dtype])
      expect(value.item()).toBe(tensor(exact.item(), dtype).item())
      const wrong = new keras.BinaryCrossentropy()([[0]], tensor([[1]], dtype)).item()
      expect(wrong).toBe(tensor(new keras.BinaryCrossentropy()([[0]], [[1]]).item(), dtype).item())
    }
  })

  it('of integer predictions are float32', () => {
    const value = new keras.MeanAbsoluteError()(Int32Array.of(1, 0), Int32Array.of(3, 5))
    expect([value.dtype, value.item()]).toEqual(['float32', 3.5])
  })

  it('of constants are those of the predictions', () => {
    const perfect = keras.categoricalCrossentropy([[1, 0]], [[1, 0]])
    expectClose(perfect, [-Math.log(0.99999988079071045)], 'float32', 1)
    const double = keras.categoricalCrossentropy([[1, 0]], tensor([[1, 0]], 'float64'))
    expectClose(double, [-Math.log(1 - 1e-7)], 'float64', 2)
  })
})

describe('masks', () => {
  const losses = { reduction: 'none' } as const

  it('leave losses out of a mean, and make them 0 where nothing is reduced', () => {
    const mask = [true, false]
    const labels = [[1], [5]]
    const predictions = [[2], [9]]
    const means = ['auto', 'sum_over_batch_size', 'mean', 'mean_with_sample_weight'] as const
    for (const reduction of means)
      expect(new keras.MeanSquaredError({ reduction })(labels, predictions, { mask }).item()).toBe(1)
    expect(new keras.MeanSquaredError({ reduction: 'sum' })(labels, predictions, { mask }).item()).toBe(1)
    expect(numbers(new keras.MeanSquaredError(losses)(labels, predictions, { mask }))).toEqual([1, 0])
  })

  it('count with the weights, and with the classes that are ignored', () => {
    const loss = new keras.SparseCategoricalCrossentropy({ ignoreClass: 0 })
    const predictions = [
      [0.5, 0.5],
      [0.25, 0.75],
      [0.1, 0.9],
    ]
    const options = { mask: [1, 1, 0], sampleWeight: [5, 2, 7] }
    expectClose(loss([0, 1, 1], predictions, options), [-2 * Math.log(0.75)], 'float32', 2)
  })
})

describe('a single class', () => {
  it('is warned of, once', () => {
    const warn = vi.spyOn(console, 'warn').mockImplementation(() => {})
    try {
      for (let k = 0; k < 2; k++) keras.categoricalCrossentropy([[1], [1]], [[0.5], [1]])
      expect(warn.mock.calls).toEqual([
        [
          "xent/keras: In loss categorical_crossentropy, expected y_pred.shape to be (batch_size, num_classes) with num_classes > 1. Received: y_pred.shape=(2, 1). Consider using 'binary_crossentropy' if you only have 2 classes.",
        ],
      ])
    } finally {
      warn.mockRestore()
    }
  })
})

describe('a subclass', () => {
  class Weighed extends keras.Loss {
    readonly factor: number

    constructor(options: keras.LossOptions & { factor?: number } = {}) {
      super(options)
      this.factor = options.factor ?? 1
    }

    perExample(labels: TensorLike, predictions: TensorLike): TensorLike {
      const [y, p] = [numbers(labels), numbers(predictions)]
      return Float32Array.from(y, (label, k) => this.factor * (label - p[k]!) ** 2)
    }

    override pullback(labels: TensorLike, predictions: TensorLike, upstream: FloatTensor) {
      const [y, p, u] = [numbers(labels), numbers(predictions), numbers(upstream)]
      return { yPred: Float32Array.from(y, (label, k) => 2 * this.factor * (p[k]! - label) * u[k]!) }
    }

    override getConfig() {
      return { ...super.getConfig(), factor: this.factor }
    }
  }

  it('has reductions, weights and masks from its losses', () => {
    const loss = new Weighed({ factor: 2 })
    expect(loss).toBeInstanceOf(Weighed)
    expect(loss.name).toBe('weighed')
    expect(loss([1, 2], [2, 4]).item()).toBe(5)
    expect(loss([1, 2], [2, 4], { sampleWeight: [1, 0] }).item()).toBe(1)
    expect(loss([1, 2], [2, 4], { mask: [true, false] }).item()).toBe(2)
    expect(new Weighed({ reduction: 'none' })([1, 2], [2, 4]).toArray()).toEqual([1, 4])
  })

  it('has the gradients that its pullback gives', () => {
    const { value, grad } = valueAndGrad(new Weighed({ factor: 2 }), 'yPred')([1, 2], [2, 4], {
      sampleWeight: [1, 3],
    })
    expect([value.item(), numbers(grad.yPred)]).toEqual([13, [2, 12]])
    expect(() => valueAndGrad(new Weighed(), 'yTrue')([1, 2], [2, 4])).toThrow(
      'weighed: pullback: expected a gradient by yTrue',
    )
  })

  it('has a config of its own', () => {
    const config = new Weighed({ factor: 3, reduction: 'sum' }).getConfig()
    expect(config).toEqual({ name: 'weighed', reduction: 'sum', factor: 3 })
    expect(Weighed.fromConfig(config)([1], [2]).item()).toBe(3)
  })

  it('says what is missing where it has no gradient', () => {
    class Plain extends keras.Loss {
      perExample(): TensorLike {
        return [1, 2]
      }
    }
    expect(new Plain()([0], [0]).item()).toBe(1.5)
    expect(() => valueAndGrad(new Plain(), 'yPred')([0], [0])).toThrow(
      'valueAndGrad: fn: expected a loss with gradients: one that has `pullback`, received plain',
    )
  })

  it('may be of a class of Keras', () => {
    class Halved extends keras.MeanSquaredError {
      override perExample(labels: TensorLike, predictions: TensorLike): FloatTensor {
        return tensor(numbers(super.perExample(labels, predictions)).map((x) => x / 2)) as FloatTensor
      }
    }
    expect(new Halved({ reduction: 'sum' })([[1], [3]], [[2], [5]]).item()).toBe(2.5)
    expect(() => valueAndGrad(new Halved(), 'yPred')([[1]], [[2]])).toThrow('one that has `pullback`')
    class Renamed extends keras.Huber {}
    expect(valueAndGrad(new Renamed({ delta: 2 }), 'yPred')([[1]], [[2]]).value.item()).toBe(0.5)
  })
})

describe('a distribution strategy', () => {
  const sum = new keras.MeanSquaredError({ reduction: 'sum' })
  const none = new keras.MeanSquaredError({ reduction: 'none' })

  it('refuses means, of every name, and nothing else', () => {
    keras.distributionStrategy(2, () => {
      for (const reduction of ['auto', 'sum_over_batch_size', 'mean', 'mean_with_sample_weight'] as const) {
        const loss = new keras.MeanSquaredError({ reduction })
        expect(() => loss([[1]], [[2]])).toThrow('Please use `tf.keras.losses.Reduction.SUM` or')
        expect(() => valueAndGrad(loss, 'yPred')([[1]], [[2]])).toThrow('Please use')
      }
      expect(sum([[1]], [[2]]).item()).toBe(1)
      expect(numbers(none([[1]], [[2]]))).toEqual([1])
    })
    expect(new keras.MeanSquaredError()([[1]], [[2]]).item()).toBe(1)
  })

  it('counts its replicas in computeAverageLoss: the recipe of a training loop', () => {
    const shares = [
      { labels: [[1], [2]], predictions: [[2], [4]] },
      { labels: [[3], [4]], predictions: [[3], [7]] },
    ]
    const perReplica = shares.map(({ labels, predictions }) =>
      keras.distributionStrategy(shares.length, () =>
        Number(computeAverageLoss({ perExampleLoss: none(labels, predictions) }).item()),
      ),
    )
    const whole = new keras.MeanSquaredError()([[1], [2], [3], [4]], [[2], [4], [3], [7]])
    expect(perReplica.reduce((a, b) => a + b)).toBe(whole.item())
    const known = keras.distributionStrategy(2, () =>
      computeAverageLoss({ perExampleLoss: none([[1]], [[3]]), globalBatchSize: 8 }).item(),
    )
    expect(known).toBe(0.5)
  })

  it('ends with its function, also by an error, and may hold another', () => {
    const fail = () => {
      throw new Error('mine')
    }
    expect(() => keras.distributionStrategy(2, fail)).toThrow('mine')
    expect(computeAverageLoss({ perExampleLoss: [4] }).item()).toBe(4)
    keras.distributionStrategy(2, () => {
      keras.distributionStrategy(4, () => expect(computeAverageLoss({ perExampleLoss: [4] }).item()).toBe(1))
      expect(computeAverageLoss({ perExampleLoss: [4] }).item()).toBe(2)
    })
  })

  it('gives what its function gives, which may be no promise', () => {
    expect(keras.distributionStrategy(1, () => 'result')).toBe('result')
    expect(() => keras.distributionStrategy(2, async () => 1)).toThrow(
      'distributionStrategy: fn: expected a function that is not asynchronous, received a promise',
    )
    for (const replicas of [0, 1.5, Number.NaN, '2' as never])
      expect(() => keras.distributionStrategy(replicas, () => 1)).toThrow(
        'expected a whole number, 1 or more',
      )
  })
})

describe('CTC', () => {
  it('is infinite where there are fewer frames than the symbols take, whatever the logits', () => {
    const frames = { data: new Float32Array(2 * 4), shape: [1, 2, 4] }
    const { value, grad } = valueAndGrad(keras.ctc, 'yPred')([[1, 1]], frames)
    expect(value.toArray()).toEqual([Number.POSITIVE_INFINITY])
    expect(numbers(grad.yPred)).toEqual(new Array(8).fill(0))
  })

  it('wants frames', () => {
    expect(() => keras.ctc([[1]], { data: [], shape: [1, 0, 4] })).toThrow(
      'yPred: expected frames and classes',
    )
  })

  it('of symbols that are none is an error that names the place', () => {
    const frames = { data: new Float32Array(3 * 4), shape: [1, 3, 4] }
    expect(() => keras.ctc([[1, 7]], frames)).toThrow(
      'ctc: yTrue[0, 1]: expected a class in [0, 4), received 7',
    )
  })
})
