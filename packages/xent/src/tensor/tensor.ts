import { complain } from '../error.ts'
import { type ArrayOf, type DType, type ElementOf, type FloatDType, type TypedArray, zeros } from './dtype.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts'
import { printArray } from './print.ts'
import { formatShape, lengthMismatch, type Shape, sizeOf } from './shape.ts'

/** A number, or arrays of arrays of them. */
export type NestedArray<Element = number | bigint | boolean> = Element | NestedArray<Element>[]

/** A Tensor of a floating type, as every loss and gradient is. */
export type FloatTensor = Tensor<FloatDType>

/** The JSON form of a Tensor; NaN and the infinities are strings. */
export interface TensorJSON {
  readonly dtype: DType
  readonly shape: Shape
  readonly data: readonly (number | boolean | string)[]
}

/** A result in memory: elements in row-major order, their shape and their type. */
export class Tensor<D extends DType = DType> {
  readonly shape: Shape
  readonly dtype: D
  readonly size: number
  readonly #data: ArrayOf<D> | (() => ArrayOf<D>)

  /** @param data the elements, or a function that finds them where they may move (see `allocate`) */
  constructor(data: ArrayOf<D> | (() => ArrayOf<D>), shape: Shape, dtype: D) {
    this.#data = data
    this.shape = shape
    this.dtype = dtype
    this.size = sizeOf(shape)
    if (typeof data !== 'function' && data.length !== this.size)
      throw lengthMismatch('Tensor', 'data', shape, data.length)
  }

  /** The elements; float16 and bfloat16 as a Uint16Array of bits, bool as a Uint8Array. */
  get data(): ArrayOf<D> {
    return typeof this.#data === 'function' ? this.#data() : this.#data
  }

  get rank(): number {
    return this.shape.length
  }

  /** The elements as nested arrays; a scalar as itself. */
  toArray(): NestedArray<ElementOf<D>> {
    const values = decoded(this.data, this.dtype)
    const nest = (dimension: number, start: number, size: number): NestedArray<ElementOf<D>> => {
      if (dimension === this.rank) return element(values, start, this.dtype)
      const step = size / (this.shape[dimension] || 1)
      return Array.from({ length: this.shape[dimension]! }, (_, k) =>
        nest(dimension + 1, start + k * step, step),
      )
    }
    return nest(0, 0, this.size)
  }

  /** The one element of a tensor of size 1. */
  item(): ElementOf<D> {
    if (this.size === 1) return element(decoded(this.data, this.dtype), 0, this.dtype)
    throw complain('SHAPE_MISMATCH', {
      fn: 'Tensor.item',
      argument: 'tensor',
      expected: 'one element',
      received: `${this.size} elements of shape ${formatShape(this.shape)}`,
    })
  }

  /** The elements as NumPy prints them. */
  toString(): string {
    return printArray(decoded(this.data, this.dtype), this.shape, this.dtype)
  }

  toJSON(): TensorJSON {
    const values = decoded(this.data, this.dtype)
    const data = Array.from({ length: this.size }, (_, k) => jsonElement(element(values, k, this.dtype)))
    return { dtype: this.dtype, shape: this.shape, data }
  }
}

const element = <D extends DType>(values: TypedArray, k: number, dtype: D): ElementOf<D> =>
  (dtype === 'bool' ? values[k] !== 0 : values[k]) as ElementOf<D>

const jsonElement = (value: number | bigint | boolean): number | boolean | string => {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value)
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value
}

/** The elements as numbers: the array itself, or 16-bit floats widened. */
const decoded = (data: TypedArray, dtype: DType): TypedArray => {
  if (dtype === 'float16') return Float32Array.from(data as Uint16Array, float16ToNumber)
  if (dtype === 'bfloat16') return Float32Array.from(data as Uint16Array, bfloat16ToNumber)
  return data
}

/** A fraction is cut, and what is no number is 0, as a typed array of smaller integers has it. */
const toBigInt = (value: number | bigint): bigint =>
  typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n

/** An array of `dtype` that holds `values`, each rounded once. */
export const encoded = <D extends DType>(values: ArrayLike<number | bigint>, dtype: D): ArrayOf<D> => {
  const array = zeros(dtype, values.length)
  const data: TypedArray = array
  if (data instanceof BigInt64Array) {
    for (let k = 0; k < values.length; k++) data[k] = toBigInt(values[k]!)
    return array
  }
  const convert =
    dtype === 'float16'
      ? numberToFloat16
      : dtype === 'bfloat16'
        ? numberToBfloat16
        : dtype === 'bool'
          ? (value: number) => Number(value !== 0)
          : (value: number) => value
  for (let k = 0; k < values.length; k++) data[k] = convert(Number(values[k]))
  return array
}
