import { complain } from '../../../error.ts'
import type { Factors } from '../../../keras/plan.ts'
import { checkArguments } from '../../../nn/arguments.ts'
import { computeDType, type FloatDType } from '../../../tensor/dtype.ts'
import { read, type TensorLike } from '../../../tensor/read.ts'
import { formatShape, formatTuple, type Shape } from '../../../tensor/shape.ts'
import { broadcastTo, castTo, elementsIn, type View } from '../../../tensor/strided.ts'

/** Weights as the caller gives them; 1 where there are none. */
export const readWeights = (fn: string, weights: TensorLike | null = 1): View => {
  checkArguments({ name: fn, required: ['weights'], optional: [] }, { weights })
  return read(fn, 'weights', weights, 'float64')
}

/**
 * Weights in the precision of what they weigh: a scalar, or an array of the same rank whose dimensions are 1 or the same.
 *
 * @param shape that of what they weigh
 */
export const weightsFor = (
  fn: string,
  weights: TensorLike | undefined,
  shape: Shape,
  dtype: FloatDType,
): View => {
  const given = readWeights(fn, weights)
  checkWeights(fn, given.shape, shape)
  return castTo(computeDType(dtype), given)
}

/** A factor for each of the elements of a shape, or one for all. */
export const factorsOf = (view: View, shape: Shape): Factors => {
  const factors = elementsIn('float64', broadcastTo(view, view.shape.length === 0 ? [] : shape)!)
  return view.shape.length === 0 ? factors[0]! : factors
}

/** Weights are a scalar, or of the same rank, where each dimension is 1 or the same. */
export const checkWeights = (fn: string, weights: Shape, values: Shape): void => {
  if (weights.length === 0) return
  const isSameRank = weights.length === values.length
  const at = weights.findIndex((dimension, k) => dimension !== 1 && dimension !== values[k])
  if (isSameRank && at < 0) return
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    'weights',
    `a scalar or ${formatShape(values)}, of which any dimension may be 1`,
    formatShape(weights),
    `weights can not be broadcast to values. ${
      isSameRank
        ? `Mismatch at dim ${at}. values.shape=[${values.join(' ')}], weights.shape=[${weights.join(' ')}].`
        : `values.rank=${values.length}. weights.rank=${weights.length}. values.shape=${formatTuple(values)}. weights.shape=${formatTuple(weights)}.`
    }`,
  )
}
