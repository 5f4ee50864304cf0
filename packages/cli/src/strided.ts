import { type DType, type TypedArray, tensor } from 'xent'
import { sizeOf } from './shape.ts'

/** An array as a file or the library gives it: element (i₀, i₁, …) is `data[Σ iₖ · strides[k]]`, in C order without strides. */
export interface StridedArray {
  readonly data: TypedArray
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly strides?: readonly number[]
}

/** An array as rows along one of its axes. */
export interface Rows {
  readonly count: number
  /** elements of a row */
  readonly length: number
  /** The values of a row, which the next call overwrites. Rows are in row-major order of the other axes. */
  row(index: number): Float64Array
}

/** @param axis in [-rank, rank) */
export const rowsOf = (array: StridedArray, axis: number): Rows => {
  const { shape } = array
  const strides = stridesOf(array)
  const length = shape.at(axis)!
  const step = strides.at(axis)!
  const startOf = positions(without(shape, axis), without(strides, axis))
  const valueAt = decoder(array)
  const values = new Float64Array(length)
  return {
    count: sizeOf(without(shape, axis)),
    length,
    row(index) {
      const start = startOf(index)
      for (let k = 0; k < length; k++) values[k] = valueAt(start + k * step)
      return values
    },
  }
}

/** The k-th value in row-major order. */
export const elementsOf = (array: StridedArray): ((k: number) => number) => {
  const valueAt = decoder(array)
  if (array.strides === undefined) return valueAt
  const positionOf = positions(array.shape, array.strides)
  return (k) => valueAt(positionOf(k))
}

const without = (list: readonly number[], axis: number): number[] =>
  list.toSpliced(axis < 0 ? axis + list.length : axis, 1)

const stridesOf = ({ shape, strides }: StridedArray): readonly number[] =>
  strides ?? shape.map((_, axis) => sizeOf(shape.slice(axis + 1)))

/** Where the k-th element in row-major order lies. */
const positions =
  (shape: readonly number[], strides: readonly number[]): ((k: number) => number) =>
  (k) => {
    let position = 0
    let rest = k
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const length = shape[axis]!
      const index = rest % length
      position += index * strides[axis]!
      rest = (rest - index) / length
    }
    return position
  }

const decoder = ({ data, dtype }: StridedArray): ((position: number) => number) => {
  if (dtype !== 'float16' && dtype !== 'bfloat16') return (position) => Number(data[position])
  const values = everyValueOf(dtype)
  return (position) => Number(values[Number(data[position])])
}

/** The values of all bit patterns. There are few enough of 16 bits, so that a look-up serves as the decoder. */
const everyValueOf = (dtype: 'float16' | 'bfloat16'): TypedArray => {
  const bits = Uint16Array.from({ length: 2 ** 16 }, (_, pattern) => pattern)
  return tensor({ data: bits, shape: [bits.length], dtype }, 'float64').data
}
