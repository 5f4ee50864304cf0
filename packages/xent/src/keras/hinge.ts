import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import { withSigns } from './hinge-labels.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss(
  'hinge',
  'Hinge',
  () =>
    meanOf(
      (y, p) => Math.max(1 - y * p, 0),
      (y, p) => (1 - y * p < 0 ? 0 : -p),
      (y, p) => (1 - y * p < 0 ? 0 : -y),
    ),
  withSigns,
)

/**
 * The mean of the margins that are missed.
 *
 * mean max(1 − y · p, 0), with y of −1 and 1; labels that are all 0 or 1 are taken for those
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/hinge_losses/#hinge-class
 */
export const hinge: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The mean of the margins that are missed. */
export class Hinge extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
