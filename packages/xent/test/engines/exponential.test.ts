import { describe, expect, it } from 'vitest'
import { sparseModules } from '../../src/engine/wasm/generated/sparse.ts'
import { bytesOf } from '../../src/engine/wasm/modules.ts'

// The float32 kernels' exponential over every float32 of its range: its relative error, on which all their bounds rest.
// Consecutive numbers are compared with exp of the first of a few hundred times the series of what is between them.

const FLOATS = 1 << 16
const STRETCH = 256
const BYTES = 4 * FLOATS
const AT = 65536
/** The kernel is to compute e^x * 2^64. */
const SCALE = 2 ** 64
const MAGIC = 3 + 64 / 2 ** 22
const UNIT = 2 ** -24

interface Exports {
  readonly expAll: (x: number, e: number, bytes: number, magic: number) => number
}

const memory = new WebAssembly.Memory({ initial: 12 })
const x = new Float32Array(memory.buffer, AT, FLOATS)
const bits = new Int32Array(memory.buffer, AT, FLOATS)
const e = new Float32Array(memory.buffer, AT + BYTES, FLOATS)

const load = (text: string): Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytesOf(text)), { env: { memory } })
    .exports as unknown as Exports

const bitsOf = (value: number): number => new Int32Array(new Float32Array([value]).buffer)[0]!

/** The largest relative error of the numbers from `from` on, in units of 2^-24. */
const largestError = (from: number): number => {
  let largest = 0
  for (let start = 0; start < FLOATS; start += STRETCH) {
    const origin = x[start]!
    const base = Math.exp(origin) * SCALE
    for (let k = start; k < start + STRETCH; k++) {
      const d = x[k]! - origin
      const truth = base * (1 + d * (1 + d * (1 / 2 + d / 6)))
      largest = Math.max(largest, Math.abs(e[k]! / truth - 1))
    }
  }
  expect(largest, `from the float32 of bits ${from} on`).toBeLessThan(1e-6)
  return largest / UNIT
}

/** Over all of both signs that are at least 2^-26 in size, below which e^x rounds to 1, and at most `limit`. */
const largestErrorUpTo = (limit: number, { expAll }: Exports): number => {
  let largest = 0
  for (const sign of [0, -(2 ** 31)]) {
    for (let from = bitsOf(2 ** -26); from < bitsOf(limit); from += FLOATS) {
      for (let k = 0; k < FLOATS; k++) bits[k] = sign | (from + k)
      expect(expAll(AT, AT + BYTES, BYTES, MAGIC)).toBe(1)
      largest = Math.max(largest, largestError(sign | from))
    }
  }
  return largest
}

describe('the exponential of float32', () => {
  it('is within 1.3 units of 2^-24 everywhere, fused', { timeout: 300_000 }, () => {
    expect(largestErrorUpTo(43.5, load(sparseModules.relaxed))).toBeLessThan(1.3)
  })

  it('is within 1.4 units of 2^-24 everywhere, not fused', { timeout: 300_000 }, () => {
    expect(largestErrorUpTo(43.5, load(sparseModules.plain))).toBeLessThan(1.4)
  })

  it.each(Object.entries(sparseModules))('knows what is out of its range, in the %s form', (_, bytes) => {
    const { expAll } = load(bytes)
    const isWithin = (value: number): number => {
      x.fill(1, 0, 8)
      x[5] = value
      return expAll(AT, AT + BYTES, 32, MAGIC)
    }
    expect([-44, -1, 0, 43.5].map(isWithin)).toEqual([1, 1, 1, 1])
    const outside = [44.5, -45, 100, 1e3, -1e4, 1e10, -1e10, 3e38, -3e38, Infinity, -Infinity, NaN]
    expect(outside.map(isWithin)).toEqual(outside.map(() => 0))
  })

  it.each(Object.entries(sparseModules))('knows large numbers of any bits, in the %s form', (_, bytes) => {
    const { expAll } = load(bytes)
    for (const sign of [0, -(2 ** 31)]) {
      for (let from = bitsOf(2 ** 7); from < bitsOf(Infinity); from += 2 ** 23 / 64) {
        for (let k = 0; k < 64; k++) {
          bits.fill(0, 0, 8)
          bits[k % 8] = sign | (from + k)
          if (expAll(AT, AT + BYTES, 32, MAGIC) !== 0) expect.fail(`${x[k % 8]} seems to be in the range`)
        }
      }
    }
  })
})
