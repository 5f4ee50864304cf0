import type { ComputeDType } from '../tensor/dtype.ts'
import { boundsOf, clip, clipSlope } from './constants.ts'
import type { Element } from './elementwise.ts'
import { softplus } from './softplus.ts'

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
  return {
    crossEntropy: {
      value: (y, p) => {
        const kept = clip(p, bounds)
        return expected(y, kept, costOfMiss, costOfHit)
      },
      byTrue: (_, p) => {
        const kept = clip(p, bounds)
        return costOfHit(kept) - costOfMiss(kept)
      },
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

/** What it costs to give the probability p to what happened, and to what did not. */
const costOfHit = (p: number): number => -Math.log(p)
const costOfMiss = (p: number): number => -Math.log1p(-p)

const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))
const softplusOfNegative = (x: number): number => softplus(-x)

/** (1 − y) · a(x) + y · b(x), without a term whose factor is 0: what surely does not happen costs nothing. */
const expected = (y: number, x: number, a: (x: number) => number, b: (x: number) => number): number => {
  if (y === 0) return a(x)
  return y === 1 ? b(x) : (1 - y) * a(x) + y * b(x)
}

/** Predicted by the logit of its probability. */
export const bernoulliOfLogit: Bernoulli = {
  crossEntropy: {
    value: (y, x) => expected(y, x, softplus, softplusOfNegative),
    byTrue: (_, x) => -x,
    byPred: (y, x) => (1 - y) * sigmoid(x) - y * sigmoid(-x),
  },
  miss: {
    value: (y, x) => y * sigmoid(-x) + (1 - y) * sigmoid(x),
    byTrue: (_, x) => sigmoid(-x) - sigmoid(x),
    byPred: (y, x) => (1 - 2 * y) * sigmoid(x) * sigmoid(-x),
  },
}
