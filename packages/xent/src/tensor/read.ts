import { complain, type XentError } from '../error.ts'
import { type DType, isDType, isFloat, isStoredAs, storageOf, type TypedArray } from './dtype.ts'
import { formatShape, indexAt, lengthMismatch, type Shape, sizeOf } from './shape.ts'
import { contiguousView, gather, runsOf, type View } from './strided.ts'
import { encoded, Tensor } from './tensor.ts'

/** Something with elements and a shape: a Tensor, an ONNX Runtime or transformers.js tensor, an ndarray, an object literal. */
export interface ArrayObject {
  readonly data: ArrayBufferView | readonly number[]
  readonly shape?: readonly number[]
  readonly dims?: readonly number[]
  /** `'float16'` and `'bfloat16'` say how a Uint16Array is meant. */
  readonly dtype?: string
  readonly type?: string
  readonly strides?: readonly number[]
  readonly stride?: readonly number[]
  readonly offset?: number
}

/** Whatever may stand for an array: a number, nested arrays, a typed array (rank 1), or an object with data and shape. */
export type TensorLike =
  | number
  | boolean
  | bigint
  | readonly NestedInput[]
  | ArrayBufferView
  | ArrayObject
  | Tensor

export type NestedInput = number | boolean | bigint | readonly NestedInput[]

/**
 * Describes an argument without copying it; only nested arrays are laid out anew.
 *
 * @param nestedDType the type of nested plain numbers, which carry none
 * @throws XentError SHAPE_MISMATCH for ragged nesting or a shape that does not fit the data, DTYPE for other elements
 */
export const read = (fn: string, argument: string, like: unknown, nestedDType: DType): View => {
  if (like instanceof Tensor) return contiguousView(like.data, like.dtype, like.shape)
  if (ArrayBuffer.isView(like)) return readTypedArray(fn, argument, like)
  if (
    Array.isArray(like) ||
    typeof like === 'number' ||
    typeof like === 'boolean' ||
    typeof like === 'bigint'
  )
    return readNested(fn, argument, like, nestedDType)
  if (typeof like === 'object' && like !== null && 'data' in like && ('shape' in like || 'dims' in like))
    return readObject(fn, argument, like as ArrayObject, nestedDType)
  throw complain('DTYPE', {
    fn,
    argument,
    expected: 'a number, nested arrays, a typed array or an object with data and shape',
    received: describe(like),
  })
}

/** Makes a Tensor of its own memory. Plain numbers become float32, bigints int64, booleans bool, unless `dtype` says otherwise. */
export const tensor = <D extends DType = DType>(like: TensorLike, dtype?: D): Tensor<D> => {
  if (dtype !== undefined && !isDType(dtype)) throw unknownDType(dtype)
  const view = read('tensor', 'like', like, dtype ?? 'float32')
  const target = dtype ?? (view.dtype as D)
  return new Tensor(encoded(elementsOf(view), target), view.shape, target)
}

const unknownDType = (dtype: unknown): XentError =>
  complain('DTYPE', { fn: 'tensor', argument: 'dtype', expected: 'an element type', received: String(dtype) })

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'object') return value.constructor?.name ?? 'an object'
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}

const readTypedArray = (fn: string, argument: string, array: ArrayBufferView): View => {
  const { data, dtype } = typedData(fn, argument, array, undefined)
  return contiguousView(data, dtype, [data.length])
}

/** The storage and element type of a typed array, whose class a named dtype must fit. */
const typedData = (
  fn: string,
  argument: string,
  array: unknown,
  name: string | undefined,
): { data: TypedArray; dtype: DType } => {
  if (ArrayBuffer.isView(array)) {
    const own = storageOf(array)
    const dtype = name ?? own?.dtype
    if (own && isDType(dtype) && isStoredAs(dtype, own.dtype)) return { data: own.data, dtype }
  }
  throw unfitData(fn, argument, array, name)
}

const unfitData = (fn: string, argument: string, data: unknown, name: string | undefined): XentError =>
  complain('DTYPE', {
    fn,
    argument,
    expected: 'data of a known element type',
    received: `${describe(data)}${name === undefined ? '' : ` said to hold ${name}`}`,
  })

/** Names that say nothing about the element type beyond the array's class, as ndarray and stdlib have them. */
const vague = new Set(['array', 'generic', 'buffer', 'bigint64', 'uint8_clamped', 'uint8c'])

const readObject = (fn: string, argument: string, like: ArrayObject, nestedDType: DType): View => {
  const shape = copied(like.shape ?? like.dims)
  const named = like.dtype ?? like.type
  const name = typeof named === 'string' && !vague.has(named) ? named : undefined
  checkShape(fn, argument, shape)
  const { data, dtype } = Array.isArray(like.data)
    ? plainData(fn, argument, like.data, name, nestedDType)
    : typedData(fn, argument, like.data, name)
  const strides = copied(like.strides ?? like.stride)
  const offset = like.offset ?? 0
  if (strides === undefined && offset === 0) {
    if (data.length !== sizeOf(shape)) throw lengthMismatch(fn, argument, shape, data.length)
    return contiguousView(data, dtype, shape)
  }
  const view = { ...contiguousView(data, dtype, shape), ...(strides !== undefined && { strides }), offset }
  checkBounds(fn, argument, view)
  return view
}

