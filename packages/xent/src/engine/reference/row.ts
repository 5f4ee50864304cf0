import type { FloatArray } from '../../tensor/dtype.ts'
import { lostBy, type Rounding } from './rounding.ts'

/** A row of logits, and what one pass over it finds. */
export interface Row {
  readonly x: FloatArray
  readonly max: number
  /** The first class that has the maximum. */
  readonly argmax: number
  /** Σ exp(xⱼ − max) over all classes but argmax: the odds against it. */
  readonly others: number
  readonly rounding: Rounding
}

/** A row without a finite maximum has no softmax: all that is made of it is NaN. */
export const rowOf = (x: FloatArray, rounding: Rounding): Row => {
  let argmax = 0
  for (let j = 1; j < x.length; j++) if (x[j]! > x[argmax]!) argmax = j
  const max = Number.isFinite(x[argmax]) ? x[argmax]! : NaN
  const others = sumOver(x.length, (j) => (j === argmax ? 0 * max : expDifference(x[j]!, max, rounding)))
  return { x, max, argmax, others, rounding }
}

/** exp(a − b), with what the subtraction rounds away put back: far from 0 that is hundreds of ulps. */
const expDifference = (a: number, b: number, { least }: Rounding): number => {
  const difference = a - b
  if (!Number.isFinite(difference)) return Math.exp(difference)
  return Math.max(least, Math.exp(difference) * (1 + lostBy(a, -b, difference)))
}

/** exp(xⱼ − max) */
const odds = (row: Row, j: number): number => expDifference(row.x[j]!, row.max, row.rounding)

/** pⱼ = exp(xⱼ − max) / (1 + others) */
export const probability = (row: Row, j: number): number => odds(row, j) / (1 + row.others)

/** 1 − pⱼ, without the subtraction for the class that is nearly certain. */
export const complement = (row: Row, j: number): number =>
  (j === row.argmax ? row.others : row.others + (1 - odds(row, j))) / (1 + row.others)

/** −factor · log pⱼ = factor · log1p(others) + factor · (max − xⱼ), both terms of one sign. */
export const surprise = (row: Row, j: number, factor = 1): number =>
  row.rounding.add(factor * Math.log1p(row.others), product(factor, row.max - row.x[j]!))

/** a · b where 0 · ∞ is 0. */
export const product = (a: number, b: number): number =>
  (a === 0 && !Number.isNaN(b)) || (b === 0 && !Number.isNaN(a)) ? 0 : a * b

/** A sum and what its additions rounded away. */
export interface Sum {
  readonly sum: number
  readonly lost: number
}

/** Σ term(k) for k below count, with what each addition rounds away put back. */
export const exactSum = (count: number, term: (k: number) => number): Sum => {
  let sum = 0
  let lost = 0
  for (let k = 0; k < count; k++) {
    const value = term(k)
    const next = sum + value
    lost += lostBy(sum, value, next)
    sum = next
  }
  return { sum, lost: Number.isFinite(sum) ? lost : 0 }
}

export const sumOver = (count: number, term: (k: number) => number): number =>
  without(exactSum(count, term), 0)

/** The sum without one of its terms, however much of it that term is. */
export const without = ({ sum, lost }: Sum, term: number): number => sum - term + lost

/**
 * (Σt)·pⱼ − tⱼ, where `own` is tⱼ and `others` the sum of the other t: written so that nothing cancels where tⱼ is all
 * of the sum, or pⱼ nearly 1.
 */
export const excess = (row: Row, j: number, own: number, others: number): number =>
  row.rounding.add(others * probability(row, j), -own * complement(row, j))

/**
 * vⱼ − Σ pₖvₖ. Counted from v of the most likely class, whose term then is 0: where that class is nearly certain, the
 * mean keeps the digits that tell it from v.
 */
export const deviations = (row: Row, v: Float64Array): Float64Array => {
  const origin = v[row.argmax]!
  const mean = sumOver(v.length, (k) => probability(row, k) * (v[k]! - origin))
  return v.map((value) => value - origin - mean)
}
