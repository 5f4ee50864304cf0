import { toNative } from './byte-order.ts'
import type { ByteSource } from './byte-source.ts'
import { FormatError } from './error.ts'
import { encodeNpyHeader, readNpyHeader } from './npy-header.ts'
import {
  elementCount,
  formatShape,
  fortranStrides,
  holds,
  itemSizeOf,
  type NumericArray,
  type NumericData,
  type NumericDtype,
  naturalDtype,
  viewAs,
} from './numeric-array.ts'

/**
 * An array that NumPy's `save` wrote.
 *
 * Bytes after the array are left alone, as NumPy does.
 *
 * @returns shape and dtype of the file; an array in Fortran order comes with `strides`, its data as stored. The data may share memory with the source.
 * @throws FormatError for a file that is no .npy or is cut off, and for dtypes that are not numeric or are complex, uint64 or structured
 */
export const readNpy = async (source: ByteSource): Promise<NumericArray> => {
  const { dtype, byteOrder, fortranOrder, shape, dataOffset } = await readNpyHeader(source)
  const itemSize = itemSizeOf(dtype)
  const byteLength = elementCount(shape) * itemSize
  if (source.byteLength - dataOffset < byteLength) {
    throw new FormatError({
      source: source.name,
      position: `byte ${dataOffset}`,
      expected: `${byteLength} bytes for shape ${formatShape(shape)} of ${dtype}`,
      received: `${source.byteLength - dataOffset} bytes`,
    })
  }
  const stored = await source.slice(dataOffset, dataOffset + byteLength)
  const data = viewAs(dtype, toNative(stored, itemSize, byteOrder))
  return fortranOrder ? { data, shape, dtype, strides: fortranStrides(shape) } : { data, shape, dtype }
}

/** What {@link encodeNpy} takes: `data` in C order, `dtype` that of the typed array unless given. */
export interface EncodableArray {
  readonly data: NumericData
  readonly shape: readonly number[]
  readonly dtype?: NumericDtype
  readonly strides?: readonly number[]
}

/**
 * The bytes of a .npy file, the same ones that NumPy's `save` writes for an array in C order.
 *
 * @throws FormatError for bfloat16 (NumPy has none), strides, and data that does not match shape or dtype
 */
export const encodeNpy = ({ data, shape, dtype, strides }: EncodableArray): Uint8Array<ArrayBuffer> => {
  if (strides !== undefined) throw refusal('an array in C order', `strides ${formatShape(strides)}`)
  if (data.length !== elementCount(shape)) {
    throw refusal(`data for shape ${formatShape(shape)}`, `${data.length} elements`)
  }
  const stored = dtype ?? naturalDtype(data)
  if (stored === undefined || !holds(data, stored)) {
    throw refusal(`a typed array of ${dtype ?? 'a known dtype'}`, data[Symbol.toStringTag])
  }
  const header = encodeNpyHeader(stored, shape)
  if (header === undefined) throw refusal('a dtype that NumPy has (widen to float32)', stored)
  return concat(header, bytesOf(data))
}

const refusal = (expected: string, received: string): FormatError =>
  new FormatError({ source: 'encodeNpy', expected, received })

const bytesOf = (data: NumericData): Uint8Array =>
  toNative(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), data.BYTES_PER_ELEMENT, 'little')

const concat = (header: Uint8Array, body: Uint8Array): Uint8Array<ArrayBuffer> => {
  const bytes = new Uint8Array(header.length + body.length)
  bytes.set(header)
  bytes.set(body, header.length)
  return bytes
}
