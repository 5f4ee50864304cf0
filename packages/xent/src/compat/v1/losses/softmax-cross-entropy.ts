import { kernelPlan } from '../../../keras/kernel.ts'
import { readRowLogits } from '../../../nn/arguments.ts'
import { valueAndGrad } from '../../../nn/differentiable.ts'
import { softmaxCrossEntropyWithLogits } from '../../../nn/softmax-cross-entropy.ts'
import type { TensorLike } from '../../../tensor/read.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { pairOf } from './pair.ts'
import { type SmoothedArgs, smoothed } from './smoothing.ts'
import { weighted } from './weighting.ts'

export interface SoftmaxCrossEntropyArgs extends SmoothedArgs {
  /** A distribution over the classes for each example: any real type, the shape of logits. */
  readonly onehotLabels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, rank 1 or more, classes along the last axis. */
  readonly logits: TensorLike
}

const name = 'softmaxCrossEntropy'

const scalarLogits = 'Expected begin[0] == 0 (got -1) and size[0] == 0 (got 1) when input.dim_size(0) == 0'

/**
 * Cross-entropy between distributions over the classes and logits, per example, with a gradient into the logits only: that of
 * version 1, softmax − t, whatever the labels sum to.
 *
 * Σⱼ tⱼ · (log Σₖ exp(xₖ) − xⱼ), with t = (1 − α) · y + α/C
 *
 * @param onehotLabels a distribution y for each example, the shape of logits
 * @param logits unscaled scores x, C classes along the last axis
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of logits without the last axis, in nats; dtype of
 *   logits
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, DTYPE for integer logits, MISSING_ARGUMENT,
 *   REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/softmax_cross_entropy
 */
export const softmaxCrossEntropy: LossFunction<SoftmaxCrossEntropyArgs, 'logits'> =
  /*#__PURE__*/ lossFunction({
    name,
    required: ['onehotLabels', 'logits'],
    optional: ['labelSmoothing', 'reduction'],
    keys: { logits: 'yPred' },
    plan: (args: SoftmaxCrossEntropyArgs) => {
      const logits = readRowLogits(name, args.logits, scalarLogits)
      const given = pairOf(
        name,
        { yTrue: 'onehotLabels', yPred: 'logits' },
        args.onehotLabels,
        logits,
        logits.dtype,
      )
      const pair = smoothed(given, args, logits.shape.at(-1)!)
      const call = { labels: pair.yTrue, logits: pair.yPred, gradient: 'tensorflow' } as const
      const plan = kernelPlan(pair, logits.shape.slice(0, -1), (wrt, upstream) =>
        valueAndGrad(softmaxCrossEntropyWithLogits, wrt)(call, { upstream }),
      )
      return weighted(name, plan, args)
    },
  })
