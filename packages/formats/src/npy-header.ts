import { type ByteOrder, NATIVE_BYTE_ORDER } from './byte-order.ts'
import type { ByteSource } from './byte-source.ts'
import { excerpt, FormatError } from './error.ts'
import type { NumericDtype } from './numeric-array.ts'

export interface NpyHeader {
  readonly dtype: NumericDtype
  readonly byteOrder: ByteOrder
  readonly fortranOrder: boolean
  readonly shape: readonly number[]
  /** where the elements begin, in bytes from the start of the file */
  readonly dataOffset: number
}

const MAGIC = Uint8Array.of(0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59) // \x93NUMPY
const VERSION_OFFSET = MAGIC.length
const LENGTH_OFFSET = VERSION_OFFSET + 2
const ALIGNMENT = 64
// NumPy leaves room in which the axis that grows can be rewritten in place with up to this many digits.
const GROWTH_AXIS_MAX_DIGITS = 21

const dtypesByCode: ReadonlyMap<string, NumericDtype> = new Map([
  ['f2', 'float16'],
  ['f4', 'float32'],
  ['f8', 'float64'],
  ['i1', 'int8'],
  ['i2', 'int16'],
  ['i4', 'int32'],
  ['i8', 'int64'],
  ['u1', 'uint8'],
  ['u2', 'uint16'],
  ['u4', 'uint32'],
  ['b1', 'bool'],
])

const codesByDtype: ReadonlyMap<NumericDtype, string> = new Map(
  [...dtypesByCode].map(([code, dtype]) => [dtype, code]),
)

/** Whether a file that begins with these bytes is a .npy. */
export const hasNpyMagic = (bytes: Uint8Array): boolean => MAGIC.every((byte, i) => bytes[i] === byte)

/**
 * The header of a .npy file, version 1, 2 or 3.
 *
 * @throws FormatError for another magic or version, a header that is cut off or does not parse, and a dtype that is not numeric
 * @see https://numpy.org/doc/stable/reference/generated/numpy.lib.format.html
 */
export const readNpyHeader = async (source: ByteSource): Promise<NpyHeader> => {
  const { start, end } = await locateText(source)
  // latin1 in versions 1 and 2, UTF-8 in 3; they differ only in field names of structured dtypes, refused below
  const text = new TextDecoder().decode(await source.slice(start, end)).trim()
  const shape = parseShape(text)
  const fortranOrder = entryOf(text, 'fortran_order', 'True|False')
  const descr = entryOf(text, 'descr', `\\[.*\\]|'[^']*'|"[^"]*"`)
  if (!/^\{.*\}$/s.test(text) || !descr || !fortranOrder || !shape) {
    throw new FormatError({
      source: source.name,
      position: 'header',
      expected: "a dict with 'descr', 'fortran_order' and 'shape'",
      received: excerpt(text),
    })
  }
  return {
    ...parseDescr(descr, source.name),
    fortranOrder: fortranOrder === 'True',
    shape,
    dataOffset: end,
  }
}

const locateText = async (source: ByteSource): Promise<{ start: number; end: number }> => {
  const prefix = await source.slice(0, Math.min(LENGTH_OFFSET + 4, source.byteLength))
  if (!hasNpyMagic(prefix)) {
    throw new FormatError({
      source: source.name,
      position: 'byte 0',
      expected: 'the magic \\x93NUMPY',
      received: hexOf(prefix.subarray(0, MAGIC.length)),
    })
  }
  const version = prefix[VERSION_OFFSET]
  if (version !== undefined && (version < 1 || version > 3)) {
    throw new FormatError({
      source: source.name,
      position: `byte ${VERSION_OFFSET}`,
      expected: 'version 1, 2 or 3 of the format',
      received: `version ${version}`,
    })
  }
  const start = LENGTH_OFFSET + (version === 1 ? 2 : 4)
  const end = prefix.length < start ? start : start + textLengthOf(prefix, version === 1)
  if (end > source.byteLength) {
    throw new FormatError({
      source: source.name,
      position: 'header',
      expected: `at least ${end} bytes`,
      received: `a file of ${source.byteLength} bytes`,
    })
  }
  return { start, end }
}

const textLengthOf = (prefix: Uint8Array, short: boolean): number => {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength)
  return short ? view.getUint16(LENGTH_OFFSET, true) : view.getUint32(LENGTH_OFFSET, true)
}

const hexOf = (bytes: Uint8Array): string =>
  bytes.length === 0
    ? 'no bytes'
    : `bytes ${Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join(' ')}`

/** The value of `key` in the text of a Python dict, where it matches `pattern`. */
const entryOf = (text: string, key: string, pattern: string): string | undefined =>
  new RegExp(`['"]${key}['"]\\s*:\\s*(${pattern})`).exec(text)?.[1]

const parseShape = (text: string): number[] | undefined => {
  // Python 2 wrote a long as 3L
  const tuple = entryOf(text, 'shape', '\\((?:\\s*\\d+L?\\s*,)*\\s*(?:\\d+L?\\s*)?\\)')
  const shape = tuple?.match(/\d+/g)?.map(Number) ?? []
  return tuple !== undefined && shape.every(Number.isSafeInteger) ? shape : undefined
}

const parseDescr = (descr: string, source: string): Pick<NpyHeader, 'dtype' | 'byteOrder'> => {
  const [, order, code = ''] = /^['"]([<>=|])(\w+)['"]$/.exec(descr) ?? []
  const dtype = dtypesByCode.get(code)
  if (dtype === undefined) {
    throw new FormatError({
      source,
      position: 'header',
      expected: `a dtype among ${[...dtypesByCode.keys()].join(', ')}`,
      received: descr,
    })
  }
  return { dtype, byteOrder: order === '<' ? 'little' : order === '>' ? 'big' : NATIVE_BYTE_ORDER }
}

/**
 * The header that NumPy writes, byte for byte: version 1.0, C order, little endian.
 *
 * undefined for a dtype that NumPy does not have.
 */
export const encodeNpyHeader = (dtype: NumericDtype, shape: readonly number[]): Uint8Array | undefined => {
  const code = codesByDtype.get(dtype)
  if (code === undefined) return undefined
  const descr = `${code.endsWith('1') ? '|' : '<'}${code}`
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`
  const dict = `{'descr': '${descr}', 'fortran_order': False, 'shape': ${tuple}, }`
  const growth = shape.length === 0 ? 0 : GROWTH_AXIS_MAX_DIGITS - `${shape[0]}`.length
  return alignedHeader(dict + ' '.repeat(growth))
}

const alignedHeader = (text: string): Uint8Array => {
  const start = LENGTH_OFFSET + 2
  // never zero, as in NumPy: a text that ends on the boundary gets a whole block more
  const padding = ALIGNMENT - ((start + text.length + 1) % ALIGNMENT)
  const padded = new TextEncoder().encode(`${text}${' '.repeat(padding)}\n`)
  const header = new Uint8Array(start + padded.length)
  header.set(MAGIC)
  header[VERSION_OFFSET] = 1
  new DataView(header.buffer).setUint16(LENGTH_OFFSET, padded.length, true)
  header.set(padded, start)
  return header
}
