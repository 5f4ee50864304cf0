import type { FloatArray } from '../tensor/dtype.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import {
  accumulate,
  axisLast,
  broadcastTo,
  contiguousView,
  gather,
  runsOf,
  scatter,
  type View,
} from '../tensor/strided.ts'
import type { Tensor } from '../tensor/tensor.ts'
import type { Upstream } from './engine.ts'

/** A result seen in blocks of the computation's elements, the class axis innermost. */
export interface Sink {
  /** Takes elements [from, to) of the computation from `source` at position `at`. */
  write(from: number, to: number, source: FloatArray, at: number): void
  /** Call once at the end. */
  finish(): void
}

/** Opens a result of the computation's shape. */
export const plainSinkOf = (result: Tensor, axis: number = result.rank - 1): Sink => {
  const runs = rowRuns(contiguousView(result.data, result.dtype, result.shape), axis)
  return { write: (from, to, source, at) => scatter(runs, from, to, source, at), finish: () => {} }
}

/**
 * Opens a result that may have a smaller shape, as the gradient of a broadcast argument has: elements that share a place
 * are summed in float64 and rounded at the end.
 *
 * @param shape the computation's shape
 * @param axis the class axis, or the last where there is none
 */
export const sinkOf = (result: Tensor, shape: Shape, axis: number = shape.length - 1): Sink => {
  if (sameShape(result.shape, shape)) return plainSinkOf(result, axis)
  const sums = new Float64Array(result.size)
  const runs = rowRuns(broadcastTo(contiguousView(sums, 'float64', result.shape), shape)!, axis)
  return {
    write: (from, to, source, at) => accumulate(runs, from, to, source, at),
    finish: () => plainSinkOf(result).write(0, result.size, sums, 0),
  }
}

/** Reads the upstream factors of elements [from, to). */
export type UpstreamReader = (from: number, to: number, target: FloatArray, at: number) => void

/** @param axis the class axis where the factors have one, as those of softmax do */
export const upstreamReader = (upstream: Upstream, axis?: number): UpstreamReader => {
  if (typeof upstream === 'number') return (from, to, target, at) => target.fill(upstream, at, at + to - from)
  const runs = axis === undefined ? runsOf(upstream) : rowRuns(upstream, axis)
  return (from, to, target, at) => gather(runs, from, to, target, at)
}

/** A view as runs with the class axis innermost: row r is elements [r · classes, (r + 1) · classes). */
export const rowRuns = (view: View, axis: number): View => runsOf(axisLast(view, axis))

/** How many rows along `axis` a shape has: none where it has no classes, for then there is nothing to compute. */
export const rowCount = (shape: Shape, axis: number): number => {
  const classes = shape[axis] ?? 1
  return classes && sizeOf(shape) / classes
}
