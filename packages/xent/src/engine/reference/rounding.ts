import type { ComputeDType } from '../../tensor/dtype.ts'

/** How float64 arithmetic prepares for the rounding of its results to their type. */
export interface Rounding {
  /** The addition that ends a formula. */
  readonly add: (a: number, b: number) => number
  /** What an exponential is at least, whose argument is finite. */
  readonly least: number
}

/**
 * Where results go into a narrower type, both roundings together must be one: 1162.5 + 1e-80 is more than a tie, and so is
 * 1162.5 + exp(-1000). The last addition is rounded to odd (Boldo and Melquiond 2008), which keeps such a trace, and no
 * exponential vanishes altogether.
 */
export const roundingTo = (compute: ComputeDType): Rounding =>
  compute === 'float64' ? { add: (a, b) => a + b, least: 0 } : { add: addToOdd, least: 1e-300 }

const addToOdd: Rounding['add'] = (a, b) => {
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
