import { axesOf } from './axes.ts'
import { epsilonOf } from './constants.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { checkSameShape, type LossKey } from './pair.ts'
import { rowsPlan } from './rows.ts'

export interface DiceOptions {
  /** The axis or axes of one region. Default null, all: the loss of a batch is one number. */
  readonly axis?: number | readonly number[] | null
}

const definition: LossDefinition<DiceOptions, LossKey> = {
  name: 'dice',
  className: 'Dice',
  options: { axis: null },
  keys: ['yTrue', 'yPred'],
  plan: (pair, { axis }) => {
    checkSameShape(pair)
    const epsilon = epsilonOf(pair.compute)
    return rowsPlan(pair, axesOf(pair.fn, axis, pair.yPred.shape.length), (t, p, { yTrue, yPred }) => {
      let common = 0
      let all = epsilon
      for (let j = 0; j < p.length; j++) {
        common += t[j]! * p[j]!
        all += t[j]! + p[j]!
      }
      const overlap = (2 * common) / all
      for (let j = 0; j < p.length; j++) {
        if (yTrue) yTrue[j] = (overlap - 2 * p[j]!) / all
        if (yPred) yPred[j] = (overlap - 2 * t[j]!) / all
      }
      return 1 - overlap
    })
  },
}

/**
 * How little of two regions overlaps, for segmentation.
 *
 * 1 − 2 Σ y · p / (Σ y + Σ p + 1e-7)
 *
 * @returns losses, shape of yPred without `axis`
 * @throws XentError SHAPE_MISMATCH where the shapes differ
 * @see https://keras.io/api/losses/segmentation_losses
 */
export const dice: LossFunction<DiceOptions, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** How little of two regions overlaps, for segmentation. */
export class Dice extends DefinedLoss<DiceOptions, LossKey> {
  constructor(options?: ClassOptions<DiceOptions>) {
    super(definition, options)
  }
}
