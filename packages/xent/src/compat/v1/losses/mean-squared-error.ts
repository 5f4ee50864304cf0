import { type ComparisonArgs, comparison, errorsPlan } from './comparison.ts'
import type { LossFunction } from './loss-function.ts'

/**
 * Squared errors.
 *
 * (p − y)²
 *
 * @param labels y, the shape of predictions
 * @param predictions p, any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of predictions; float32, float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/mean_squared_error
 */
export const meanSquaredError: LossFunction<ComparisonArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ comparison('meanSquaredError', [], (pair) =>
    errorsPlan(
      pair,
      (error) => error ** 2,
      (error) => 2 * error,
    ),
  )
