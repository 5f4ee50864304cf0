import type { ComputeDType } from '../tensor/dtype.ts'
import { boundsOf, clip, clipSlope } from './constants.ts'
import type { Element } from './elementwise.ts'

/** A function of a label and a prediction, and its derivatives. */
export interface Smooth {
  readonly value: Element
  readonly byTrue: Element
  readonly byPred: Element
}

/** An event that is predicted, and labelled with its probability. */
export interface Bernoulli {
  readonly crossEntropy: Smooth
  /** The probability that the prediction gives to what did not happen. */
  readonly miss: Smooth
}

/** Predicted by its probability, whose logarithm is taken of what is clipped. */
export const bernoulliOf = (compute: ComputeDType): Bernoulli => {
  const bounds = boundsOf(compute)
  const log = (p: number): number => Math.log(clip(p, bounds))
  const logOfRest = (p: number): number => Math.log1p(-clip(p, bounds))
  return {
    crossEntropy: {
      value: (y, p) => -y * log(p) - (1 - y) * logOfRest(p),
      byTrue: (_, p) => logOfRest(p) - log(p),
      byPred: (y, p) => {
        const kept = clip(p, bounds)
        return clipSlope(p, bounds) * ((1 - y) / (1 - kept) - y / kept)
      },
    },
    miss: {
      value: (y, p) => y * (1 - p) + (1 - y) * p,
      byTrue: (_, p) => 1 - 2 * p,
      byPred: (y) => 1 - 2 * y,
    },
  }
}

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** 0 · ∞ is 0: what surely does not happen costs nothing. */
const times = (weight: number, cost: number): number => (weight === 0 ? 0 : weight * cost)

/** Predicted by the logit of its probability. */
export const bernoulliOfLogit: Bernoulli = {
  crossEntropy: {
    value: (y, x) => times(1 - y, softplus(x)) + times(y, softplus(-x)),
    byTrue: (_, x) => -x,
    byPred: (y, x) => (1 - y) * sigmoid(x) - y * sigmoid(-x),
  },
  miss: {
    value: (y, x) => y * sigmoid(-x) + (1 - y) * sigmoid(x),
    byTrue: (_, x) => sigmoid(-x) - sigmoid(x),
    byPred: (y, x) => (1 - 2 * y) * sigmoid(x) * sigmoid(-x),
  },
}
