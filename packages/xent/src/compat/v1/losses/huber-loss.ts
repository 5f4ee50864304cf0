import { rounded } from '../../../tensor/encoding.ts'
import { type ComparisonArgs, comparison, errorsPlan } from './comparison.ts'
import type { LossFunction } from './loss-function.ts'

export interface HuberArgs extends ComparisonArgs {
  /** δ, where the loss turns from squared to absolute. Default 1. */
  readonly delta?: number
}

/**
 * Squared errors where they are small, absolute errors where they are large.
 *
 * q²/2 + δ · (|e| − q), with e = p − y and q = min(|e|, δ)
 *
 * @param labels y, the shape of predictions
 * @param predictions p, any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of predictions; float32, float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/huber_loss
 */
export const huberLoss: LossFunction<HuberArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ comparison<HuberArgs>('huberLoss', ['delta'], (pair, { delta = 1 }) => {
    const bend = rounded(delta, pair.compute)
    const squared = (error: number): number => Math.min(Math.abs(error), bend)
    return errorsPlan(
      pair,
      (error) => squared(error) ** 2 / 2 + bend * (Math.abs(error) - squared(error)),
      (error) => squared(error) * Math.sign(error),
    )
  })
