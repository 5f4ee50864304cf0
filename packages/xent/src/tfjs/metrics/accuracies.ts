import { cast, equal, greater, reshape, type Tensor } from '@tensorflow/tfjs-core'
import { axisOf } from '../../keras/axes.ts'
import { classIdsOf } from '../losses/class-ids.ts'
import { type LossFunction, lossFactory } from '../losses/loss-function.ts'
import { matched, meanAlong, sameShaped } from '../losses/pair.ts'
import { sigmoidOf } from '../sigmoid-cross-entropy.ts'
import { firstLargest } from './first-largest.ts'

const areEqual = (a: Tensor, b: Tensor): Tensor => cast(equal(a, b), 'float32')

/**
 * Whether the class of the greatest prediction is that of the label; the first of equals counts.
 *
 * @returns a metric of yTrue, class indices of int32 or whole float32, and yPred, probabilities or logits along the last axis:
 *   1 or 0 for each example, shape of yPred without that axis; 0 for a label that is no class
 * @throws XentError UNKNOWN_ARGUMENT; the metric: SHAPE_MISMATCH
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/metrics/sparse_categorical_accuracy
 */
export const sparseCategoricalAccuracy: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'sparseCategoricalAccuracy',
  options: {},
  isSparse: true,
  compute: (given) => {
    const pair = matched(given)
    const { ids, shape } = classIdsOf(pair, axisOf(pair.fn, -1, pair.yPred.rank))
    return reshape(areEqual(firstLargest(pair.yPred), ids), shape)
  },
})

/**
 * Whether the class of the greatest prediction is that of the greatest label; the first of equals counts.
 *
 * @returns a metric of yTrue, say one-hot, and yPred, probabilities or logits along the last axis, of the same shape: 1 or 0 for
 *   each example, shape of yPred without that axis
 * @throws XentError UNKNOWN_ARGUMENT; the metric: SHAPE_MISMATCH
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/metrics/categorical_accuracy
 */
export const categoricalAccuracy: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'categoricalAccuracy',
  options: {},
  compute: (given) => {
    const { fn, yTrue, yPred } = sameShaped(given)
    axisOf(fn, -1, yPred.rank)
    return areEqual(firstLargest(yTrue), firstLargest(yPred))
  },
})

export interface BinaryAccuracyOptions {
  /** The probability above which an event is predicted. Default 0.5. */
  readonly threshold?: number
  /** Whether predictions are logits, not probabilities. Default false. */
  readonly fromLogits?: boolean
}

/**
 * How many of the events are predicted as they are.
 *
 * mean of 1 where y = [p > threshold], else 0, with σ(p) in the place of p where predictions are logits
 *
 * @param options threshold, fromLogits
 * @returns a metric of yTrue, 0 or 1, and yPred, probabilities or logits: in [0, 1], shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the metric: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/metrics/binary_accuracy
 */
export const binaryAccuracy: (options?: BinaryAccuracyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<BinaryAccuracyOptions>({
    name: 'binaryAccuracy',
    options: { threshold: 0.5, fromLogits: false },
    compute: (given, { threshold, fromLogits }) =>
      meanAlong(-1, given, (y, p) =>
        areEqual(y, cast(greater(fromLogits ? sigmoidOf(p) : p, threshold), 'float32')),
      ),
  })
