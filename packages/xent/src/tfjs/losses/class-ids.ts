import { any, equal, expandDims, reshape, type Tensor, tensor1d, where } from '@tensorflow/tfjs-core'
import { otherRows } from '../../keras/class-ids.ts'
import { sameShape, sizeOf, withoutAxis } from '../../tensor/shape.ts'
import type { Pair } from './loss-function.ts'

export interface ClassIds {
  /** A class index for each row of the predictions: the shape of those without the class axis. */
  readonly ids: Tensor
  /** The shape of the losses. */
  readonly shape: number[]
}

/** The labels of a pair as class indices. Those of another rank than the rows of the predictions only have to be as many. */
export const classIdsOf = (pair: Pair, axis: number): ClassIds => {
  const { yTrue, yPred } = pair
  const rows = withoutAxis(yPred.shape, axis)
  const isRanked = yTrue.rank === rows.length
  const isMatch = isRanked ? sameShape(yTrue.shape, rows) : yTrue.size === sizeOf(rows)
  if (!isMatch) throw otherRows(pair, rows, isRanked)
  return { ids: reshape(yTrue, rows), shape: isRanked || rows.length > 0 ? rows : [yTrue.size] }
}

/** 0, 1, 2, … */
export const indices = (count: number): Tensor => tensor1d(Int32Array.from({ length: count }, (_, k) => k))

/** Where each class is that of the label, as booleans: a last dimension more. TensorFlow.js's `oneHot` wants two classes. */
export const isClass = (ids: Tensor, classes: number): Tensor => equal(expandDims(ids, -1), indices(classes))

/** The values of the rows whose label is a class, NaN for the others. */
export const whereClass = (isLabel: Tensor, values: Tensor): Tensor =>
  where(any(isLabel, -1), values, Number.NaN)
