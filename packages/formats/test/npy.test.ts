import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bytesSource,
  type EncodableArray,
  encodeNpy,
  type NumericArray,
  type NumericData,
  type NumericDtype,
  readNpy,
} from '../src/index.ts'
import { expectFormatError } from './helpers.ts'

interface Recorded {
  readonly dtype: NumericDtype
  readonly shape: number[]
  readonly strides?: number[]
  readonly values: string[]
}

const fixture = (name: string): Buffer => readFileSync(new URL(`./fixtures/${name}`, import.meta.url))
const recorded: [string, Recorded][] = Object.entries(JSON.parse(fixture('expected.json').toString()).arrays)
const readFixture = (name: string): Promise<NumericArray> =>
  readNpy(bytesSource(fixture(`${name}.npy`), `${name}.npy`))

const dataTypes = {
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
}

describe('readNpy', () => {
  it.each(recorded)('reads %s.npy as NumPy wrote it', async (name, { values, ...described }) => {
    const { data, ...array } = await readFixture(name)
    expect(array).toEqual(described)
    expect(data).toBeInstanceOf(dataTypes[described.dtype])
    expect(Array.from<number | bigint>(data)).toEqual(
      values.map((value) => (data instanceof BigInt64Array ? BigInt(value) : Number(value))),
    )
  })

  it('gives strides for Fortran order and none for C order', async () => {
    expect(await readFixture('fortran')).toHaveProperty('strides', [1, 2, 6])
    expect(await readFixture('row')).not.toHaveProperty('strides')
  })

  it.each(['f4-little', 'f4-big', 'i8-little', 'f2-big'])(
    'reads %s.npy from bytes at an odd offset, and leaves them as they were',
    async (name) => {
      const file = fixture(`${name}.npy`)
      const bytes = new Uint8Array(file.length + 1).subarray(1)
      bytes.set(file)
      expect(await readNpy(bytesSource(bytes))).toEqual(await readFixture(name))
      expect(bytes).toEqual(new Uint8Array(file))
    },
  )

  it('leaves bytes after the array alone', async () => {
    const bytes = Buffer.concat([fixture('f4-little.npy'), Buffer.from('more')])
    expect(await readNpy(bytesSource(bytes))).toEqual(await readFixture('f4-little'))
  })

  it.each([
    [
      'in another order and with Python 2 longs',
      `{"shape": (1L, 2L), "fortran_order": False, "descr": "<i2"}`,
      [1, 2],
    ],
    ['with native order', `{'descr': '=i2', 'fortran_order': False, 'shape': (2,), }`, [2]],
  ])('reads a header %s', async (_, header, shape) => {
    const array = await readNpy(bytesSource(npyFile(header, [1, 0, 2, 0])))
    expect(array).toEqual({ data: Int16Array.of(1, 2), shape, dtype: 'int16' })
  })

  it.each([
    ['u8', `'<u8'`],
    ['complex', `'<c8'`],
    ['string', `'<U1'`],
    ['structured', `[('label', '<i4'), ('logit', '<f4')]`],
    ['object', `'|O'`],
  ])('refuses the dtype of unsupported-%s.npy', async (name, descr) => {
    await expectFormatError(
      readFixture(`unsupported-${name}`),
      `unsupported-${name}.npy: header: expected a dtype among f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, b1, got ${descr}`,
    )
  })

  const file = fixture('f4-little.npy')
  const headerError = `x.npy: header: expected a dict with 'descr', 'fortran_order' and 'shape', got `
  it.each([
    ['no bytes', [], 'x.npy: byte 0: expected the magic \\x93NUMPY, got no bytes'],
    [
      'another magic',
      Buffer.from('PK\x03\x04 and so on'),
      'x.npy: byte 0: expected the magic \\x93NUMPY, got bytes 50 4b 03 04 20 61',
    ],
    [
      'a magic alone',
      file.subarray(0, 6),
      'x.npy: header: expected at least 12 bytes, got a file of 6 bytes',
    ],
    [
      'version 4',
      [...file.subarray(0, 6), 4, 0],
      'x.npy: byte 6: expected version 1, 2 or 3 of the format, got version 4',
    ],
    [
      'half a header',
      file.subarray(0, 50),
      'x.npy: header: expected at least 128 bytes, got a file of 50 bytes',
    ],
    [
      'data that are cut off',
      file.subarray(0, -1),
      'x.npy: byte 128: expected 40 bytes for shape [10] of float32, got 39 bytes',
    ],
    ['no dict', npyFile('[1, 2]'), `${headerError}"[1, 2]"`],
    ['a dict without a shape', npyFile(`{'descr': '<f4'}`), `${headerError}"{'descr': '<f4'}"`],
    [
      'a shape that is no tuple of sizes',
      npyFile(`{'shape': (-1,), 'descr': '<f4', 'fortran_order': False}`),
      `${headerError}"{'shape': (-1,), 'descr': '<f4', 'fortra…"`,
    ],
    [
      'a size past the safe integers',
      npyFile(`{'shape': (9007199254740993,), 'descr': '<f4', 'fortran_order': False}`),
      `${headerError}"{'shape': (9007199254740993,), 'descr': …"`,
    ],
  ])('refuses a file with %s', async (_, bytes, message) => {
    await expectFormatError(readNpy(bytesSource(Uint8Array.from(bytes), 'x.npy')), message)
  })
})

