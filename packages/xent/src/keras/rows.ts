import { commonShape } from '../nn/common-shape.ts'
import { zeros } from '../tensor/dtype.ts'
import { encoded } from '../tensor/encoding.ts'
import { contiguousStrides, type Shape, sizeOf } from '../tensor/shape.ts'
import {
  accumulate,
  broadcastTo,
  contiguousView,
  elementsIn,
  isContiguous,
  runsOf,
  type View,
} from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import { axisOf } from './axes.ts'
import type { LossKey, Pair } from './pair.ts'
import type { Plan } from './plan.ts'

/**
 * The loss of one example.
 *
 * @param t its labels
 * @param p its predictions
 * @param slopes receives the derivatives of the loss by those of both that it has an array for
 * @param k which example it is, in row-major order
 */
export type Row = (t: Float64Array, p: Float64Array, slopes: Slopes, k: number) => number

/** Derivatives by each label and prediction of an example. */
export type Slopes = Partial<Readonly<Record<LossKey, Float64Array>>>

/**
 * A loss that sees an example at a time: the elements along `axes` of labels and predictions, broadcast against each other.
 *
 * @param axes in [0, rank), ascending
 * @param valid 0 for examples that do not count: their loss and their gradient are 0
 */
export const rowsPlan = (pair: Pair, axes: readonly number[], row: Row, valid?: Uint8Array): Plan => {
  const { yTrue, yPred, dtype, compute } = pair
  const whole = broadcastOf(pair)
  const shape = whole.filter((_, k) => !axes.includes(k))
  const size = sizeOf(axes.map((axis) => whole[axis]!))
  const inRows = (view: View): View => axesLast(broadcastTo(view, whole)!, axes)
  return {
    shape,
    dtype,
    valid,
    run: (factors, keys) => {
      const t = laidOut(inRows(yTrue), compute)
      const p = laidOut(inRows(yPred), compute)
      const labels = new Float64Array(size)
      const predictions = new Float64Array(size)
      const slopes: Slopes = Object.fromEntries(keys.map((key) => [key, new Float64Array(size)]))
      const sinks = keys.map((key) => ({ key, ...sinkOf(pair, key, whole, inRows) }))
      const values = new Float64Array(sizeOf(shape))
      for (let k = 0, at = 0; k < values.length; k++, at += size) {
        if (valid && !valid[k]) continue
        for (let j = 0; j < size; j++) {
          labels[j] = t[at + j]!
          predictions[j] = p[at + j]!
        }
        values[k] = row(labels, predictions, slopes, k)
        for (const { key, scale, array } of sinks) {
          const factor = scale * (typeof factors === 'number' ? factors : factors[k]!)
          const slope = slopes[key]!
          for (let j = 0; j < size; j++) array[at + j] = factor * slope[j]!
        }
      }
      return { values, gradients: Object.fromEntries(sinks.map(({ key, finish }) => [key, finish()])) }
    },
  }
}

/** The same along one axis of [-rank, rank). */
export const axisPlan = (pair: Pair, axis: number, row: Row, valid?: Uint8Array): Plan =>
  rowsPlan(pair, [axisOf(pair.fn, axis, broadcastOf(pair).length)], row, valid)

/** A pair for rows whose labels are found by their position. */
export const predictionsAlone = (pair: Pair): Pair => ({ ...pair, yTrue: pair.yPred })

const broadcastOf = ({ fn, yTrue, yPred }: Pair): Shape =>
  commonShape(fn, 'yTrue', yTrue.shape, yPred.shape, 'yPred')

/** The same elements with some axes moved to the end, in their order. */
const axesLast = (view: View, axes: readonly number[]): View => {
  const moved = (list: readonly number[]): number[] => [
    ...list.filter((_, k) => !axes.includes(k)),
    ...axes.map((axis) => list[axis]!),
  ]
  return { ...view, shape: moved(view.shape), strides: moved(view.strides) }
}

/** The elements one after the other: where they lie, or copied. */
const laidOut = (view: View, compute: 'float32' | 'float64'): ArrayLike<number> =>
  view.dtype === compute && isContiguous(view)
    ? (view.data as Float32Array | Float64Array).subarray(view.offset)
    : elementsIn(compute, view)

interface Sink {
  /** By what the derivatives that a row gives are multiplied. */
  readonly scale: number
  /** Receives the gradient, row after row. */
  readonly array: Float32Array | Float64Array
  /** The gradient in the shape and type of its argument. */
  readonly finish: () => FloatTensor
}

/** Where the gradient by an argument is collected. */
const sinkOf = (pair: Pair, key: LossKey, whole: Shape, inRows: (view: View) => View): Sink => {
  const { shape, dtype } = pair.gradients[key]
  const own = pair[key].shape
  const isInOrder = isContiguous(inRows({ ...pair[key], strides: contiguousStrides(own) }))
  const summed = isInOrder && dtype === 'float32' ? 'float32' : 'float64'
  const array = zeros(summed, sizeOf(whole))
  const finish = (): FloatTensor => {
    const sums = isInOrder ? array : new Float64Array(sizeOf(own))
    if (!isInOrder)
      accumulate(runsOf(inRows(contiguousView(sums, 'float64', own))), 0, array.length, array, 0)
    return new Tensor(summed === dtype ? sums : encoded(sums, dtype), shape, dtype)
  }
  return { scale: key === 'yTrue' ? pair.labelScale : 1, array, finish }
}
