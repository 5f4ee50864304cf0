import { complain } from '../../../error.ts'
import type { Factors } from '../../../keras/plan.ts'

/** How weighted losses become one, by the names of version 1. */
export const Reduction = {
  /** The weighted losses as they are. */
  NONE: 'none',
  /** Their sum. */
  SUM: 'weighted_sum',
  /** Their sum divided by the sum of the weights. */
  MEAN: 'weighted_mean',
  /** Their sum divided by their number. */
  SUM_OVER_BATCH_SIZE: 'weighted_sum_over_batch_size',
  /** The same as SUM_BY_NONZERO_WEIGHTS. */
  SUM_OVER_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
  /** Their sum divided by the number of those whose weight is not 0. */
  SUM_BY_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
} as const

/** How weighted losses become one. */
export type Reduction = (typeof Reduction)[keyof typeof Reduction]

/** What the sum of `size` losses is divided by, of which each has a weight. */
const divisors: Readonly<Record<Reduction, (weight: Factors, size: number) => number>> = {
  none: () => 1,
  weighted_sum: () => 1,
  weighted_mean: (weight, size) => sumOver(weight, size, (w) => w),
  weighted_sum_over_batch_size: (_, size) => size,
  weighted_sum_by_nonzero_weights: (weight, size) => sumOver(weight, size, (w) => (w === 0 ? 0 : 1)),
}

export const divisorOf = (reduction: Reduction, weight: Factors, size: number): number =>
  divisors[reduction](weight, size)

const sumOver = (weight: Factors, size: number, term: (w: number) => number): number =>
  typeof weight === 'number' ? size * term(weight) : weight.reduce((sum, w) => sum + term(w), 0)

export const checkReduction = (fn: string, reduction: Reduction): void => {
  if (Object.hasOwn(divisors, reduction)) return
  const keys = Object.values(Reduction).map((key) => `'${key}'`)
  const text = `Invalid Reduction Key ${reduction}. Key should be one of (${keys.join(', ')}).`
  throw complain('REDUCTION', fn, 'reduction', Object.keys(divisors).join(', '), reduction, text)
}
