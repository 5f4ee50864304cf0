import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import {
  bfloat16ToNumber,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from '../../src/tensor/float16.ts'

interface Recorded {
  readonly decoded: string
  readonly encoded: readonly (readonly [float64: string, bits: number])[]
}

/** From NumPy, ml_dtypes and exact fractions: fixtures/record_float16.py. */
const recorded: { readonly float16: Recorded; readonly bfloat16: Recorded } = JSON.parse(
  readFileSync(new URL('./fixtures/float16.json', import.meta.url), 'utf8'),
)

const types = [
  {
    name: 'float16',
    decode: float16ToNumber,
    encode: numberToFloat16,
    ...recorded.float16,
    infinity: 0x7c00,
    quietNaN: 0x7e00,
    overflow: 2 ** 16,
  },
  {
    name: 'bfloat16',
    decode: bfloat16ToNumber,
    encode: numberToBfloat16,
    ...recorded.bfloat16,
    infinity: 0x7f80,
    quietNaN: 0x7fc0,
    overflow: 2 ** 128,
  },
]

const patterns = Array.from({ length: 65536 }, (_, bits) => bits)

/** The float64 that is `steps` places from a positive one. */
function neighbour(value: number, steps: bigint): number {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value)
  view.setBigInt64(0, view.getBigInt64(0) + steps)
  return view.getFloat64(0)
}

describe.each(types)('$name', ({ decode, encode, decoded, encoded, infinity, quietNaN, overflow }) => {
  test('every bit pattern decodes to the recorded value', () => {
    const bytes = new DataView(new ArrayBuffer(8 * 65536))
    for (const bits of patterns) {
      const value = decode(bits)
      bytes.setFloat64(8 * bits, Number.isNaN(value) ? 0 : value, true)
    }
    expect(createHash('sha256').update(bytes).digest('hex')).toBe(decoded)
  })

  test('every bit pattern but those of NaN survives decoding and encoding', () => {
    const isNaNPattern = (bits: number) => (bits & 0x7fff) > infinity
    const expected = patterns.map((bits) => (isNaNPattern(bits) ? quietNaN : bits))
    expect(patterns.map((bits) => encode(decode(bits)))).toEqual(expected)
  })

  test('ties, values next to ties and values out of range encode to the recorded bits', () => {
    const values = encoded.map(([hex]) => Buffer.from(hex, 'hex').readDoubleBE())
    expect(values.map(encode)).toEqual(encoded.map(([, bits]) => bits))
  })

  test('halfway between two neighbours the even one is encoded, beside it the nearer one', () => {
    const edgeOf = (bits: number) => (bits === infinity ? overflow : decode(bits))
    const wrong = patterns.slice(0, infinity).filter((bits) => {
      const tie = (edgeOf(bits) + edgeOf(bits + 1)) / 2
      return (
        encode(tie) !== bits + (bits & 1) ||
        encode(neighbour(tie, -1n)) !== bits ||
        encode(neighbour(tie, 1n)) !== bits + 1
      )
    })
    expect(wrong).toEqual([])
  })

  test('the infinities keep their sign', () => {
    expect(encode(Number.POSITIVE_INFINITY)).toBe(infinity)
    expect(encode(Number.NEGATIVE_INFINITY)).toBe(infinity | 0x8000)
  })
})
