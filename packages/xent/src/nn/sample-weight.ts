import { complain } from '../error.ts'
import { formatShape, type Shape } from '../tensor/shape.ts'
import type { View } from '../tensor/strided.ts'
import { commonShape } from './common-shape.ts'

/** Weights for losses of a shape: a last dimension of 1 is dropped, or one is added, where the ranks differ by one. */
export const matchRank = (fn: string, weights: View, losses: Shape): View => {
  const rank = weights.shape.length
  if (rank > losses.length) return squeezeToRank(fn, 'sampleWeight', weights, losses.length)
  if (rank > 0 && rank === losses.length - 1) {
    return { ...weights, shape: [...weights.shape, 1], strides: [...weights.strides, 1] }
  }
  return weights
}

/** Weights of one dimension more than a rank lose their last, which has to be 1. */
export const squeezeToRank = (fn: string, argument: string, weights: View, rank: number): View => {
  if (weights.shape.length !== rank + 1) return weights
  if (weights.shape[rank] === 1) return squeezeLast(weights)
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    'a last dimension of 1',
    formatShape(weights.shape),
    `Can not squeeze dim[${rank}], expected a dimension of 1, got ${weights.shape[rank]}`,
  )
}

/** The same elements without the last dimension, which is 1. */
export const squeezeLast = (view: View): View => ({
  ...view,
  shape: view.shape.slice(0, -1),
  strides: view.strides.slice(0, -1),
})

/** The shape of weighted losses. */
export const weightedShape = (
  fn: string,
  argument: string,
  losses: Shape,
  weights: Shape,
  of: string,
): number[] => commonShape(fn, argument, weights, losses, of, [losses, weights])
