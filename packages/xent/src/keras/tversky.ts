import { axesOf } from './axes.ts'
import { epsilonOf } from './constants.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import type { DiceOptions } from './dice.ts'
import { checkSameShape, type LossKey } from './pair.ts'
import { rowsPlan } from './rows.ts'

export interface TverskyOptions extends DiceOptions {
  /** What a false positive weighs. Default 0.5. */
  readonly alpha?: number
  /** What a false negative weighs. Default 0.5. */
  readonly beta?: number
}

const definition: LossDefinition<TverskyOptions, LossKey> = {
  name: 'tversky',
  className: 'Tversky',
  options: { alpha: 0.5, beta: 0.5, axis: null },
  keys: ['yTrue', 'yPred'],
  plan: (pair, { alpha, beta, axis }) => {
    checkSameShape(pair)
    const epsilon = epsilonOf(pair.compute)
    return rowsPlan(pair, axesOf(pair.fn, axis, pair.yPred.shape.length), (t, p, { yTrue, yPred }) => {
      let common = 0
      let misses = epsilon
      for (let j = 0; j < p.length; j++) {
        common += t[j]! * p[j]!
        misses += alpha * (1 - t[j]!) * p[j]! + beta * t[j]! * (1 - p[j]!)
      }
      const all = common + misses
      const index = common / all
      for (let j = 0; j < p.length; j++) {
        if (yTrue) yTrue[j] = (index * (p[j]! - alpha * p[j]! + beta * (1 - p[j]!)) - p[j]!) / all
        if (yPred) yPred[j] = (index * (t[j]! + alpha * (1 - t[j]!) - beta * t[j]!) - t[j]!) / all
      }
      return 1 - index
    })
  },
}

/**
 * How little of two regions overlaps, with weights for what is too much and too little.
 *
 * 1 − TP / (TP + α FP + β FN + 1e-7), with TP = Σ y · p, FP = Σ (1 − y) · p, FN = Σ y · (1 − p)
 *
 * @returns losses, shape of yPred without `axis`
 * @throws XentError SHAPE_MISMATCH where the shapes differ
 * @see https://arxiv.org/abs/1706.05721
 */
export const tversky: LossFunction<TverskyOptions, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** How little of two regions overlaps, with weights for what is too much and too little. */
export class Tversky extends DefinedLoss<TverskyOptions, LossKey> {
  constructor(options?: ClassOptions<TverskyOptions>) {
    super(definition, options)
  }
}
