import type { ComputeDType } from '../../tensor/dtype.ts'

export type Add = (a: number, b: number) => number

/**
 * The addition that ends a formula. Where its result goes into a narrower type it is rounded to odd (Boldo and
 * Melquiond 2008), so that both roundings together are one: 1162.5 + 1e-80 is more than a tie, and must not look like one.
 */
export const lastAddition = (compute: ComputeDType): Add =>
  compute === 'float64' ? (a, b) => a + b : addToOdd

const addToOdd: Add = (a, b) => {
  const sum = a + b
  const lost = lostBy(a, b, sum)
  if (lost === 0 || !Number.isFinite(sum)) return sum
  number[0] = sum
  if (bits[0]! & 1n) return sum
  bits[0]! += lost > 0 === sum > 0 ? 1n : -1n
  return number[0]
}

const number = new Float64Array(1)
const bits = new BigInt64Array(number.buffer)

/** What a + b rounds away (Knuth's TwoSum). */
export const lostBy = (a: number, b: number, sum: number): number => {
  const addend = sum - a
  return a - (sum - addend) + (b - addend)
}
