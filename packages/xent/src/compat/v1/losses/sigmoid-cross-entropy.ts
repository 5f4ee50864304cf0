import { kernelPlan } from '../../../keras/kernel.ts'
import { readLogits } from '../../../nn/arguments.ts'
import { valueAndGrad } from '../../../nn/differentiable.ts'
import { sigmoidCrossEntropyWithLogits } from '../../../nn/sigmoid-cross-entropy.ts'
import type { TensorLike } from '../../../tensor/read.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { pairOf } from './pair.ts'
import { type SmoothedArgs, smoothed } from './smoothing.ts'
import { weighted } from './weighting.ts'

export interface SigmoidCrossEntropyArgs extends SmoothedArgs {
  /** The probability of each event, in [0, 1]: any real type, the shape of logits. */
  readonly multiClassLabels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, any rank. */
  readonly logits: TensorLike
}

const name = 'sigmoidCrossEntropy'

/**
 * Cross-entropy of events that do not exclude each other, per element.
 *
 * −t · log σ(x) − (1 − t) · log(1 − σ(x)), with t = (1 − α) · z + α/2
 *
 * @param multiClassLabels the probability z of each event, the shape of logits
 * @param logits unscaled scores x, any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of logits, in nats; dtype of logits
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, DTYPE for integer logits, MISSING_ARGUMENT,
 *   REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/sigmoid_cross_entropy
 */
export const sigmoidCrossEntropy: LossFunction<SigmoidCrossEntropyArgs, 'logits' | 'multiClassLabels'> =
  /*#__PURE__*/ lossFunction({
    name,
    required: ['multiClassLabels', 'logits'],
    optional: ['labelSmoothing', 'reduction'],
    keys: { logits: 'yPred', multiClassLabels: 'yTrue' },
    plan: (args: SigmoidCrossEntropyArgs) => {
      const logits = readLogits(name, args.logits)
      const names = { yTrue: 'multiClassLabels', yPred: 'logits' }
      const given = pairOf(name, names, args.multiClassLabels, logits, logits.dtype)
      const pair = smoothed(given, args, 2)
      const call = { labels: pair.yTrue, logits: pair.yPred }
      const plan = kernelPlan(pair, logits.shape, (wrt, upstream) =>
        valueAndGrad(sigmoidCrossEntropyWithLogits, wrt)(call, { upstream }),
      )
      return weighted(name, plan, args)
    },
  })
