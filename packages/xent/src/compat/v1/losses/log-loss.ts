import { rounded } from '../../../tensor/encoding.ts'
import { type ComparisonArgs, comparison, elementsPlan } from './comparison.ts'
import type { LossFunction } from './loss-function.ts'

export interface LogLossArgs extends ComparisonArgs {
  /** ε, added to probabilities before their logarithm is taken. Default 1e-7. */
  readonly epsilon?: number
}

/**
 * Cross-entropy of events and their predicted probabilities, per element.
 *
 * −y · log(p + ε) − (1 − y) · log(1 − p + ε)
 *
 * @param labels the probability y of each event, the shape of predictions
 * @param predictions the predicted probability p, any shape; it is not clipped
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of predictions, in nats; float32, float64 for
 *   float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/log_loss
 */
export const logLoss: LossFunction<LogLossArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ comparison<LogLossArgs>('logLoss', ['epsilon'], (pair, { epsilon = 1e-7 }) => {
    const least = rounded(epsilon, pair.compute)
    const hit = (p: number): number => p + least
    const miss = (p: number): number => 1 - p + least
    return elementsPlan(
      pair,
      (y, p) => -y * Math.log(hit(p)) - (1 - y) * Math.log(miss(p)),
      (_, p) => Math.log(miss(p)) - Math.log(hit(p)),
      (y, p) => (1 - y) / miss(p) - y / hit(p),
    )
  })
