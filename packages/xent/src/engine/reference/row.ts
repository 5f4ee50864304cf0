import type { FloatArray } from '../../tensor/dtype.ts'

/** What one pass over a row of logits finds. */
export interface RowStatistics {
  readonly max: number
  /** The first class that has the maximum. */
  readonly argmax: number
  /** Σ exp(xⱼ − max) over all classes but argmax: the odds against it. */
  readonly others: number
  /** log1p(others) = log Σ exp(xⱼ − max). */
  readonly logSum: number
}

/** A row without a finite maximum has no softmax: all of its statistics are NaN. */
export const rowStatistics = (x: FloatArray): RowStatistics => {
  let argmax = 0
  for (let j = 1; j < x.length; j++) if (x[j]! > x[argmax]! || Number.isNaN(x[argmax])) argmax = j
  const max = Number.isFinite(x[argmax]) ? x[argmax]! : Number.NaN
  const others = Number.isNaN(max)
    ? max
    : sumOver(x.length, (j) => (j === argmax ? 0 : expDifference(x[j]!, max)))
  return { max, argmax, others, logSum: Math.log1p(others) }
}

/** exp(a − b), with what the subtraction rounds away put back: far from 0 that is hundreds of ulps. */
const expDifference = (a: number, b: number): number => {
  const difference = a - b
  if (!Number.isFinite(difference)) return Math.exp(difference)
  const subtrahend = a - difference
  const lost = a - (difference + subtrahend) + (subtrahend - b)
  return Math.exp(difference) * (1 + lost)
}

/** pⱼ = exp(xⱼ − max) / (1 + others) */
export const probability = ({ max, others }: RowStatistics, logit: number): number =>
  expDifference(logit, max) / (1 + others)

/** 1 − pⱼ, without the subtraction for the class that is nearly certain. */
export const complement = ({ max, argmax, others }: RowStatistics, logit: number, j: number): number =>
  (j === argmax ? others : others + (1 - expDifference(logit, max))) / (1 + others)

/** log pⱼ = (xⱼ − max) − logSum, both terms at most 0. */
export const logProbability = ({ max, logSum }: RowStatistics, logit: number): number => logit - max - logSum

/** −log pⱼ = logSum + (max − xⱼ), both terms at least 0. */
export const surprise = ({ max, logSum }: RowStatistics, logit: number): number => logSum + (max - logit)

/** a · b where 0 · ∞ is 0. */
export const product = (weight: number, b: number): number =>
  weight === 0 && !Number.isNaN(b) ? 0 : weight * b

/** Σ term(k) for k below count, with what each addition rounds away put back (Neumaier 1974). */
export const sumOver = (count: number, term: (k: number) => number): number => {
  let sum = 0
  let lost = 0
  for (let k = 0; k < count; k++) {
    const value = term(k)
    const next = sum + value
    lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum
    sum = next
  }
  return Number.isFinite(sum) ? sum + lost : sum
}
