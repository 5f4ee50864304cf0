import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss(
  'mean_squared_logarithmic_error',
  'MeanSquaredLogarithmicError',
  (least) => {
    const log = (x: number): number => Math.log1p(Math.max(x, least))
    const slope = (x: number): number => (x < least ? 0 : 1 / (1 + x))
    return meanOf(
      (y, p) => (log(y) - log(p)) ** 2,
      (y, p) => 2 * (log(y) - log(p)) * slope(y),
      (y, p) => 2 * (log(p) - log(y)) * slope(p),
    )
  },
)

/**
 * The mean of the squared differences of logarithms, for numbers that are not negative.
 *
 * mean (log(1 + max(y, 1e-7)) − log(1 + max(p, 1e-7)))²
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
 */
export const meanSquaredLogarithmicError: LossFunction<object, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** The mean of the squared differences of logarithms, for numbers that are not negative. */
export class MeanSquaredLogarithmicError extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
