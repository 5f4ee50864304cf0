import type { FloatArray } from '../tensor/dtype.ts'
import { type Shape, sameShape } from '../tensor/shape.ts'
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

/** A result seen in blocks of the computation's elements, the class axis innermost. */
export interface Sink {
  /** Takes elements [from, to) of the computation from `source` at position `at`. */
  write(from: number, to: number, source: FloatArray, at: number): void
  /** Call once at the end: a gradient of a broadcast argument is summed in float64 and rounded here. */
  finish(): void
}

/**
 * @param shape the computation's shape; where the result's is smaller, the elements that share a place are summed
 * @param axis the class axis, or the last where there is none
 */
export const sinkOf = (result: Tensor, shape: Shape, axis: number = shape.length - 1): Sink => {
  const own = contiguousView(result.data, result.dtype, result.shape)
  if (sameShape(result.shape, shape)) {
    const runs = runsOf(axisLast(own, axis))
    return { write: (from, to, source, at) => scatter(runs, from, to, source, at), finish: () => {} }
  }
  const sums = new Float64Array(result.size)
  const runs = runsOf(axisLast(broadcastTo(contiguousView(sums, 'float64', result.shape), shape)!, axis))
  return {
    write: (from, to, source, at) => accumulate(runs, from, to, source, at),
    finish: () => scatter(runsOf(own), 0, result.size, sums, 0),
  }
}

/** Reads the upstream factors of elements [from, to). */
export type UpstreamReader = (from: number, to: number, target: FloatArray, at: number) => void

/** @param axis the class axis where the factors have one, as those of softmax do */
export const upstreamReader = (upstream: Upstream, axis?: number): UpstreamReader => {
  if (typeof upstream === 'number') return (from, to, target, at) => target.fill(upstream, at, at + to - from)
  const runs = runsOf(axis === undefined ? upstream : axisLast(upstream, axis))
  return (from, to, target, at) => gather(runs, from, to, target, at)
}

/** A view as runs with the class axis innermost: row r is elements [r · classes, (r + 1) · classes). */
export const rowRuns = (view: View, axis: number): Runs => runsOf(axisLast(view, axis))

/** How many rows along `axis` a shape has: none where it has no classes, for then there is nothing to compute. */
export const rowCount = (shape: Shape, axis: number): number =>
  shape[axis] === 0 ? 0 : shape.reduce((count, dimension, k) => (k === axis ? count : count * dimension), 1)
