import type { Rows } from './strided.ts'

/** The place of the largest value, the first of several; undefined where a NaN leaves no order. */
export const argmax = (row: Float64Array): number | undefined => {
  let best = 0
  for (let k = 0; k < row.length; k++) {
    if (Number.isNaN(row[k])) return undefined
    if (row[k]! > row[best]!) best = k
  }
  return best
}

/** How far from 1 the sum of 16-bit probabilities may be. */
const TOLERANCE = 1e-3

/** Whether there are rows and all of them are distributions, which logits are only by mistake. */
export const areDistributions = (rows: Rows): boolean => {
  for (let k = 0; k < rows.count; k++) if (!isDistribution(rows.row(k))) return false
  return rows.count > 0
}

const isDistribution = (row: Float64Array): boolean => {
  let sum = 0
  for (const value of row) {
    if (!(value >= 0 && value <= 1)) return false
    sum += value
  }
  return Math.abs(sum - 1) <= TOLERANCE
}
