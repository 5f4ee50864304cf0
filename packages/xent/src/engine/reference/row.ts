import type { FloatArray } from '../../tensor/dtype.ts'
import { lostBy, type Rounding } from './rounding.ts'

/** What one pass over a row of logits finds. */
export interface RowStatistics {
  readonly max: number
  /** The first class that has the maximum. */
  readonly argmax: number
  /** Σ exp(xⱼ − max) over all classes but argmax: the odds against it. */
  readonly others: number
  /** log1p(others) = log Σ exp(xⱼ − max). */
  readonly logSum: number
  readonly rounding: Rounding
}

/** A row without a finite maximum has no softmax: all of its statistics are NaN. */
export const rowStatistics = (x: FloatArray, rounding: Rounding): RowStatistics => {
  let argmax = 0
  for (let j = 1; j < x.length; j++) if (x[j]! > x[argmax]! || Number.isNaN(x[argmax])) argmax = j
  const max = Number.isFinite(x[argmax]) ? x[argmax]! : Number.NaN
  const others = Number.isNaN(max)
    ? max
    : sumOver(x.length, (j) => (j === argmax ? 0 : expDifference(x[j]!, max, rounding)))
  return { max, argmax, others, logSum: Math.log1p(others), rounding }
}

/** exp(a − b), with what the subtraction rounds away put back: far from 0 that is hundreds of ulps. */
const expDifference = (a: number, b: number, { least }: Rounding): number => {
  const difference = a - b
  if (!Number.isFinite(difference)) return Math.exp(difference)
  return Math.max(least, Math.exp(difference) * (1 + lostBy(a, -b, difference)))
}

/** pⱼ = exp(xⱼ − max) / (1 + others) */
export const probability = ({ max, others, rounding }: RowStatistics, logit: number): number =>
  expDifference(logit, max, rounding) / (1 + others)

/** 1 − pⱼ, without the subtraction for the class that is nearly certain. */
export const complement = (
  { max, argmax, others, rounding }: RowStatistics,
  logit: number,
  j: number,
): number => (j === argmax ? others : others + (1 - expDifference(logit, max, rounding))) / (1 + others)

/** −factor · log pⱼ = factor · logSum + factor · (max − xⱼ), both terms of one sign. */
export const surprise = ({ max, logSum, rounding }: RowStatistics, logit: number, factor = 1): number =>
  rounding.add(factor * logSum, product(factor, max - logit))

/** a · b where 0 · ∞ is 0. */
export const product = (a: number, b: number): number =>
  (a === 0 && !Number.isNaN(b)) || (b === 0 && !Number.isNaN(a)) ? 0 : a * b

/** A sum and what its additions rounded away. */
export interface Sum {
  readonly sum: number
  readonly lost: number
}

/** Σ term(k) for k below count, with what each addition rounds away put back (Neumaier 1974). */
export const exactSum = (count: number, term: (k: number) => number): Sum => {
  let sum = 0
  let lost = 0
  for (let k = 0; k < count; k++) {
    const value = term(k)
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return { sum, lost: Number.isFinite(sum) ? lost : 0 }
}

export const sumOver = (count: number, term: (k: number) => number): number => {
  const { sum, lost } = exactSum(count, term)
  return sum + lost
}

/** The sum without one of its terms, however much of it that term is. */
export const without = ({ sum, lost }: Sum, term: number): number => sum - term + lost

/**
 * (Σt)·pⱼ − tⱼ, where `own` is tⱼ and `others` the sum of the other t: written so that nothing cancels where tⱼ is all
 * of the sum, or pⱼ nearly 1.
 */
export const excess = (
  statistics: RowStatistics,
  logit: number,
  j: number,
  own: number,
  others: number,
): number =>
  statistics.rounding.add(others * probability(statistics, logit), -own * complement(statistics, logit, j))

/**
 * vⱼ − Σ pₖvₖ. Counted from v of the most likely class, whose term then is 0: where that class is nearly certain, the
 * mean keeps the digits that tell it from v.
 */
export const deviations = ({ argmax }: RowStatistics, p: Float64Array, v: Float64Array): Float64Array => {
  const origin = v[argmax]!
  const mean = sumOver(v.length, (k) => p[k]! * (v[k]! - origin))
  return v.map((value) => value - origin - mean)
}
