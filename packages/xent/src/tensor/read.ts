import { complain } from '../error.ts'
import { type DType, isDType, isFloat, isStoredAs, storageOf } from './dtype.ts'
import { encoded } from './encoding.ts'
import { formatShape, indexAt, lengthMismatch, placeIn, type Shape, sizeOf } from './shape.ts'
import { contiguousView, gather, positionAt, runsOf, type View } from './strided.ts'
import { Tensor } from './tensor.ts'

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
  if (ArrayBuffer.isView(like)) return readElements(fn, argument, like, undefined, nestedDType)
  if (Array.isArray(like) || isElement(like)) return readNested(fn, argument, like, nestedDType)
  const object = Object(like) as ArrayObject
  if ('data' in object && ('shape' in object || 'dims' in object))
    return readObject(fn, argument, object, nestedDType)
  throw complain(
    'DTYPE',
    fn,
    argument,
    'a number, nested arrays, a typed array or an object with data and shape',
    describe(like),
  )
}

/** Makes a Tensor of its own memory. Plain numbers become float32, bigints int64, booleans bool, unless `dtype` says otherwise. */
export const tensor = <D extends DType = DType>(like: TensorLike, dtype?: D): Tensor<D> => {
  if (dtype !== undefined && !isDType(dtype))
    throw complain('DTYPE', 'tensor', 'dtype', 'an element type', dtype)
  const view = read('tensor', 'like', like, dtype ?? 'float32')
  const target = dtype ?? (view.dtype as D)
  return new Tensor(encoded(elementsOf(view), target), view.shape, target)
}

const isElement = (value: unknown): value is number | boolean | bigint =>
  typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'

const describe = (value: unknown): string => {
  if (value === null || value === undefined) return String(value)
  if (typeof value === 'object') return value.constructor?.name ?? 'an object'
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : `a ${typeof value}`
}

/** The elements of a typed array or a list, whose type must fit a name that it goes by. */
const readElements = (
  fn: string,
  argument: string,
  list: unknown,
  name: string | undefined,
  nestedDType: DType,
): View => {
  if (ArrayBuffer.isView(list)) {
    const own = storageOf(list)
    const dtype = name ?? own?.dtype
    if (own && dtype && isStoredAs(dtype, own.dtype))
      return contiguousView(own.data, dtype, [own.data.length])
  } else if (Array.isArray(list) && isDType(name ?? nestedDType)) {
    const nested = readNested(fn, argument, list, (name ?? nestedDType) as DType)
    const isExact = (value: unknown, k: number): boolean => Number(value) === Number(nested.data[k])
    if (name === undefined || (nested.dtype === name && (isFloat(nested.dtype) || list.every(isExact))))
      return nested
  }
  throw complain(
    'DTYPE',
    fn,
    argument,
    'data of a known element type',
    describe(list) + (name === undefined ? '' : ` said to hold ${name}`),
  )
}

/** Names that say nothing about the element type beyond the array's class, as ndarray and stdlib have them. */
const vague = new Set(['array', 'generic', 'buffer', 'bigint64', 'uint8_clamped', 'uint8c'])

const readObject = (fn: string, argument: string, like: ArrayObject, nestedDType: DType): View => {
  const shape = copied(like.shape ?? like.dims)
  checkShape(fn, argument, shape)
  const named = like.dtype ?? like.type
  const name = typeof named === 'string' && !vague.has(named) ? named : undefined
  const { data, dtype } = readElements(fn, argument, like.data, name, nestedDType)
  const view = contiguousView(data, dtype, shape)
  const strides = copied(like.strides ?? like.stride)
  const offset = like.offset ?? 0
  if (strides !== undefined || offset !== 0) {
    return checkedBounds(fn, argument, { ...view, strides: strides ?? view.strides, offset })
  }
  if (data.length === sizeOf(shape)) return view
  throw lengthMismatch(fn, argument, shape, data.length)
}

/** A list of one's own: a result's shape must not change with its argument's. Also of a typed array. */
const copied = <List>(list: List): List | number[] =>
  Array.isArray(list) || ArrayBuffer.isView(list) ? [...(list as Iterable<number>)] : list

export const checkShape: (fn: string, argument: string, shape: unknown) => asserts shape is Shape = (
  fn,
  argument,
  shape,
) => {
  const isList = Array.isArray(shape)
  if (isList && shape.every((dimension) => Number.isSafeInteger(dimension) && dimension >= 0)) return
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    'a shape of whole numbers that are not negative',
    formatList(shape),
  )
}

const formatList = (list: unknown): string => (Array.isArray(list) ? formatShape(list) : describe(list))

const checkedBounds = (fn: string, argument: string, view: View): View => {
  const { data, shape, strides, offset } = view
  const isList = Array.isArray(strides)
  if (isList && strides.length === shape.length && [offset, ...strides].every(Number.isSafeInteger)) {
    const reach = (limit: (...steps: number[]) => number): number =>
      shape.reduce((at, dimension, k) => at + limit(0, (dimension - 1) * strides[k]!), offset)
    if (sizeOf(shape) === 0 || (reach(Math.min) >= 0 && reach(Math.max) < data.length)) return view
  }
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    `strides and an offset that stay inside the ${data.length} elements of data`,
    `shape ${formatShape(shape)}, strides ${formatList(strides)}, offset ${offset}`,
  )
}

/** NumPy's limit; nesting that goes deeper may have no end. */
const MAX_RANK = 64

const readNested = (fn: string, argument: string, like: unknown, dtype: DType): View => {
  const shape: number[] = []
  let first = like
  while (Array.isArray(first) && shape.length < MAX_RANK) {
    shape.push(first.length)
    first = first[0]
  }
  const kind = sizeOf(shape) === 0 ? 'number' : typeof first
  const values: (number | bigint | boolean)[] = []
  const index: number[] = []
  const flatten = (part: unknown, depth: number): void => {
    const length = shape[depth]
    if (Array.isArray(part) && part.length === length) {
      for (let k = 0; k < length; k++) {
        index[depth] = k
        flatten(part[k], depth + 1)
      }
    } else if (Array.isArray(part) || length !== undefined) {
      throw complain(
        'SHAPE_MISMATCH',
        fn,
        placeIn(argument, index.slice(0, depth)),
        `${length === undefined ? 'a number' : `an array of length ${length}`}, as its neighbours have it`,
        Array.isArray(part) ? `an array of length ${part.length}` : describe(part),
      )
    } else if (typeof part === kind && isElement(part)) {
      values.push(part)
    } else {
      throw complain(
        'DTYPE',
        fn,
        placeIn(argument, index),
        'numbers, or booleans, or bigints, all of one type',
        describe(part),
      )
    }
  }
  flatten(like, 0)
  const elementType = kind === 'bigint' ? 'int64' : kind === 'boolean' ? 'bool' : dtype
  return contiguousView(encoded(values, elementType), elementType, shape)
}

/** All elements in row-major order, still in their storage form's numbers (16-bit floats decoded). */
export const elementsOf = (view: View): ArrayLike<number | bigint> => {
  const { data, shape } = view
  const size = sizeOf(shape)
  if (data instanceof BigInt64Array)
    return BigInt64Array.from({ length: size }, (_, k) => data[positionAt(view, indexAt(k, shape))]!)
  const values = new Float64Array(size)
  gather(runsOf(view), 0, size, values, 0)
  return values
}
