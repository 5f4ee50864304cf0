import { type FloatName, ulp } from '../../packages/xent/test/support.ts'
import type { Numbers } from './truth.ts'

/** The largest and the mean error, in ulp. */
export interface Ulps {
  readonly max: number
  readonly mean: number
}

export interface Errors {
  /** Over the entries whose truth is a normal number of the type. */
  readonly ulps: Ulps
  /** Where results are differences: the same errors in ulp of the sum of their terms' absolute values. */
  readonly ulpsOfTerms?: Ulps
  readonly entries: number
  /** Entries left out of the ulps because their truth is below the smallest normal number. */
  readonly leftOut: number
  /** Entries that are 0 though their truth is not. */
  readonly zeros: number
  /** The share of the entries, subnormal ones too, that are the truth rounded to the type. */
  readonly rounded: number
  /** The share of the entries, those left out apart, that are within 1 ulp. */
  readonly withinOne: number
}

const smallestNormal: Readonly<Record<FloatName, number>> = {
  float16: 2 ** -14,
  bfloat16: 2 ** -126,
  float32: 2 ** -126,
  float64: 2 ** -1022,
}

/** Compares results of a type with the truth; a result that is no finite number is infinitely wrong. */
export const errorsOf = (results: ArrayLike<number>, truth: Numbers, dtype: FloatName): Errors => {
  const { values, magnitudes } = truth
  const ulps = tally()
  const ulpsOfTerms = tally()
  let zeros = 0
  let rounded = 0
  let withinOne = 0
  for (let k = 0; k < values.length; k++) {
    const value = values[k]!
    const result = results[k]!
    const error = Number.isFinite(result) ? Math.abs(result - value) : Infinity
    const unit = ulp(value, dtype)
    if (error <= unit / 2) rounded++
    if (Math.abs(value) < smallestNormal[dtype]) continue
    if (result === 0) zeros++
    if (error <= unit) withinOne++
    ulps.add(error / unit)
    if (magnitudes) ulpsOfTerms.add(error / ulp(Math.max(Math.abs(value), magnitudes[k]!), dtype))
  }
  return {
    ulps: ulps.result(),
    ...(magnitudes && { ulpsOfTerms: ulpsOfTerms.result() }),
    entries: values.length,
    leftOut: values.length - ulps.count(),
    zeros,
    rounded: rounded / values.length,
    withinOne: ulps.count() ? withinOne / ulps.count() : 1,
  }
}

const tally = (): { add(error: number): void; count(): number; result(): Ulps } => {
  let max = 0
  let sum = 0
  let count = 0
  return {
    add: (error) => {
      max = Math.max(max, error)
      sum += error
      count++
    },
    count: () => count,
    result: () => ({ max, mean: count ? sum / count : 0 }),
  }
}

/** |result − truth| / |truth|. */
export const relativeError = (result: number, truth: number): number =>
  Number.isFinite(result) ? Math.abs(result - truth) / Math.abs(truth) : Infinity
