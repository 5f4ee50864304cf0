import type { DType, FloatArray, TypedArray } from './dtype.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts'
import { broadcastShapes, contiguousStrides, type Shape, sameShape } from './shape.ts'

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
export const axisLast = (view: View, axis: number): View => {
  if (axis === view.shape.length - 1) return view
  const moved = (list: readonly number[]): number[] => [
    ...list.slice(0, axis),
    ...list.slice(axis + 1),
    list[axis]!,
  ]
  return { ...view, shape: moved(view.shape), strides: moved(view.strides) }
}

/** A view with neighbouring dimensions merged: in row-major order its elements come in as few runs as possible. */
export interface Runs {
  readonly data: TypedArray
  readonly dtype: DType
  readonly offset: number
  /** Sizes and strides from the innermost dimension outwards. */
  readonly sizes: readonly number[]
  readonly strides: readonly number[]
}

export const runsOf = (view: View): Runs => {
  const sizes: number[] = []
  const strides: number[] = []
  for (let k = view.shape.length - 1; k >= 0; k--) {
    const size = view.shape[k]!
    if (size === 1) continue
    const last = sizes.length - 1
    if (last >= 0 && view.strides[k] === strides[last]! * sizes[last]!) sizes[last] = sizes[last]! * size
    else {
      sizes.push(size)
      strides.push(view.strides[k]!)
    }
  }
  if (sizes.length === 0) {
    sizes.push(1)
    strides.push(1)
  }
  return { data: view.data, dtype: view.dtype, offset: view.offset, sizes, strides }
}

/** Whether the elements lie one after the other in row-major order. */
export const isContiguous = ({ sizes, strides }: Runs): boolean => sizes.length === 1 && strides[0] === 1

/** Calls `visit(source position, run length, stride, position in the range)` for each run of a flat range. */
const forEachRun = (
  { offset, sizes, strides }: Runs,
  from: number,
  to: number,
  visit: (start: number, length: number, stride: number, at: number) => void,
): void => {
  for (let position = from; position < to; ) {
    const inner = position % sizes[0]!
    let rest = (position - inner) / sizes[0]!
    let start = offset + inner * strides[0]!
    for (let k = 1; k < sizes.length; k++) {
      const coordinate = rest % sizes[k]!
      start += coordinate * strides[k]!
      rest = (rest - coordinate) / sizes[k]!
    }
    const length = Math.min(sizes[0]! - inner, to - position)
    visit(start, length, strides[0]!, position - from)
    position += length
  }
}

const decoderOf = (dtype: DType): ((bits: number) => number) | undefined =>
  dtype === 'bfloat16' ? bfloat16ToNumber : dtype === 'float16' ? float16ToNumber : undefined

const encoderOf = (dtype: DType): ((value: number) => number) | undefined =>
  dtype === 'bfloat16' ? numberToBfloat16 : dtype === 'float16' ? numberToFloat16 : undefined

/** Reads elements [from, to), in row-major order, into `target` from position `at` on. */
export const gather = (runs: Runs, from: number, to: number, target: FloatArray, at: number): void => {
  const { data, dtype } = runs
  const decode = decoderOf(dtype)
  forEachRun(runs, from, to, (start, length, stride, position) => {
    let k = at + position
    if (stride === 1 && !decode && !(data instanceof BigInt64Array)) {
      target.set(length === data.length ? data : data.subarray(start, start + length), k)
    } else if (decode) {
      for (let j = start, end = k + length; k < end; k++, j += stride) target[k] = decode(data[j] as number)
    } else {
      for (let j = start, end = k + length; k < end; k++, j += stride) target[k] = Number(data[j])
    }
  })
}

/** Writes `source`, from position `at` on, to elements [from, to), rounding once to their type. */
export const scatter = (runs: Runs, from: number, to: number, source: FloatArray, at: number): void => {
  const data = runs.data as FloatArray
  const encode = encoderOf(runs.dtype)
  forEachRun(runs, from, to, (start, length, stride, position) => {
    let k = at + position
    if (stride === 1 && !encode) {
      data.set(length === source.length ? source : source.subarray(k, k + length), start)
    } else {
      for (let j = start, end = k + length; k < end; k++, j += stride) {
        data[j] = encode ? encode(source[k]!) : source[k]!
      }
    }
  })
}

/** Adds `source` to elements [from, to); where a stride is 0 this sums over the broadcast dimension. */
export const accumulate = (runs: Runs, from: number, to: number, source: FloatArray, at: number): void => {
  const data = runs.data as Float64Array
  forEachRun(runs, from, to, (start, length, stride, position) => {
    let k = at + position
    for (let j = start, end = k + length; k < end; k++, j += stride) data[j] = data[j]! + source[k]!
  })
}
