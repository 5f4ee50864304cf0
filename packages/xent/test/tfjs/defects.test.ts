import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// which registers the gradients of TensorFlow.js
import * as layers from '@tensorflow/tfjs-layers'
import { beforeEach, describe, expect, it } from 'vitest'
import * as xent from '../../src/index.ts'
import {
  compileWith,
  logSoftmax,
  sigmoidCrossEntropyWithLogits,
  softmax,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
} from '../../src/tfjs/index.ts'
import * as losses from '../../src/tfjs/losses/index.ts'
import * as metrics from '../../src/tfjs/metrics/index.ts'
import { computeWeightedLoss } from '../../src/tfjs/weighted-loss.ts'

// The first table of docs/tfjs.md: in each test what TensorFlow.js 4.22 does, and then what xent/tfjs does instead. The
// right numbers are TensorFlow 2.21's, or of high precision arithmetic, or xent's.

const { NaN: nan, NEGATIVE_INFINITY: minusInfinity, POSITIVE_INFINITY: infinity } = Number

const numbers = (tensor: tf.Tensor): number[] => [...tensor.dataSync()]

/** Numbers as float32 has them, to six places. */
const near = (...numbers: readonly number[]): number[] =>
  numbers.map((x) => (Number.isFinite(x) ? expect.closeTo(x, 6) : x))

const code = (code: string) => expect.objectContaining({ code })

const ints = (values: tf.TensorLike): tf.Tensor => tf.tensor(values, undefined, 'int32')

/** A model that gives back what it gets, three numbers for each example or for each of two steps. */
const echo = (
  loss: string | Loss,
  options: { readonly metrics?: string[]; readonly shape?: number[] } = {},
) => {
  const input = layers.input({ shape: options.shape ?? [3] })
  const dense = layers.layers.dense({ units: 3, useBias: false, kernelInitializer: 'identity' })
  const model = layers.model({ inputs: input, outputs: dense.apply(input) as layers.SymbolicTensor })
  model.compile({ optimizer: 'sgd', loss, metrics: options.metrics ?? [] })
  return model
}

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor, fromLogits?: boolean) => tf.Tensor

/** Such a model compiled by xent/tfjs, and the loss that its first step logs. */
const ourFirstLoss = async (
  loss: Loss,
  x: tf.Tensor,
  y: tf.Tensor,
  args: layers.ModelFitArgs = {},
): Promise<number> => {
  const model = echo(loss, { shape: x.shape.slice(1) })
  compileWith(model, { optimizer: 'sgd', loss })
  const { history } = await model.fit(x, y, { batchSize: 4, shuffle: false, verbose: 0, ...args })
  return history.loss![0] as number
}

/** The cross-entropy of each of the probabilities, as TensorFlow has it. */
const crossentropies = [0.3566749, Math.LN2, 1.2039728, 0.2231436] as const

const meanOf = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b) / numbers.length

/** A loss of TensorFlow.js's layers, which is public only as a name. */
const layersLoss = (name: string): Loss => echo(name).lossFunctions[0]!

await tf.setBackend('cpu')

const probabilities = tf.tensor([
  [0.1, 0.2, 0.7],
  [0.2, 0.5, 0.3],
  [0.3, 0.3, 0.4],
  [0.8, 0.1, 0.1],
])
const classes = [2, 1, 1, 0]
const onehot = tf.oneHot(tf.tensor1d(classes, 'int32'), 3)

/** The derivative of Σ f along v, differentiated once more. */
const second = (f: (x: tf.Tensor) => tf.Tensor, x: tf.TensorLike, v: tf.TensorLike): tf.Tensor =>
  tf.grad((x) => tf.sum(tf.mul(tf.grad((y) => tf.sum(f(y)))(x), v)))(tf.tensor(x))

/** How often each kernel runs. */
const kernelsOf = async (f: () => tf.Tensor): Promise<Map<string, number>> => {
  const counts = new Map<string, number>()
  const { kernels } = await tf.profile(f)
  for (const { name } of kernels) counts.set(name, (counts.get(name) ?? 0) + 1)
  return counts
}