/** A list of one's own: a result's shape must not change with its argument's. Also of a typed array. */
const copied = <List>(list: List): List | number[] =>
  Array.isArray(list) || ArrayBuffer.isView(list) ? Array.from(list as ArrayLike<number>) : list

const plainData = (
  fn: string,
  argument: string,
  values: readonly unknown[],
  name: string | undefined,
  nestedDType: DType,
): View => {
  const wanted = name ?? nestedDType
  const view = isDType(wanted) ? readNested(fn, argument, values, wanted) : undefined
  const isCut =
    name !== undefined &&
    view &&
    !isFloat(view.dtype) &&
    !values.every((value, k) => Number(value) === Number(view.data[k]))
  if (view && !isCut && (name === undefined || view.dtype === name)) return view
  throw unfitData(fn, argument, values, name)
}

export const checkShape: (fn: string, argument: string, shape: unknown) => asserts shape is Shape = (
  fn,
  argument,
  shape,
) => {
  if (Array.isArray(shape) && shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0))
    return
  throw complain('SHAPE_MISMATCH', {
    fn,
    argument,
    expected: 'a shape of whole numbers that are not negative',
    received: Array.isArray(shape) ? formatShape(shape) : describe(shape),
  })
}

const checkBounds = (fn: string, argument: string, { data, shape, strides, offset }: View): void => {
  const isList = Array.isArray(strides)
  if (isList && strides.length === shape.length && [offset, ...strides].every(Number.isSafeInteger)) {
    let first = offset
    let last = offset
    shape.forEach((dimension, k) => {
      const reach = (dimension - 1) * strides[k]!
      if (reach < 0) first += reach
      else last += reach
    })
    if (sizeOf(shape) === 0 || (first >= 0 && last < data.length)) return
  }
  throw complain('SHAPE_MISMATCH', {
    fn,
    argument,
    expected: `strides and an offset that stay inside the ${data.length} elements of data`,
    received: `shape ${formatShape(shape)}, strides ${isList ? formatShape(strides) : describe(strides)}, offset ${offset}`,
  })
}

/** NumPy's limit; nesting that goes deeper may have no end. */
const MAX_RANK = 64

const readNested = (
  fn: string,
  argument: string,
  like: NestedInput | readonly unknown[],
  dtype: DType,
): View => {
  const shape: number[] = []
  let first: unknown = like
  while (Array.isArray(first) && shape.length < MAX_RANK) {
    shape.push(first.length)
    first = first[0]
  }
  const kind = sizeOf(shape) === 0 ? 'number' : typeof first
  const values: (number | bigint)[] = []
  const index: number[] = []
  flatten(like, 0)
  const elementType = kind === 'bigint' ? 'int64' : kind === 'boolean' ? 'bool' : dtype
  return contiguousView(encoded(values, elementType), elementType, shape)

  function flatten(part: unknown, depth: number): void {
    if (Array.isArray(part) && depth < shape.length && part.length === shape[depth]) {
      for (let k = 0; k < part.length; k++) {
        index[depth] = k
        flatten(part[k], depth + 1)
      }
    } else if (Array.isArray(part) || depth < shape.length) {
      throw raggedError(part, depth)
    } else if (typeof part === kind && (kind === 'number' || kind === 'boolean' || kind === 'bigint')) {
      values.push(kind === 'boolean' ? Number(part) : (part as number | bigint))
    } else {
      throw complain('DTYPE', {
        fn,
        argument,
        expected: 'numbers, or booleans, or bigints, all of one type',
        received: describe(part),
        index,
      })
    }
  }

  function raggedError(part: unknown, depth: number): XentError {
    const expected = depth < shape.length ? `an array of length ${shape[depth]}` : 'a number'
    return complain('SHAPE_MISMATCH', {
      fn,
      argument,
      expected: `${expected}, as its neighbours have it`,
      received: Array.isArray(part) ? `an array of length ${part.length}` : describe(part),
      index: index.slice(0, depth),
    })
  }
}

/** All elements in row-major order, still in their storage form's numbers (16-bit floats decoded). */
export const elementsOf = (view: View): ArrayLike<number | bigint> => {
  const size = sizeOf(view.shape)
  if (view.data instanceof BigInt64Array)
    return Array.from({ length: size }, (_, k) => view.data[positionOf(view, k)]!)
  const values = new Float64Array(size)
  gather(runsOf(view), 0, size, values, 0)
  return values
}

/** Where in the data the k-th element in row-major order lies. */
export const positionOf = (view: View, k: number): number =>
  indexAt(k, view.shape).reduce(
    (position, coordinate, d) => position + coordinate * view.strides[d]!,
    view.offset,
  )
