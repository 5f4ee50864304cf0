import { complain } from '../error.ts'
import type { ArrayOf, DType, ElementOf, FloatDType, TypedArray } from './dtype.ts'
import { decoded } from './encoding.ts'
import { printArray } from './print.ts'
import { formatShape, lengthMismatch, nested, type Shape, sizeOf } from './shape.ts'

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
    return nested(this.shape, Infinity, elementReader(this))
  }

  /** The one element of a tensor of size 1. */
  item(): ElementOf<D> {
    if (this.size === 1) return elementReader(this)(0)
    throw complain(
      'SHAPE_MISMATCH',
      'Tensor.item',
      'tensor',
      'one element',
      `${this.size} elements of shape ${formatShape(this.shape)}`,
    )
  }

  /** The elements as NumPy prints them. */
  toString(): string {
    return printArray(decoded(this.data, this.dtype), this.shape, this.dtype)
  }

  toJSON(): TensorJSON {
    const read = elementReader(this)
    const data = Array.from({ length: this.size }, (_, k) => jsonElement(read(k)))
    return { dtype: this.dtype, shape: this.shape, data }
  }
}

/** Reads an element by its position. */
const elementReader = <D extends DType>({ data, dtype }: Tensor<D>): ((position: number) => ElementOf<D>) => {
  const values: TypedArray = decoded(data, dtype)
  return (position) => (dtype === 'bool' ? values[position] !== 0 : values[position]) as ElementOf<D>
}

const jsonElement = (value: number | bigint | boolean): number | boolean | string => {
  if (typeof value === 'boolean') return value
  const isExact = typeof value === 'bigint' ? Number.isSafeInteger : Number.isFinite
  return isExact(Number(value)) ? Number(value) : String(value)
}
