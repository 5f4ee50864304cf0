import type { FloatArray } from '../tensor/dtype.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import {
  accumulate,
  axisLast,
  broadcastTo,
  contiguousView,
  gather,
  type Runs,
  runsOf,
  scatter,
  type View,
} from '../tensor/strided.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Upstream } from './engine.ts'

// Arguments and results in blocks of the computation's elements, the class axis, where there is one, innermost.

/** Moves elements [from, to) into a block at position `at`, or from there. */
export type Transfer = (from: number, to: number, block: FloatArray, at: number) => void

/** Reads an argument, which may be one number for all. */
export const readerOf = (source: Upstream, axis?: number): Transfer => {
  if (typeof source === 'number') return (from, to, block, at) => block.fill(source, at, at + to - from)
  const runs = rowRuns(source, axis)
  return (from, to, block, at) => gather(runs, from, to, block, at)
}

/** Writes a result of the computation's shape. */
export const writerOf = (result: Tensor, axis?: number): Transfer => {
  const runs = rowRuns(contiguousView(result.data, result.dtype, result.shape), axis)
  return (from, to, block, at) => scatter(runs, from, to, block, at)
}

/**
 * Writes a result that may have a smaller shape, as the gradient of a broadcast argument has: elements that share a place
 * are summed in float64, and rounded when the last of the computation's shape is there.
 */
export const summerOf = (result: Tensor, shape: Shape, axis?: number): Transfer => {
  if (sameShape(result.shape, shape)) return writerOf(result, axis)
  const sums = new Float64Array(result.size)
  const runs = rowRuns(broadcastTo(contiguousView(sums, 'float64', result.shape), shape)!, axis)
  return (from, to, block, at) => {
    accumulate(runs, from, to, block, at)
    if (to === sizeOf(shape)) writerOf(result)(0, result.size, sums, 0)
  }
}

/** A view as runs with the class axis innermost: row r is elements [r · classes, (r + 1) · classes). */
export const rowRuns = (view: View, axis?: number): Runs => runsOf(axisLast(view, axis))

/** How many rows along `axis` a shape has: none where it has no classes, for then there is nothing to compute. */
export const rowCount = (shape: Shape, axis: number): number => {
  const classes = shape[axis] ?? 1
  return classes && sizeOf(shape) / classes
}
