import { complain } from '../../../error.ts'
import { axisOf } from '../../../keras/axes.ts'
import { sumOf } from '../../../keras/elementwise.ts'
import { rowsPlan } from '../../../keras/rows.ts'
import { bothGiven } from '../alias.ts'
import { deprecated } from '../notice.ts'
import { type ComparisonArgs, comparison } from './comparison.ts'
import type { LossFunction } from './loss-function.ts'

export interface CosineArgs extends ComparisonArgs {
  /** The axis of the vectors, in [-rank, rank). */
  readonly axis?: number
  /** The old name of `axis`; give one of them. */
  readonly dim?: number
}

const name = 'cosineDistance'

/**
 * One minus the cosine of the angle between labels and predictions, which are unit vectors along an axis.
 *
 * 1 − Σ y · p
 *
 * @param labels vectors y of length 1, the shape of predictions
 * @param predictions vectors p of length 1, any shape
 * @param axis where the vectors lie; its old name is `dim`
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of predictions with 1 at the axis; float32,
 *   float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT also for the axis, AXIS,
 *   UNKNOWN_ARGUMENT for both axis and dim, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/cosine_distance
 */
export const cosineDistance: LossFunction<CosineArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ comparison<CosineArgs>(name, ['axis', 'dim'], (pair, args) => {
    const { shape } = pair.yPred
    const axis = axisOf(name, givenAxis(args), shape.length)
    const similarity = sumOf(
      (y, p) => -y * p,
      (_, p) => -p,
      (y) => -y,
    )
    const plan = rowsPlan(pair, [axis], (...row) => 1 + similarity(...row))
    return { ...plan, shape: shape.map((dimension, k) => (k === axis ? 1 : dimension)) }
  })

const givenAxis = ({ axis, dim }: CosineArgs): number => {
  if (dim != null) {
    if (axis != null) throw bothGiven(name, 'dim', 'axis')
    deprecated(`${name}'s argument \`dim\``, 'Use `axis`.')
  }
  const given = axis ?? dim
  if (given != null) return given
  const text = 'You must specify argument `axis`.'
  throw complain('MISSING_ARGUMENT', name, 'axis', 'a whole number', given, text)
}
