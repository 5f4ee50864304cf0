/** Scores of an example's classes as numbers that sum to 1. */
export interface Shares {
  readonly shares: Float64Array
  /** Turns, in place, derivatives by the shares into those by the scores. */
  readonly pullBack: (slopes: Float64Array) => void
}

/** Each score divided by their sum; NaN where that is 0. */
export const normalized = (scores: Float64Array): Shares => {
  const sum = scores.reduce((total, score) => total + score, 0)
  const shares = scores.map((score) => score / sum)
  return { shares, pullBack: (slopes) => pullBack(slopes, shares, () => 1 / sum) }
}

/** The softmax of the scores. */
export const softmaxed = (logits: Float64Array): Shares => {
  const largest = logits.reduce((most, logit) => Math.max(most, logit), Number.NEGATIVE_INFINITY)
  const { shares } = normalized(logits.map((logit) => Math.exp(logit - largest)))
  return { shares, pullBack: (slopes) => pullBack(slopes, shares, (j) => shares[j]!) }
}

const pullBack = (slopes: Float64Array, shares: Float64Array, factor: (j: number) => number): void => {
  const mean = slopes.reduce((sum, slope, j) => sum + slope * shares[j]!, 0)
  for (let j = 0; j < slopes.length; j++) slopes[j] = factor(j) * (slopes[j]! - mean)
}