describe('encodeNpy', () => {
  it.each([
    ...['f2', 'f4', 'f8', 'i2', 'i4', 'i8', 'u2', 'u4'].map((code) => `${code}-little`),
    ...['i1', 'u1', 'bool', 'scalar', 'empty', 'row'],
  ])('writes the bytes of %s.npy', async (name) => {
    expect(encodeNpy(await readFixture(name))).toEqual(new Uint8Array(fixture(`${name}.npy`)))
  })

  it.each([
    [Float32Array.of(1), 'float32'],
    [Float64Array.of(1), 'float64'],
    [Int8Array.of(1), 'int8'],
    [Int16Array.of(1), 'int16'],
    [Int32Array.of(1), 'int32'],
    [BigInt64Array.of(1n), 'int64'],
    [Uint8Array.of(1), 'uint8'],
    [Uint16Array.of(1), 'uint16'],
    [Uint32Array.of(1), 'uint32'],
  ] satisfies [NumericData, NumericDtype][])('takes %o as %s when no dtype is given', async (data, dtype) => {
    expect(await readNpy(bytesSource(encodeNpy({ data, shape: [1] })))).toEqual({ data, shape: [1], dtype })
  })

  it.each([
    [
      'bfloat16',
      { data: Uint16Array.of(0x3f80), shape: [1], dtype: 'bfloat16' },
      'a dtype that NumPy has (widen to float32), got bfloat16',
    ],
    [
      'data that do not fill the shape',
      { data: Float32Array.of(1, 2), shape: [3] },
      'data for shape [3], got 2 elements',
    ],
    [
      'data of another dtype',
      { data: Float32Array.of(1), shape: [1], dtype: 'int32' },
      'a typed array of int32, got Float32Array',
    ],
    [
      'strides',
      { data: Float32Array.of(1, 2), shape: [1, 2], strides: [1, 1] },
      'an array in C order, got strides [1, 1]',
    ],
  ] satisfies [string, EncodableArray, string][])('refuses %s', async (_, array, message) => {
    await expectFormatError((async () => encodeNpy(array))(), `encodeNpy: expected ${message}`)
  })

  it('is undone by readNpy, whatever the bits', async () => {
    const dtypes = (Object.keys(dataTypes) as NumericDtype[]).filter((dtype) => dtype !== 'bfloat16')
    const arrays = fc
      .tuple(fc.constantFrom(...dtypes), fc.array(fc.nat(4), { maxLength: 4 }))
      .chain(([dtype, shape]) => {
        const byteLength = shape.reduce((count, size) => count * size, 1) * dataTypes[dtype].BYTES_PER_ELEMENT
        return fc.record({
          dtype: fc.constant(dtype),
          shape: fc.constant(shape),
          data: fc
            .uint8Array({ minLength: byteLength, maxLength: byteLength })
            .map((bytes) => new dataTypes[dtype](bytes.slice().buffer)),
        })
      })
    await fc.assert(
      fc.asyncProperty(arrays, async (array) => {
        const { data, ...described } = await readNpy(bytesSource(encodeNpy(array)))
        expect(described).toEqual({ shape: array.shape, dtype: array.dtype })
        expect(new Uint8Array(data.buffer, data.byteOffset, data.byteLength)).toEqual(
          new Uint8Array(array.data.buffer),
        )
      }),
    )
  })
})

function npyFile(header: string, data: readonly number[] = []): Uint8Array {
  return Uint8Array.from([
    ...Buffer.from('\x93NUMPY\x01\x00', 'latin1'),
    header.length,
    0,
    ...Buffer.from(header),
    ...data,
  ])
}
