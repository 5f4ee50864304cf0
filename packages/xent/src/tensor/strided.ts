import {
  type ArrayOf,
  type ComputeDType,
  type DType,
  type FloatArray,
  type TypedArray,
  zeros,
} from './dtype.ts'
import { decoderOf, encoderOf } from './encoding.ts'
import { broadcastShapes, contiguousStrides, type Shape, sameShape, sizeOf } from './shape.ts'

/**
 * An array described, not copied: element (i₀, i₁, …) is `data[offset + Σ iₖ · strides[k]]`.
 * A stride of 0 repeats an element, which is how broadcasting is written.
 */
export interface View {
  readonly data: TypedArray
  readonly dtype: DType
  readonly shape: Shape
  readonly strides: readonly number[]
  readonly offset: number
}

export const contiguousView = (data: TypedArray, dtype: DType, shape: Shape): View => ({
  data,
  dtype,
  shape,
  strides: contiguousStrides(shape),
  offset: 0,
})

/** Whether the elements lie one after the other in row-major order. */
export const isContiguous = ({ shape, strides }: View): boolean => {
  let size = 1
  for (let k = shape.length - 1; k >= 0; k--) {
    if (shape[k] !== 1 && strides[k] !== size) return false
    size *= shape[k]!
  }
  return true
}

/** Where in the data the element at these coordinates lies. */
export const positionAt = ({ strides, offset }: View, index: readonly number[]): number =>
  index.reduce((position, coordinate, k) => position + coordinate * strides[k]!, offset)

/** The same elements seen with a larger shape, or undefined where NumPy's rules forbid it. */
export const broadcastTo = (view: View, shape: Shape): View | undefined => {
  if (sameShape(view.shape, shape)) return view
  const broadcast = broadcastShapes(view.shape, shape)
  if (!broadcast || !sameShape(broadcast, shape)) return undefined
  const added = shape.length - view.shape.length
  const strides = shape.map((dimension, k) =>
    k < added || (view.shape[k - added] === 1 && dimension !== 1) ? 0 : view.strides[k - added]!,
  )
  return { ...view, shape, strides }
}

/** The same elements with `axis` moved to the end, so that a row along it is a run. */
export const axisLast = (view: View, axis: number = view.shape.length - 1): View => {
  if (axis === view.shape.length - 1) return view
  const moved = (list: readonly number[]): number[] => [
    ...list.slice(0, axis),
    ...list.slice(axis + 1),
    list[axis]!,
  ]
  return { ...view, shape: moved(view.shape), strides: moved(view.strides) }
}

/** A view with neighbouring dimensions merged: in row-major order its elements come in as few runs as possible. */
export type Runs = View

export const runsOf = (view: View): Runs => {
  if (isContiguous(view)) return { ...view, shape: [sizeOf(view.shape)], strides: [1] }
  const shape: number[] = []
  const strides: number[] = []
  for (let k = 0; k < view.shape.length; k++) {
    const size = view.shape[k]!
    const stride = view.strides[k]!
    const last = shape.length - 1
    if (size === 1) continue
    if (strides[last] === size * stride) {
      shape[last]! *= size
      strides[last] = stride
    } else {
      shape.push(size)
      strides.push(stride)
    }
  }
  return { ...view, shape, strides }
}

/** Calls `visit(source position, run length, stride, position in the block)` for each run of a flat range. */
const forEachRun = (
  { shape, strides, offset }: Runs,
  from: number,
  to: number,
  at: number,
  visit: (start: number, length: number, stride: number, at: number) => void,
): void => {
  const last = shape.length - 1
  const size = shape[last]!
  const stride = strides[last]!
  for (let position = from; position < to; ) {
    const inner = position % size
    let rest = (position - inner) / size
    let start = offset + inner * stride
    for (let k = last - 1; k >= 0; k--) {
      const coordinate = rest % shape[k]!
      start += coordinate * strides[k]!
      rest = (rest - coordinate) / shape[k]!
    }
    const length = Math.min(size - inner, to - position)
    visit(start, length, stride, at + position - from)
    position += length
  }
}

/** Reads elements [from, to), in row-major order, into `target` from position `at` on. */
export const gather = (
  runs: Runs,
  from: number,
  to: number,
  target: FloatArray | Int32Array,
  at: number,
): void => {
  const data = runs.data as FloatArray
  const decode = runs.dtype === 'int64' ? Number : decoderOf(runs.dtype)
  forEachRun(runs, from, to, at, (start, length, stride, k) => {
    const end = k + length
    if (decode) for (let j = start; k < end; k++, j += stride) target[k] = decode(data[j]!)
    else if (stride !== 1) for (let j = start; k < end; k++, j += stride) target[k] = data[j]!
    else target.set(length === data.length ? data : data.subarray(start, start + length), k)
  })
}

/** All elements in row-major order, cast to a type. */
export const elementsIn = <D extends ComputeDType>(dtype: D, view: View): ArrayOf<D> => {
  const elements = zeros(dtype, sizeOf(view.shape))
  gather(runsOf(view), 0, elements.length, elements, 0)
  return elements
}

/** The same numbers, cast to a type, in memory of their own. */
export const castTo = (dtype: ComputeDType, view: View): View =>
  contiguousView(elementsIn(dtype, view), dtype, view.shape)

/** Writes `source`, from position `at` on, to elements [from, to), rounding once to their type. */
export const scatter = (runs: Runs, from: number, to: number, source: FloatArray, at: number): void => {
  const data = runs.data as FloatArray
  const encode = encoderOf(runs.dtype)
  forEachRun(runs, from, to, at, (start, length, stride, k) => {
    const end = k + length
    if (encode) for (let j = start; k < end; k++, j += stride) data[j] = encode(source[k]!)
    else if (stride !== 1) for (let j = start; k < end; k++, j += stride) data[j] = source[k]!
    else data.set(length === source.length ? source : source.subarray(k, end), start)
  })
}

/** Adds `source` to elements [from, to); where a stride is 0 this sums over the broadcast dimension. */
export const accumulate = (runs: Runs, from: number, to: number, source: FloatArray, at: number): void => {
  const data = runs.data as Float64Array
  forEachRun(runs, from, to, at, (start, length, stride, k) => {
    const end = k + length
    for (let j = start; k < end; k++, j += stride) data[j]! += source[k]!
  })
}
