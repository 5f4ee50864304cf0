import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bytesPerElement, type DType, viewOf } from '../../src/tensor/dtype.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16 } from '../../src/tensor/float16.ts'
import { printArray } from '../../src/tensor/print.ts'

type Case = readonly [dtype: DType, shape: readonly number[], table: string, text: string]

const readFixture = <Fixture>(name: string): Fixture =>
  JSON.parse(readFileSync(new URL(`./fixtures/${name}`, import.meta.url), 'utf8'))

/** From NumPy: fixtures/record_print.py. */
const { numpy, cases } = readFixture<{ readonly numpy: string; readonly cases: readonly Case[] }>(
  'print.json',
)

/** The recorded table, repeated until it fills the shape. */
function elements(dtype: DType, shape: readonly number[], base64: string): (number | bigint)[] {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'))
  const stored = viewOf(dtype, bytes.buffer, 0, bytes.length / bytesPerElement(dtype))
  const size = shape.reduce((product, length) => product * length, 1)
  return Array.from({ length: size }, (_, i) => {
    const element = stored[i % stored.length]!
    return dtype === 'float16' ? float16ToNumber(Number(element)) : element
  })
}

describe(`like NumPy ${numpy}`, () => {
  test.each([...new Set(cases.map(([dtype]) => dtype))])('%s arrays print as recorded', (name) => {
    for (const [dtype, shape, table, text] of cases.filter(([dtype]) => dtype === name))
      expect(printArray(elements(dtype, shape, table), shape, dtype), `${shape} of ${table}`).toBe(text)
  })
})

test('bfloat16 prints the fewest digits that tell its values apart', () => {
  // From exact fractions: fixtures/record_float16.py.
  const { bfloat16 } = readFixture<{ readonly bfloat16: { readonly shortest: string } }>('float16.json')
  const bytes = new DataView(new ArrayBuffer(8 * 0x7f80))
  for (let bits = 0; bits < 0x7f80; bits++) {
    const text = printArray([bfloat16ToNumber(bits)], [], 'bfloat16')
    bytes.setFloat64(8 * bits, Number(text), true)
  }
  expect(createHash('sha256').update(bytes).digest('hex')).toBe(bfloat16.shortest)
})

test('bfloat16 arrays are laid out as those of the other floats', () => {
  const values = [1 / 3, -2 / 3, Math.PI].map((value) => bfloat16ToNumber(numberToBfloat16(value)))
  expect(printArray(values, [3], 'bfloat16')).toBe('[ 0.334 -0.668  3.14 ]')
})

test('booleans may be given as booleans', () => {
  expect(printArray([true, false], [2], 'bool')).toBe('[ True False]')
})

test('of a large array only the elements shown are read', () => {
  const read: number[] = []
  const values = new Proxy([] as number[], {
    get: (_, index) => read.push(Number(index)),
  })
  expect(printArray(values, [100_000_000], 'int32')).toBe('[1 2 3 ... 4 5 6]')
  expect(read).toEqual([0, 1, 2, 99_999_997, 99_999_998, 99_999_999])
})
