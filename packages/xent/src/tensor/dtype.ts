/** The arrays that hold elements: 16-bit floats lie in a Uint16Array of bits, booleans in a Uint8Array. */
const storage = {
  float16: Uint16Array,
  bfloat16: Uint16Array,
  float32: Float32Array,
  float64: Float64Array,
  int8: Int8Array,
  int16: Int16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  bool: Uint8Array,
  uint8: Uint8Array,
  uint16: Uint16Array,
  uint32: Uint32Array,
} as const

interface Storage {
  float16: Uint16Array
  bfloat16: Uint16Array
  float32: Float32Array
  float64: Float64Array
  int8: Int8Array
  int16: Int16Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  uint16: Uint16Array
  uint32: Uint32Array
  bool: Uint8Array
}

/** The element types that arguments and results may have. */
export type DType = keyof Storage

export type FloatDType = 'float16' | 'bfloat16' | 'float32' | 'float64'

/** The precision that a kernel's inputs are widened to: 16-bit floats compute as float32. */
export type ComputeDType = 'float32' | 'float64'

/** The array that holds elements of a type. */
export type ArrayOf<D extends DType> = Storage[D]

export type TypedArray = ArrayOf<DType>

/** What kernels compute in. */
export type FloatArray = ArrayOf<ComputeDType>

/** What an element of a type reads as. */
export type ElementOf<D extends DType> = D extends 'int64' ? bigint : D extends 'bool' ? boolean : number

export const isDType = (name: unknown): name is DType =>
  typeof name === 'string' && Object.hasOwn(storage, name)

export const isFloat = (dtype: DType): dtype is FloatDType =>
  dtype === 'float32' || dtype === 'float64' || dtype === 'float16' || dtype === 'bfloat16'

export const isInteger = (dtype: DType): boolean => !isFloat(dtype) && dtype !== 'bool'

export const computeDType = (dtype: FloatDType): ComputeDType => (dtype === 'float64' ? 'float64' : 'float32')

/** A zero-filled array that holds `size` elements of `dtype`. */
export const zeros = <D extends DType>(dtype: D, size: number): ArrayOf<D> =>
  new storage[dtype](size) as ArrayOf<D>

/** A view of `size` elements of `dtype` at a byte offset of a buffer. */
export const viewOf = <D extends DType>(
  dtype: D,
  buffer: ArrayBuffer,
  byteOffset: number,
  size: number,
): ArrayOf<D> => new storage[dtype](buffer, byteOffset, size) as ArrayOf<D>

export const bytesPerElement = (dtype: DType): number => storage[dtype].BYTES_PER_ELEMENT

/** What the name of a class of arrays says of the elements: of the types that share a class the last of `storage`. */
const dtypes: ReadonlyMap<string, DType> = /*#__PURE__*/ (() =>
  new Map<string, DType>([
    ...Object.entries(storage).map(([dtype, Class]) => [Class.name, dtype as DType] as const),
    ['Float16Array', 'float16'],
    ['Uint8ClampedArray', 'uint8'],
  ]))()

/** A typed array, of this realm or another, as its elements' type by its class and the array that holds that type. */
export const storageOf = (array: ArrayBufferView): { data: TypedArray; dtype: DType } | undefined => {
  const given = array as TypedArray
  const dtype = dtypes.get(given[Symbol.toStringTag])
  if (!dtype) return undefined
  const { buffer, byteOffset, length } = given
  const isOwn = given instanceof storage[dtype]
  return { data: isOwn ? given : viewOf(dtype, buffer as ArrayBuffer, byteOffset, length), dtype }
}

/** Whether the class of arrays that hold `dtype` also holds `other`: 16-bit floats lie in a Uint16Array. */
export const isStoredAs = (dtype: string, other: DType): dtype is DType =>
  storage[dtype as DType] === storage[other]