describe('TensorFlow.js 4.22', () => {
  beforeEach(() => tf.setBackend('cpu'))

  describe('labels', () => {
    it('refuses integer labels in the loss that is for them', async () => {
      const message = "Argument 'x' passed to 'floor' must be float32 tensor, but got int32 tensor"
      for (const labels of [ints(classes), ints(classes.map((label) => [label]))])
        await expect(
          echo('sparseCategoricalCrossentropy').fit(probabilities, labels, { verbose: 0 }),
        ).rejects.toThrow(message)

      const logits = tf.log(probabilities)
      const expected = near(0.3566749, Math.LN2, 1.2039728, 0.2231436)
      const ours = losses.sparseCategoricalCrossentropy()
      for (const labels of [ints(classes), tf.tensor(classes)]) {
        expect(numbers(sparseSoftmaxCrossEntropyWithLogits({ labels, logits }))).toEqual(expected)
        expect(numbers(ours(labels, probabilities))).toEqual(expected)
        expect(numbers(ours(tf.expandDims(labels, -1), probabilities))).toEqual(expected)
        for (const y of [labels, tf.expandDims(labels, -1)])
          expect(await ourFirstLoss(ours, probabilities, y)).toBeCloseTo(meanOf(crossentropies), 5)
      }
    })

    it('takes a label that is no class for no loss, NaN for class 0, and cuts fractions off', () => {
      const labels = tf.tensor([7, -1, nan, 1.7])
      const found = layersLoss('sparseCategoricalCrossentropy')(labels, probabilities)
      expect(numbers(found)).toEqual(near(0, 0, 1.2039728, Math.LN10))

      const logits = tf.log(probabilities)
      const given = { labels: ints([7, -1, 1, 1]), logits }
      expect(() => sparseSoftmaxCrossEntropyWithLogits(given)).toThrow(code('LABEL_OUT_OF_RANGE'))
      expect(() => losses.sparseCategoricalCrossentropy()(given.labels, probabilities)).toThrow(
        code('LABEL_OUT_OF_RANGE'),
      )
      const marked = sparseSoftmaxCrossEntropyWithLogits({ ...given, outOfRange: 'nan' })
      expect(numbers(marked)).toEqual(near(nan, nan, 1.2039728, Math.LN10))
      for (const label of [nan, 1.7])
        expect(() => sparseSoftmaxCrossEntropyWithLogits({ labels: [2, 1, label, 1], logits })).toThrow(
          code('DTYPE'),
        )
    })

    it('wants labels of steps as [batch, steps, 1]', async () => {
      const steps = tf.reshape(probabilities, [2, 2, 3])
      const labels = tf.tensor(classes, [2, 2])
      const model = echo('sparseCategoricalCrossentropy', { shape: [2, 3] })
      await expect(model.fit(steps, labels, { verbose: 0 })).rejects.toThrow(
        /to have 3 dimension\(s\)\. but got array with shape 2,2/,
      )

      const found = sparseSoftmaxCrossEntropyWithLogits({ labels, logits: tf.log(steps) })
      expect(found.shape).toEqual([2, 2])
      const ours = losses.sparseCategoricalCrossentropy()
      for (const y of [labels, tf.expandDims(labels, -1)])
        expect(await ourFirstLoss(ours, steps, y)).toBeCloseTo(meanOf(crossentropies), 5)
    })

    it('refuses integer labels in a loss of one’s own', async () => {
      const own: Loss = (labels, logits) =>
        sparseSoftmaxCrossEntropyWithLogits({ labels: tf.squeeze(labels, [-1]), logits })
      const labels = ints(classes.map((label) => [label]))
      await expect(echo(own).fit(probabilities, labels, { verbose: 0 })).rejects.toThrow(
        'target expected a batch of elements where each example has shape [3]',
      )

      const ours = losses.sparseCategoricalCrossentropy()
      expect(await ourFirstLoss(ours, probabilities, labels)).toBeCloseTo(meanOf(crossentropies), 5)
    })
  })

  describe('logits', () => {
    const logits = [
      [2, -1, 0.5],
      [1, 5, 3],
      [-3, -4, -9],
    ]

    it('clips the logits of the sparse loss to [1e-7, 1 - 1e-7]', () => {
      const found = layersLoss('sparseCategoricalCrossentropy')(tf.tensor([0, 1, 2]), tf.tensor(logits), true)
      expect(numbers(found)).toEqual(near(0.6802698, 1.0986123, 1.0986123))

      const ours = losses.sparseCategoricalCrossentropy({ fromLogits: true })
      const right = near(0.2413113, 0.1429316, 6.3150722)
      expect(numbers(ours(ints([0, 1, 2]), tf.tensor(logits)))).toEqual(right)
      expect(numbers(sparseSoftmaxCrossEntropyWithLogits({ labels: [0, 1, 2], logits }))).toEqual(right)
    })

    it('teaches nothing to a model that is surely wrong, and no loss is above 16.118', () => {
      const labels = tf.tensor([[1, 0]])
      const theirs = layersLoss('categoricalCrossentropy')
      for (const sure of [9, 20, 1e4]) {
        const logits = tf.tensor([[-sure, sure]])
        const ours = (logits: tf.Tensor) =>
          losses.categoricalCrossentropy({ fromLogits: true })(labels, logits)
        expect(numbers(theirs(labels, logits, true))).toEqual(near(16.1180954))
        expect(numbers(tf.grad((x: tf.Tensor) => theirs(labels, x, true))(logits))).toEqual([0, 0])

        expect(numbers(ours(logits))).toEqual([expect.closeTo(2 * sure, 5)])
        expect(numbers(tf.grad(ours)(logits))).toEqual(near(-1, 1))
      }
    })

    it('teaches nothing where a sigmoid is surely wrong', () => {
      const theirs = (x: tf.Tensor) => layersLoss('binaryCrossentropy')(tf.tensor([[1]]), tf.sigmoid(x))
      expect(numbers(tf.grad(theirs)(tf.tensor([[-20]])))).toEqual([0])

      const ours = (x: tf.Tensor) => losses.binaryCrossentropy({ fromLogits: true })(tf.tensor([[1]]), x)
      expect(numbers(tf.grad(ours)(tf.tensor([[-20]])))).toEqual(near(-1))
    })

    it('says 0 for a loss of 2e-9, and its gradient does not sum to 0', () => {
      const labels = tf.tensor([[1, 0]])
      const sure = tf.tensor([[20, 0]])
      const theirs = (x: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, x)
      const tail = 2.0611536e-9
      expect(numbers(theirs(sure))).toEqual([0])
      expect(numbers(tf.grad(theirs)(sure))).toEqual([0, expect.closeTo(tail, 15)])

      const ours = (logits: tf.Tensor) => softmaxCrossEntropyWithLogits({ labels, logits })
      expect(numbers(ours(sure))).toEqual([expect.closeTo(tail, 15)])
      expect(numbers(tf.grad(ours)(sure))).toEqual([expect.closeTo(-tail, 15), expect.closeTo(tail, 15)])
    })

    it('says 0 for such a loss of a sigmoid on wasm', async () => {
      await tf.setBackend('wasm')
      const logits = tf.tensor([20])
      expect(numbers(tf.losses.sigmoidCrossEntropy([1], logits))).toEqual([0])

      const ours = sigmoidCrossEntropyWithLogits({ labels: [1], logits })
      expect(numbers(ours)).toEqual([expect.closeTo(2.0611536e-9, 15)])
    })

    it('gives NaN for a masked class', () => {
      const labels = tf.tensor([[1, 0, 0]])
      const masked = tf.tensor([[1, 1, minusInfinity]])
      expect(numbers(tf.losses.softmaxCrossEntropy(labels, masked))).toEqual([nan])
      expect(numbers(softmaxCrossEntropyWithLogits({ labels, logits: masked }))).toEqual(near(Math.LN2))
    })

    it('gives NaN for logits of ±∞', () => {
      const labels = tf.tensor([1, 0, 0])
      const logits = tf.tensor([infinity, minusInfinity, infinity])
      const theirs = tf.losses.sigmoidCrossEntropy(labels, logits, undefined, 0, tf.Reduction.NONE)
      expect(numbers(theirs)).toEqual([nan, nan, nan])
      expect(numbers(sigmoidCrossEntropyWithLogits({ labels, logits }))).toEqual([0, 0, infinity])
    })

    it('takes no axis but the last', () => {
      const logits = tf.tensor([
        [2, 1, 3],
        [1, 3, 2],
      ])
      for (const dim of [0, -2]) {
        expect(() => tf.softmax(logits, dim)).toThrow(
          'Softmax along a non-last dimension is not yet supported',
        )
        expect(() => tf.logSoftmax(logits, dim)).toThrow('along a non-last dimension is not yet supported')

        const columns = [0.7310586, 0.1192029, 0.7310586, 0.2689414, 0.8807971, 0.2689414]
        expect(numbers(softmax({ logits, axis: dim }))).toEqual(near(...columns))
        expect(numbers(logSoftmax({ logits, axis: dim }))).toEqual(near(...columns.map(Math.log)))
      }
    })
  })

  describe('weights', () => {
    it('divides by the sum or number of weights where that is 0', () => {
      for (const reduction of [tf.Reduction.MEAN, tf.Reduction.SUM_BY_NONZERO_WEIGHTS]) {
        expect(numbers(tf.losses.computeWeightedLoss([1, 2, 3], [0, 0, 0], reduction))).toEqual([nan])

        const each = tf.tensor([1, 2, 3])
        expect(numbers(computeWeightedLoss(each, [0, 0, 0], reduction))).toEqual([0])
        const gradients = tf.grads((x: tf.Tensor, w: tf.Tensor) => computeWeightedLoss(x, w, reduction))
        for (const gradient of gradients([each, tf.zeros([3])])) expect(numbers(gradient)).toEqual([0, 0, 0])
      }
      expect(numbers(tf.losses.computeWeightedLoss(tf.tensor1d([])))).toEqual([nan])
      expect(numbers(computeWeightedLoss(tf.tensor1d([])))).toEqual([0])
    })

    it('cannot differentiate by weights', () => {
      const each = tf.tensor([1, 2, 3])
      const weights = tf.tensor([1, 2, 3])
      const theirs = tf.grad((w) => tf.losses.computeWeightedLoss(each, w))
      expect(() => theirs(weights)).toThrow('gradient function not found for NotEqual')

      const ours = (...[reduction]: readonly ('mean' | 'sumByNonzeroWeights')[]) =>
        tf.grad((w) => computeWeightedLoss(each, w, reduction))(weights)
      expect(numbers(ours('sumByNonzeroWeights'))).toEqual(near(1 / 3, 2 / 3, 1))
      expect(numbers(ours('mean'))).toEqual(near(-2 / 9, -1 / 18, 1 / 9))
      const curvature = second((w) => computeWeightedLoss(each, w, 'mean'), [1, 2, 3], [1, 2, 3])
      expect(numbers(curvature)).toEqual(near(2 / 9, 1 / 18, -1 / 9))
    })

    it('takes weights of any shape, and then there are more losses', () => {
      const each = tf.tensor([1, 2, 3])
      const weights = tf.tensor([
        [1, 2, 3],
        [4, 5, 6],
      ])
      const theirs = tf.losses.computeWeightedLoss(each, weights, tf.Reduction.NONE)
      expect(numbers(theirs)).toEqual([1, 4, 9, 4, 10, 18])
      expect(theirs.shape).toEqual([2, 3])
      expect(numbers(tf.losses.computeWeightedLoss(each, weights))).toEqual(near(46 / 6))
      expect(numbers(tf.losses.computeWeightedLoss(each, weights, tf.Reduction.MEAN))).toEqual(near(46 / 21))

      expect(() => computeWeightedLoss(each, weights)).toThrow(code('SHAPE_MISMATCH'))
      expect(() => computeWeightedLoss(weights, each)).toThrow(code('SHAPE_MISMATCH'))
    })

    it('has no mean over the batch that counts losses of weight 0', () => {
      expect(Object.keys(tf.Reduction)).not.toContain('SUM_OVER_BATCH_SIZE')
      expect(numbers(computeWeightedLoss([1, 2, 3], [1, 0, 1], 'sumOverBatchSize'))).toEqual(near(4 / 3))
    })

    it('drops the fraction of a mean of integers', () => {
      const each = ints([1, 2, 3])
      const weights = ints([1, 1, 0])
      expect(numbers(tf.losses.computeWeightedLoss(each, weights, tf.Reduction.MEAN))).toEqual([1])
      expect(numbers(computeWeightedLoss(each, weights, 'mean'))).toEqual([1.5])
    })

    it('refuses sampleWeight in fit, and does not look at it in evaluate', async () => {
      const model = echo('meanSquaredError')
      const sampleWeight = tf.tensor([0, 0, 0, 9])
      const expected = 'sample weight is not supported yet.'
      await expect(model.fit(probabilities, onehot, { sampleWeight, verbose: 0 })).rejects.toThrow(expected)
      await expect(
        model.fit(probabilities, onehot, {
          validationData: [probabilities, onehot, sampleWeight],
          verbose: 0,
        }),
      ).rejects.toThrow('validationData including sample weights is not supported yet.')
      const [with_, without] = [{ sampleWeight }, {}].map((args) =>
        numbers(model.evaluate(probabilities, onehot, args) as tf.Tensor),
      )
      expect(with_).toEqual(without)
      expect(with_).not.toEqual([0])

      const ours = losses.categoricalCrossentropy()
      const weighted = crossentropies[3] * (9 / 4)
      expect(await ourFirstLoss(ours, probabilities, onehot, { sampleWeight })).toBeCloseTo(weighted, 5)
      compileWith(model, { optimizer: 'sgd', loss: ours })
      expect(() => model.evaluate(probabilities, onehot, { sampleWeight })).toThrow(code('VALUE'))
    })

    it('refuses classWeight for sequences', async () => {
      const model = echo('categoricalCrossentropy', { shape: [2, 3] })
      const [x, y] = [tf.reshape(probabilities, [2, 2, 3]), tf.reshape(onehot, [2, 2, 3])]
      await expect(model.fit(x, y, { classWeight: { 0: 1, 1: 2, 2: 3 }, verbose: 0 })).rejects.toThrow(
        'Unexpected rank of target (y) tensor (3) during handling of class weights',
      )

      const classWeight = { 0: 1, 1: 2, 2: 3 }
      const weighted = crossentropies.map((loss, k) => loss * classWeight[classes[k] as 0 | 1 | 2])
      const found = await ourFirstLoss(losses.categoricalCrossentropy(), x, y, { classWeight })
      expect(found).toBeCloseTo(meanOf(weighted), 5)
    })

    it('wants a weight for every class in classWeight', async () => {
      const model = echo('categoricalCrossentropy')
      await expect(
        model.fit(probabilities, onehot, { classWeight: { 0: 1, 1: 1 }, verbose: 0 }),
      ).rejects.toThrow('The class 2 exists in the data but not in classWeight')

      const classWeight = { 0: 1, 1: 2 }
      const weighted = crossentropies.map((loss, k) => loss * (classes[k] === 1 ? 2 : 1))
      const found = await ourFirstLoss(losses.categoricalCrossentropy(), probabilities, onehot, {
        classWeight,
      })
      expect(found).toBeCloseTo(meanOf(weighted), 5)
    })
  })

  describe('label smoothing', () => {
    it('takes the second dimension for the classes', () => {
      const labels = tf.tensor([1, 0, 0, 1, 1, 0, 0, 1, 1, 0], [1, 5, 2])
      const logits = tf.tensor([2, -1, 0.5, 1, 3, 2, -1, 0, 1, 1], [1, 5, 2])
      expect(numbers(tf.losses.softmaxCrossEntropy(labels, logits, undefined, 0.2))).toEqual(near(0.3682509))
      expect(() => tf.losses.softmaxCrossEntropy([1, 0], [2, -1], undefined, 0.2)).toThrow()

      const ours = losses.categoricalCrossentropy({ fromLogits: true, labelSmoothing: 0.2 })
      expect(numbers(computeWeightedLoss(ours(labels, logits)))).toEqual(near(0.478467))
      expect(numbers(ours(tf.tensor([1, 0]), tf.tensor([2, -1])))).toEqual(near(0.3485874))
    })
  })

  describe('gradients', () => {
    it('has a wrong gradient by labels', () => {
      const labels = tf.tensor([[1, 0, 0]])
      const logits = tf.tensor([[2, -1, 0.5]])
      const theirs = tf.grad((labels: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits))
      expect(numbers(theirs(labels))).toEqual(near(0.214403, -0.0391126, -0.1752904))

      const ours = tf.grad((labels: tf.Tensor) => softmaxCrossEntropyWithLogits({ labels, logits }))
      expect(numbers(ours(labels))).toEqual(near(0.2413113, 3.2413113, 1.7413113))
    })

    it('has a wrong gradient where the labels do not sum to 1, as TensorFlow has', () => {
      const labels = tf.tensor([[2, 1, 0]])
      const logits = tf.tensor([[2, -1, 0.5]])
      const theirs = tf.grad((logits: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, logits))
      expect(numbers(theirs(logits))).toEqual(near(-1.2144029, -0.9608874, 0.1752904))

      const ours = tf.grad((logits: tf.Tensor) => softmaxCrossEntropyWithLogits({ labels, logits }))
      expect(numbers(ours(logits))).toEqual(near(0.3567911, -0.8826623, 0.5258712))
    })

    it('computes the gradient by labels too where only that by logits is asked', async () => {
      const labels = tf.tensor([[1, 0, 0]])
      const logits = tf.tensor([[2, -1, 0.5]])
      const theirs = await kernelsOf(() =>
        tf.grad((x: tf.Tensor) => tf.losses.softmaxCrossEntropy(labels, x))(logits),
      )
      // one for the value, and one for each gradient
      expect(theirs.get('Exp')).toBe(3)

      const ours = await kernelsOf(() =>
        tf.grad((x: tf.Tensor) => softmaxCrossEntropyWithLogits({ labels, logits: x }))(logits),
      )
      expect([...ours].filter(([name]) => name.startsWith('Xent'))).toEqual([
        ['XentSoftmaxCrossEntropyWithLogits', 1],
        ['XentSoftmaxCrossEntropyWithLogitsGradient', 1],
      ])
    })

    it('has no gradient of what is broadcast to 5 dimensions', () => {
      const expected = 'Gradient for tile operation is not implemented for rank-5 tensors yet.'
      const x = tf.tensor([1, 2])
      expect(() => tf.grad((x) => tf.broadcastTo(x, [2, 2, 2, 2, 2]))(x)).toThrow(expected)

      const logits = tf.zeros([2, 2, 2, 2, 2])
      const ours = tf.grad((labels) => softmaxCrossEntropyWithLogits({ labels, logits }))(x)
      expect(numbers(ours)).toEqual(near(16 * Math.LN2, 16 * Math.LN2))
    })
  })

  describe('second derivatives', () => {
    const x = [1, 2, 3]
    const refusal = 'Cannot compute gradient of y=f(x) with respect to x'

    it('refuses those of what keeps its result for the gradient', () => {
      const ops = { exp: tf.exp, sigmoid: tf.sigmoid, tanh: tf.tanh, softmax: tf.softmax }
      for (const [name, op] of Object.entries(ops))
        expect(() => second((y) => op(y), x, x), name).toThrow(refusal)
      expect(() => second((y) => tf.logSoftmax(y), x, x)).toThrow(refusal)

      const ours = second((logits) => tf.mul(softmax({ logits }), [1, 0, 0]), x, x)
      expect(numbers(ours)).toEqual(near(-0.1162813, 0.0473803, 0.068901))
      const logs = second((logits) => tf.mul(logSoftmax({ logits }), [1, 0, 0]), x, x)
      expect(numbers(logs)).toEqual(near(0.1418171, 0.1407704, -0.2825875))
    })

    it('has wrong ones where such a result is only a part', () => {
      const product = second((y) => tf.mul(y, tf.exp(y)), x, [1, 1, 1])
      // (x + 2)exp(x) is 8.155, 29.556, 100.428
      expect(numbers(product)).toEqual(x.map((x) => expect.closeTo(2 * Math.exp(x), 4)))
      const logarithm = second((y) => tf.mul(tf.log(tf.softmax(y)), [1, 0, 0]), x, x)
      expect(numbers(logarithm)).toEqual(near(1.4333932, -0.3854988, -1.0478944))
      const weighted = second((y) => tf.mul(tf.softmax(y), y), x, x)
      expect(numbers(weighted)).toEqual(near(-0.2836342, -0.2815407, 0.5651749))

      const ours = second((logits) => tf.mul(tf.log(softmax({ logits })), [1, 0, 0]), x, x)
      expect(numbers(ours)).toEqual(near(0.1418171, 0.1407704, -0.2825875))
      const oursWeighted = second((logits) => tf.mul(softmax({ logits }), logits), x, x)
      expect(numbers(oursWeighted)).toEqual(near(-0.0984519, -0.3044321, 0.4028841))
    })

    it('refuses those of a kernel that keeps a second output, as TensorFlow’s of the cross-entropies do', () => {
      tf.registerKernel({
        kernelName: 'LossAndBackprop',
        backendName: 'cpu',
        kernelFunc: ({ inputs }) => {
          const { x } = inputs as { x: tf.Tensor }
          return [tf.square(x), tf.mul(2, x)]
        },
      })
      tf.registerGradient({
        kernelName: 'LossAndBackprop',
        outputsToSave: [false, true],
        gradFunc: (dys, [backprop]) => ({ x: () => tf.mul((dys as tf.Tensor[])[0]!, backprop!) }),
      })
      const loss = (x: tf.Tensor): tf.Tensor =>
        (tf.engine().runKernel('LossAndBackprop', { x }) as tf.Tensor[])[0]!
      expect(numbers(tf.grad(loss)(tf.tensor(x)))).toEqual([2, 4, 6])
      expect(() => second(loss, x, x)).toThrow(refusal)
      tf.unregisterKernel('LossAndBackprop', 'cpu')
      tf.unregisterGradient('LossAndBackprop')
    })

    it('refuses those of softmaxCrossEntropy, and has wrong ones of sigmoidCrossEntropy', () => {
      const labels = [1, 0, 0]
      expect(() => second((y) => tf.losses.softmaxCrossEntropy(labels, y), x, x)).toThrow(refusal)
      const theirs = second(
        (y) => tf.losses.sigmoidCrossEntropy(labels, y, undefined, 0, tf.Reduction.SUM),
        x,
        x,
      )
      expect(numbers(theirs)).toEqual(near(-0.0723295, -0.0284187, -0.0067476))

      const given = { labels, logits: x }
      const pairs = [
        [softmaxCrossEntropyWithLogits, xent.softmaxCrossEntropyWithLogits],
        [sigmoidCrossEntropyWithLogits, xent.sigmoidCrossEntropyWithLogits],
      ] as const
      for (const [ours, reference] of pairs) {
        const product = xent.hessianVectorProduct(reference, ['logits'])(given, { logits: x }).logits
        expect(numbers(second((logits) => ours({ labels, logits }), x, x))).toEqual(
          near(...(product.data as Float32Array)),
        )
      }
      const sigmoid = second((logits) => sigmoidCrossEntropyWithLogits({ labels, logits }), x, x)
      expect(numbers(sigmoid)).toEqual(near(0.1966119, 0.2099872, 0.13553))
    })

    it('refuses those of its layers’ losses', () => {
      const onehot = tf.tensor([[1, 0, 0]])
      const fromLogits = true
      const along = (loss: Loss, labels: tf.Tensor, activation: (x: tf.Tensor) => tf.Tensor = (x) => x) =>
        second((y) => loss(labels, activation(y)), [x], [x])
      for (const [name, activation] of [
        ['categoricalCrossentropy', tf.softmax],
        ['binaryCrossentropy', tf.sigmoid],
      ] as const)
        expect(() => along(layersLoss(name), onehot, (y) => activation(y))).toThrow(
          'gradient function not found for LogicalAnd',
        )

      const ofSoftmax = near(-0.1418171, -0.1407704, 0.2825875)
      expect(numbers(along(losses.categoricalCrossentropy({ fromLogits }), onehot))).toEqual(ofSoftmax)
      expect(numbers(along(losses.sparseCategoricalCrossentropy({ fromLogits }), ints([0])))).toEqual(
        ofSoftmax,
      )
      const ofSigmoid = near(0.1966119 / 3, 0.2099872 / 3, 0.13553 / 3)
      expect(numbers(along(losses.binaryCrossentropy({ fromLogits }), onehot))).toEqual(ofSigmoid)
    })
  })

  describe('losses and metrics by name', () => {
    it('knows no name of TensorFlow’s, and no softmaxCrossEntropy', () => {
      for (const name of [
        'sparse_categorical_crossentropy',
        'softmaxCrossEntropy',
        'categoricalFocalCrossentropy',
      ])
        expect(() => echo(name)).toThrow(`Unknown loss ${name}`)
    })

    it('has no sparse accuracy by its name, and a categorical one of integers takes them for class 0', () => {
      const sparse = 'sparseCategoricalCrossentropy'
      expect(() => echo(sparse, { metrics: ['sparseCategoricalAccuracy'] })).toThrow(
        'Unknown metric sparseCategoricalAccuracy',
      )
      const labels = tf.tensor(classes, [4, 1])
      const accuracyOf = (metric: string) => {
        const found = echo(sparse, { metrics: [metric] }).evaluate(probabilities, labels) as tf.Tensor[]
        return numbers(found[1]!)
      }
      expect(accuracyOf('accuracy')).toEqual([0.75])
      // one prediction of four is class 0
      expect(accuracyOf('categoricalAccuracy')).toEqual([0.25])

      const ours = metrics.sparseCategoricalAccuracy()
      expect(numbers(ours(labels, probabilities))).toEqual([1, 1, 0, 1])
      expect(() => metrics.categoricalAccuracy()(labels, probabilities)).toThrow(code('SHAPE_MISMATCH'))
    })

    it('holds logits against a probability of one half in its accuracy', () => {
      const [labels, logits] = [tf.tensor([[1], [0]]), tf.tensor([[0.3], [-0.3]])]
      expect(numbers(layers.metrics.binaryAccuracy(labels, logits))).toEqual([0, 1])
      expect(numbers(metrics.binaryAccuracy({ fromLogits: true })(labels, logits))).toEqual([1, 1])
    })

    it('saves a loss of one’s own as nothing', async () => {
      const model = echo((labels, predictions) => tf.losses.meanSquaredError(labels, predictions))
      let saved: tf.io.ModelArtifacts = {}
      const save = async (artifacts: tf.io.ModelArtifacts): Promise<tf.io.SaveResult> => {
        saved = artifacts
        return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
      }
      await model.save({ save }, { includeOptimizer: true })
      expect(saved.trainingConfig?.loss).toEqual({})
    })
  })

  describe('other losses', () => {
    it('has a log loss below 0', () => {
      const theirs = tf.losses.logLoss([1, 0], [1, 0])
      expect(numbers(theirs)).toEqual([expect.closeTo(-1.1920928e-7, 12)])

      const ours = losses.binaryCrossentropy()(tf.tensor([1, 0]), tf.tensor([1, 0]))
      expect(numbers(ours)).toEqual([expect.closeTo(1.1e-7, 8)])
    })

    it('takes a label of 0 for no label in its hinge losses', () => {
      const [labels, predictions] = [tf.tensor([[0, 1]]), tf.tensor([[-2, 0.5]])]
      expect(numbers(layersLoss('hinge')(labels, predictions))).toEqual([0.75])
      expect(numbers(layersLoss('squaredHinge')(labels, predictions))).toEqual([0.625])

      expect(numbers(losses.hinge()(labels, predictions))).toEqual([0.25])
      expect(numbers(losses.squaredHinge()(labels, predictions))).toEqual([0.125])
    })

    it('takes a small vector for one that points elsewhere than itself', () => {
      const small = tf.tensor([[1e-4, 0]])
      expect(numbers(layersLoss('cosineProximity')(small, small))).toEqual(near(-0.1))
      expect(numbers(losses.cosineSimilarity()(small, small))).toEqual(near(-1))
    })
  })
})
