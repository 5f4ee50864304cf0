import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import { withSigns } from './hinge-labels.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss(
  'squared_hinge',
  'SquaredHinge',
  () =>
    meanOf(
      (y, p) => Math.max(1 - y * p, 0) ** 2,
      (y, p) => -2 * p * Math.max(1 - y * p, 0),
      (y, p) => -2 * y * Math.max(1 - y * p, 0),
    ),
  withSigns,
)

/**
 * The mean of the squared margins that are missed.
 *
 * mean max(1 − y · p, 0)², with y of −1 and 1; labels that are all 0 or 1 are taken for those
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/hinge_losses/#squaredhinge-class
 */
export const squaredHinge: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The mean of the squared margins that are missed. */
export class SquaredHinge extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
