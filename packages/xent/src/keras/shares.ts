/** Scores of an example's classes as numbers that sum to 1. */
export interface Shares {
  readonly shares: Float64Array
  /** Turns, in place, derivatives by the shares into those by the scores. */
  readonly pullBack: (slopes: Float64Array) => void
}

/** Each score divided by their sum; NaN where that is 0. */
export const normalized = (scores: Float64Array): Shares => {
  let sum = 0
  for (let j = 0; j < scores.length; j++) sum += scores[j]!
  const shares = new Float64Array(scores.length)
  for (let j = 0; j < scores.length; j++) shares[j] = scores[j]! / sum
  const pullBack = (slopes: Float64Array): void => {
    const mean = meanOf(slopes, shares)
    for (let j = 0; j < slopes.length; j++) slopes[j] = (slopes[j]! - mean) / sum
  }
  return { shares, pullBack }
}

/** The softmax of the scores. */
export const softmaxed = (logits: Float64Array): Shares => {
  let largest = Number.NEGATIVE_INFINITY
  for (let j = 0; j < logits.length; j++) largest = Math.max(largest, logits[j]!)
  const odds = new Float64Array(logits.length)
  for (let j = 0; j < logits.length; j++) odds[j] = Math.exp(logits[j]! - largest)
  const { shares } = normalized(odds)
  const pullBack = (slopes: Float64Array): void => {
    const mean = meanOf(slopes, shares)
    for (let j = 0; j < slopes.length; j++) slopes[j] = shares[j]! * (slopes[j]! - mean)
  }
  return { shares, pullBack }
}

const meanOf = (slopes: Float64Array, shares: Float64Array): number => {
  let mean = 0
  for (let j = 0; j < slopes.length; j++) mean += slopes[j]! * shares[j]!
  return mean
}
