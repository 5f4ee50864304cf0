import type { FloatArray } from '../staging.ts'

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
  let others = 0
  for (let j = 0; j < x.length; j++) if (j !== argmax) others += Math.exp(x[j]! - max)
  if (Number.isNaN(max)) others = Number.NaN
  return { max, argmax, others, logSum: Math.log1p(others) }
}

/** pⱼ = exp(xⱼ − max) / (1 + others) */
export const probability = ({ max, others }: RowStatistics, logit: number): number => Math.exp(logit - max) / (1 + others)

/** 1 − pⱼ, without the subtraction for the class that is nearly certain. */
export const complement = ({ max, argmax, others }: RowStatistics, logit: number, j: number): number =>
  (j === argmax ? others : others + (1 - Math.exp(logit - max))) / (1 + others)

/** −log pⱼ = logSum + (max − xⱼ), both terms at least 0. */
export const surprise = ({ max, logSum }: RowStatistics, logit: number): number => logSum + (max - logit)

/** a · b where 0 · ∞ is 0. */
export const product = (weight: number, b: number): number => (weight === 0 && !Number.isNaN(b) ? 0 : weight * b)

export const sum = (values: FloatArray): number => {
  let total = 0
  for (const value of values) total += value
  return total
}
