export type NumericDtype =
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

export type NumericData =
  | Float32Array
  | Float64Array
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Uint8Array
  | Uint16Array
  | Uint32Array

/** An array as it was read, in the form in which a tensor can be described by it without a copy. */
export interface NumericArray {
  /** float16 and bfloat16 as their bits in a Uint16Array, int64 as a BigInt64Array, bool as 0 and 1 in a Uint8Array */
  readonly data: NumericData
  readonly shape: readonly number[]
  readonly dtype: NumericDtype
  /** in elements, one per axis; absent for C order */
  readonly strides?: readonly number[]
}

interface DataConstructor {
  readonly name: string
  readonly BYTES_PER_ELEMENT: number
  new (buffer: ArrayBufferLike, byteOffset: number, length: number): NumericData
}

// Where two dtypes share a typed array, the one that the typed array itself means comes first: see naturalDtype.
const dataConstructors: Readonly<Record<NumericDtype, DataConstructor>> = {
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
  float16: Uint16Array,
  bfloat16: Uint16Array,
}

/** Bytes of one element. */
export const itemSizeOf = (dtype: NumericDtype): number => dataConstructors[dtype].BYTES_PER_ELEMENT

/** The bytes, in native order and at an aligned offset, as the typed array of `dtype`. */
export const viewAs = (dtype: NumericDtype, bytes: Uint8Array): NumericData =>
  new dataConstructors[dtype](bytes.buffer, bytes.byteOffset, bytes.byteLength / itemSizeOf(dtype))

/** Whether `data` is the kind of typed array that holds `dtype`. */
export const holds = (data: NumericData, dtype: NumericDtype): boolean =>
  // by tag and not by instanceof, so that an array of another realm (a frame, a vm context) counts too
  data[Symbol.toStringTag] === dataConstructors[dtype].name

/** The dtype that a typed array has when nothing else is said: a Uint16Array is uint16, not float16. */
export const naturalDtype = (data: NumericData): NumericDtype | undefined =>
  (Object.keys(dataConstructors) as NumericDtype[]).find((dtype) => holds(data, dtype))

export const elementCount = (shape: readonly number[]): number =>
  shape.reduce((count, size) => count * size, 1)

/** Strides in elements of an array whose first axis varies fastest. */
export const fortranStrides = (shape: readonly number[]): number[] =>
  shape.map((_, axis) => elementCount(shape.slice(0, axis)))

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`
