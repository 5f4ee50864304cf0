import { type ComparisonArgs, comparison, errorsPlan } from './comparison.ts'
import type { LossFunction } from './loss-function.ts'

/**
 * Absolute errors.
 *
 * |p − y|
 *
 * @param labels y, the shape of predictions
 * @param predictions p, any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of predictions; float32, float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/absolute_difference
 */
export const absoluteDifference: LossFunction<ComparisonArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ comparison('absoluteDifference', [], (pair) => errorsPlan(pair, Math.abs, Math.sign))
