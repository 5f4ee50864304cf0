import {
  abs,
  all,
  any,
  cast,
  greater,
  less,
  lessEqual,
  logicalAnd,
  reshape,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { axisOf } from '../../keras/axes.ts'
import { classIdsOf, isClass } from '../losses/class-ids.ts'
import { type LossFunction, lossFactory } from '../losses/loss-function.ts'
import { matched, sameShaped } from '../losses/pair.ts'
import { firstLargest } from './first-largest.ts'

export interface TopKOptions {
  /** How many of the greatest predictions count. Default 5. */
  readonly k?: number
}

const largestFloat = 3.4028234663852886e38

/**
 * TensorFlow's `in_top_k`: whether fewer than k classes have a greater score than that of the label. Where any score is
 * infinite or NaN it is not.
 */
const inTopK = (ids: Tensor, scores: Tensor, k: number): Tensor => {
  const isLabel = isClass(ids, scores.shape.at(-1)!)
  const own = sum(where(isLabel, scores, 0), -1, true)
  const rivals = sum(cast(greater(scores, own), 'float32'), -1)
  const isDefined = logicalAnd(any(isLabel, -1), all(lessEqual(abs(scores), largestFloat), -1))
  return cast(logicalAnd(isDefined, less(rivals, k)), 'float32')
}

/**
 * Whether the class of the label is among the k greatest predictions; classes that are equal to the kth all are.
 *
 * @param options k
 * @returns a metric of yTrue, class indices of int32 or whole float32, and yPred, probabilities or logits along the last axis:
 *   1 or 0 for each example, shape of yPred without that axis; 0 for a label that is no class, and where a prediction is
 *   infinite or NaN
 * @throws XentError UNKNOWN_ARGUMENT; the metric: SHAPE_MISMATCH
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/metrics/sparse_top_k_categorical_accuracy
 */
export const sparseTopKCategoricalAccuracy: (options?: TopKOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<TopKOptions>({
    name: 'sparseTopKCategoricalAccuracy',
    options: { k: 5 },
    isSparse: true,
    compute: (given, { k }) => {
      const pair = matched(given)
      const { ids, shape } = classIdsOf(pair, axisOf(pair.fn, -1, pair.yPred.rank))
      return reshape(inTopK(ids, pair.yPred, k), shape)
    },
  })

/**
 * Whether the class of the greatest label, the first of equals, is among the k greatest predictions; classes that are equal to
 * the kth all are.
 *
 * @param options k
 * @returns a metric of yTrue, say one-hot, and yPred, probabilities or logits along the last axis, of the same shape: 1 or 0 for
 *   each example, shape of yPred without that axis; 0 where a prediction is infinite or NaN
 * @throws XentError UNKNOWN_ARGUMENT; the metric: SHAPE_MISMATCH
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/metrics/top_k_categorical_accuracy
 */
export const topKCategoricalAccuracy: (options?: TopKOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<TopKOptions>({
    name: 'topKCategoricalAccuracy',
    options: { k: 5 },
    compute: (given, { k }) => {
      const { fn, yTrue, yPred } = sameShaped(given)
      axisOf(fn, -1, yPred.rank)
      return inTopK(firstLargest(yTrue), yPred, k)
    },
  })
