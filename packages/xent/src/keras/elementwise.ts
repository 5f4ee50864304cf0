import type { Row } from './rows.ts'

/** A function of one label and one prediction. */
export type Element = (y: number, p: number) => number

/**
 * The sum over an example's elements.
 *
 * @param byTrue the derivative by the label
 * @param byPred the derivative by the prediction
 */
export const sumOf =
  (value: Element, byTrue: Element, byPred: Element): Row =>
  (t, p, { yTrue, yPred }) => {
    if (yTrue) for (let j = 0; j < p.length; j++) yTrue[j] = byTrue(t[j]!, p[j]!)
    if (yPred) for (let j = 0; j < p.length; j++) yPred[j] = byPred(t[j]!, p[j]!)
    let sum = 0
    for (let j = 0; j < p.length; j++) sum += value(t[j]!, p[j]!)
    return sum
  }

/** The mean over an example's elements; NaN where there are none. */
export const meanOf = (value: Element, byTrue: Element, byPred: Element): Row => {
  const sum = sumOf(value, byTrue, byPred)
  return (t, p, slopes, k) => {
    const size = p.length
    const total = sum(t, p, slopes, k)
    const { yTrue, yPred } = slopes
    if (yTrue) for (let j = 0; j < size; j++) yTrue[j]! /= size
    if (yPred) for (let j = 0; j < size; j++) yPred[j]! /= size
    return total / size
  }
}

/** The mean of a function of the errors p − y. */
export const meanOfErrors = (value: (error: number) => number, slope: (error: number) => number): Row =>
  meanOf(
    (y, p) => value(p - y),
    (y, p) => -slope(p - y),
    (y, p) => slope(p - y),
  )
