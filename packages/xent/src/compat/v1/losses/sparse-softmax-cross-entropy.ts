import { kernelPlan } from '../../../keras/kernel.ts'
import { readClassLabels, readRowLogits } from '../../../nn/arguments.ts'
import { valueAndGrad } from '../../../nn/differentiable.ts'
import { squeezeLast, squeezeToRank } from '../../../nn/sample-weight.ts'
import { sparseSoftmaxCrossEntropyWithLogits } from '../../../nn/sparse-softmax-cross-entropy.ts'
import { read, type TensorLike } from '../../../tensor/read.ts'
import type { Shape } from '../../../tensor/shape.ts'
import type { View } from '../../../tensor/strided.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { pairOf } from './pair.ts'
import { type ReducedArgs, weighted } from './weighting.ts'
import { readWeights } from './weights.ts'

export interface SparseSoftmaxCrossEntropyArgs extends ReducedArgs {
  /** Class indices in [0, C): an integer type, or nested whole numbers; the shape of logits without the last axis, or with 1 there. */
  readonly labels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, rank 1 or more, classes along the last axis. */
  readonly logits: TensorLike
}

const name = 'sparseSoftmaxCrossEntropy'

/**
 * Cross-entropy between class indices and logits, per example.
 *
 * log Σⱼ exp(xⱼ) − x[label]
 *
 * @param labels class indices in [0, C), the shape of logits without the last axis, or with 1 there
 * @param logits unscaled scores x, C along the last axis; a further dimension of 1 is dropped
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of logits without the last axis, in nats; dtype of
 *   logits
 * @throws XentError LABEL_OUT_OF_RANGE names the first index that is no class; DTYPE for labels that are no integers and for
 *   integer logits; SHAPE_MISMATCH, also where weights do not fit; MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/sparse_softmax_cross_entropy
 */
export const sparseSoftmaxCrossEntropy: LossFunction<SparseSoftmaxCrossEntropyArgs, 'logits'> =
  /*#__PURE__*/ lossFunction({
    name,
    required: ['labels', 'logits'],
    optional: ['reduction'],
    keys: { logits: 'yPred' },
    plan: (args: SparseSoftmaxCrossEntropyArgs) => {
      const given = readRowLogits(name, args.logits, '`logits` cannot be a scalar.')
      // labels are found by their position
      const pair = pairOf(name, { yTrue: 'logits', yPred: 'logits' }, given, given, given.dtype)
      const { logits, shape } = aligned(pair.yPred, read(name, 'labels', args.labels, 'float64').shape)
      const rows = logits.shape.slice(0, -1)
      const labels = readClassLabels(name, args.labels, logits.shape, rows.length, rows, 'throw')
      const call = { labels: { data: labels, shape: rows }, logits }
      const plan = kernelPlan(pair, rows, (wrt, upstream) => {
        const logitsOnly = wrt.filter((key) => key === 'logits')
        return valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, logitsOnly)(call, { upstream })
      })
      const weights = squeezeToRank(name, 'weights', readWeights(name, args.weights), shape.length)
      return weighted(name, { ...plan, shape }, { ...args, weights })
    },
  })

interface Aligned {
  /** With one dimension more than the labels. */
  readonly logits: View
  /** The shape of the losses. */
  readonly shape: Shape
}

/** A last dimension of 1 does not count where logits have two dimensions more than labels, or where labels have as many. */
const aligned = (logits: View, labels: Shape): Aligned => {
  const { shape, strides } = logits
  const last = shape.length - 1
  if (last === labels.length + 1 && shape[last] === 1) {
    return { logits: squeezeLast(logits), shape: shape.slice(0, -2) }
  }
  const rows = shape.slice(0, -1)
  if (last !== labels.length - 1 || labels[last] !== 1) return { logits, shape: rows }
  return {
    logits: {
      ...logits,
      shape: [...rows, 1, shape[last]!],
      strides: [...strides.slice(0, -1), 0, strides[last]!],
    },
    shape: rows,
  }
}
