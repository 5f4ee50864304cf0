import {
  add,
  div,
  log,
  log1p,
  mean,
  mul,
  neg,
  notEqual,
  pow,
  reshape,
  sub,
  sum,
  type Tensor,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { complain } from '../../error.ts'
import { axisOf } from '../../keras/axes.ts'
import type { CategoricalGeneralizedCrossEntropyOptions } from '../../keras/categorical-generalized-cross-entropy.ts'
import { type CrossentropyOptions, crossentropyDefaults } from '../../keras/crossentropy-options.ts'
import { warnOfSingleClass } from '../../keras/single-class.ts'
import type { SparseCategoricalCrossentropyOptions } from '../../keras/sparse-categorical-crossentropy.ts'
import { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from '../metrics/accuracies.ts'
import { perClass } from '../rows.ts'
import { sigmoidCrossEntropyWithLogits } from '../sigmoid-cross-entropy.ts'
import { softmaxCrossEntropyWithLogits } from '../softmax-cross-entropy.ts'
import { sparseSoftmaxCrossEntropyWithLogits } from '../sparse-softmax-cross-entropy.ts'
import { classIdsOf, isClass, whereClass } from './class-ids.ts'
import { type LossFunction, lossFactory, type Pair } from './loss-function.ts'
import { matched, meanAlong, sameShaped, smoothed } from './pair.ts'
import { clipped } from './steady.ts'

/** Labels that are distributions over the classes of the predictions, smoothed. */
export const categoricalPair = (
  given: Pair,
  { labelSmoothing, axis }: Required<CrossentropyOptions>,
): Pair & { readonly axis: number } => {
  const { fn, yTrue, yPred } = sameShaped(given)
  const classAxis = axisOf(fn, axis, yPred.rank)
  const classes = yPred.shape[classAxis]!
  warnOfSingleClass(fn, yPred.shape, classes)
  return { fn, yTrue: smoothed(yTrue, labelSmoothing, classes), yPred, axis: classAxis }
}

/** Scores divided by their sum, which are probabilities then. */
export const normalized = (scores: Tensor, axis: number): Tensor => div(scores, sum(scores, axis, true))

/**
 * Cross-entropy between distributions over classes that exclude each other.
 *
 * −Σ y · log p, with p divided by its sum and clipped to [1e-7, 1 − 1e-7], or softmax(p) where predictions are logits
 *
 * @param options fromLogits, labelSmoothing, axis
 * @returns a loss of yTrue, a distribution for each example, and yPred of the same shape: nats, shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes differ, AXIS
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export const categoricalCrossentropy: (options?: CrossentropyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<CrossentropyOptions>({
    name: 'categoricalCrossentropy',
    options: crossentropyDefaults,
    accuracy: () => categoricalAccuracy(),
    compute: (given, options) => {
      const { yTrue, yPred, axis } = categoricalPair(given, options)
      if (options.fromLogits) return softmaxCrossEntropyWithLogits({ labels: yTrue, logits: yPred, axis })
      return neg(sum(mul(yTrue, log(clipped(normalized(yPred, axis)))), axis))
    },
  })

/**
 * Cross-entropy between class indices and predictions.
 *
 * log Σ p − log p[y], with p clipped to [1e-7, 1 − 1e-7], or log Σ exp(p) − p[y] where predictions are logits
 *
 * @param options fromLogits, axis, and ignoreClass, a class index whose examples have the loss 0
 * @returns a loss of yTrue, whole numbers of int32 or float32, the shape of yPred without `axis` or as many in another rank,
 *   and yPred: nats, shape of yPred without `axis`. It has no gradient by yTrue
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH, AXIS, and LABEL_OUT_OF_RANGE for what is no class and not
 *   ignored, or DTYPE for a fraction. On webgl and webgpu, where reading the labels would stop the device, those are NaN
 * @see https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 */
export const sparseCategoricalCrossentropy: (options?: SparseCategoricalCrossentropyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<SparseCategoricalCrossentropyOptions>({
    name: 'sparseCategoricalCrossentropy',
    options: { fromLogits: false, ignoreClass: null, axis: -1 },
    isSparse: true,
    accuracy: () => sparseCategoricalAccuracy(),
    isCounted: ({ ignoreClass }) =>
      ignoreClass === null ? undefined : (yTrue) => notEqual(yTrue, ignoreClass),
    compute: (given, { fromLogits, ignoreClass, axis }) => {
      const pair = matched(given)
      const classAxis = axisOf(pair.fn, axis, pair.yPred.rank)
      const { ids, shape } = classIdsOf(pair, classAxis)
      // clipped probabilities are logits whose exponentials are divided by their sum
      const loss = (labels: Tensor, predictions: Tensor): Tensor =>
        sparseSoftmaxCrossEntropyWithLogits({
          labels,
          logits: fromLogits ? predictions : log(clipped(predictions)),
          axis: classAxis,
        })
      if (ignoreClass === null) return reshape(loss(ids, pair.yPred), shape)
      const isCounted = notEqual(ids, ignoreClass)
      // nothing of rows that do not count may reach the gradient, say NaN
      const predictions = where(perClass(isCounted, { axis: classAxis }), pair.yPred, 1)
      const losses = loss(where(isCounted, ids, zerosLike(ids)), predictions)
      return reshape(where(isCounted, losses, 0), shape)
    },
  })

/** −y · log p − (1 − y) · log(1 − p) of each event, with p clipped. */
export const bernoulliCrossentropy = (yTrue: Tensor, probabilities: Tensor): Tensor => {
  const p = clipped(probabilities)
  return neg(add(mul(yTrue, log(p)), mul(sub(1, yTrue), log1p(neg(p)))))
}

/**
 * The mean cross-entropy of events that do not exclude each other.
 *
 * mean −y · log p − (1 − y) · log(1 − p), with p clipped to [1e-7, 1 − 1e-7], or σ(p) where predictions are logits
 *
 * @param options fromLogits, labelSmoothing, axis
 * @returns a loss of yTrue, the probability of each event, and yPred: nats, shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: AXIS, SHAPE_MISMATCH where the shapes do not broadcast or, for logits, differ
 * @see https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export const binaryCrossentropy: (options?: CrossentropyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<CrossentropyOptions>({
    name: 'binaryCrossentropy',
    options: crossentropyDefaults,
    accuracy: ({ fromLogits }) => binaryAccuracy({ fromLogits }),
    compute: (given, { fromLogits, labelSmoothing, axis }) => {
      if (!fromLogits)
        return meanAlong(axis, given, (y, p) => bernoulliCrossentropy(smoothed(y, labelSmoothing, 2), p))
      const { fn, yTrue, yPred } = sameShaped(given)
      const labels = smoothed(yTrue, labelSmoothing, 2)
      const classAxis = axisOf(fn, axis, yPred.rank)
      return mean(sigmoidCrossEntropyWithLogits({ labels, logits: yPred }), classAxis)
    },
  })

/**
 * A loss of class indices and probabilities that suffers little from wrong labels.
 *
 * (1 − p[y]^q) / q
 *
 * @param options q in (0, 1)
 * @returns a loss of yTrue, class indices, and yPred with classes along the last axis: shape of yPred without that. It is NaN
 *   where the label is no class, and has no gradient by yTrue
 * @throws XentError UNKNOWN_ARGUMENT, VALUE for q outside (0, 1); the loss: SHAPE_MISMATCH, AXIS
 * @see https://arxiv.org/abs/1805.07836
 */
export const categoricalGeneralizedCrossEntropy: (
  options?: CategoricalGeneralizedCrossEntropyOptions,
) => LossFunction = /*#__PURE__*/ lossFactory<CategoricalGeneralizedCrossEntropyOptions>({
  name: 'categoricalGeneralizedCrossEntropy',
  options: { q: 0.5 },
  isSparse: true,
  check: (fn, { q }) => {
    if (!(q > 0 && q < 1))
      throw complain('VALUE', fn, 'q', 'a number between 0 and 1', q, 'q must be in the interval (0, 1)')
  },
  compute: (given, { q }) => {
    const pair = matched(given)
    const axis = axisOf(pair.fn, -1, pair.yPred.rank)
    const { ids, shape } = classIdsOf(pair, axis)
    const isLabel = isClass(ids, pair.yPred.shape[axis]!)
    // the slope of a root is infinite at 0, which must not reach the other classes
    const right = where(isLabel, pair.yPred, 1)
    const losses = sum(div(sub(1, pow(right, q)), q), axis)
    return reshape(whereClass(isLabel, losses), shape)
  },
})
