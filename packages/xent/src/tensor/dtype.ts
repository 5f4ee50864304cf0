/** The element types that arguments and results may have. */
export type DType =
  | 'float16'
  | 'bfloat16'
  | 'float32'
  | 'float64'
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'uint8'
  | 'uint16'
  | 'uint32'
  | 'bool'

export type FloatDType = 'float16' | 'bfloat16' | 'float32' | 'float64'

/** The precision that a kernel's inputs are widened to: 16-bit floats compute as float32. */
export type ComputeDType = 'float32' | 'float64'

/** The arrays that hold elements; 16-bit floats lie in a Uint16Array of bits, booleans in a Uint8Array. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint8ClampedArray
  | Uint16Array
  | Uint32Array

const storage = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
  bool: Uint8Array,
} as const

export const isDType = (name: unknown): name is DType =>
  typeof name === 'string' && Object.hasOwn(storage, name)

export const isFloat = (dtype: DType): dtype is FloatDType =>
  dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16'

export const isInteger = (dtype: DType): boolean => !isFloat(dtype) && dtype !== 'bool'

export const computeDType = (dtype: FloatDType): ComputeDType => (dtype === 'float64' ? 'float64' : 'float32')

/** A zero-filled array that holds `size` elements of `dtype`. */
export const zeros = (dtype: DType, size: number): TypedArray => new storage[dtype](size)

/** A view of `size` elements of `dtype` at a byte offset of a buffer. */
export const viewOf = (dtype: DType, buffer: ArrayBuffer, byteOffset: number, size: number): TypedArray =>
  new storage[dtype](buffer, byteOffset, size)

export const bytesPerElement = (dtype: DType): number => storage[dtype].BYTES_PER_ELEMENT

/** Whether `array` is of the class that holds `dtype`. */
export const stores = (dtype: DType, array: TypedArray): boolean =>
  array instanceof storage[dtype] || (dtype === 'uint8' && array instanceof Uint8ClampedArray)

const byClassName: Readonly<Record<string, DType>> = {
  Float16Array: 'float16',
  Float32Array: 'float32',
  Float64Array: 'float64',
  Int8Array: 'int8',
  Int16Array: 'int16',
  Int32Array: 'int32',
  BigInt64Array: 'int64',
  Uint8Array: 'uint8',
  Uint8ClampedArray: 'uint8',
  Uint16Array: 'uint16',
  Uint32Array: 'uint32',
}

/** The element type that a typed array has by its class alone. */
export const dtypeOfArray = (array: ArrayBufferView): DType | undefined =>
  byClassName[(array as { readonly [Symbol.toStringTag]?: string })[Symbol.toStringTag] ?? '']
