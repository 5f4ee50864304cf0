import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss(
  'mean_absolute_percentage_error',
  'MeanAbsolutePercentageError',
  (least) => {
    const size = (y: number): number => Math.max(Math.abs(y), least)
    return meanOf(
      (y, p) => (100 * Math.abs(y - p)) / size(y),
      (y, p) => {
        const shrinking = Math.abs(y) < least ? 0 : (Math.abs(y - p) * Math.sign(y)) / size(y)
        return (100 * (Math.sign(y - p) - shrinking)) / size(y)
      },
      (y, p) => (100 * Math.sign(p - y)) / size(y),
    )
  },
)

/**
 * The mean of the absolute errors in per cent of the labels.
 *
 * 100 · mean |y − p| / max(|y|, 1e-7)
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
 */
export const meanAbsolutePercentageError: LossFunction<object, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** The mean of the absolute errors in per cent of the labels. */
export class MeanAbsolutePercentageError extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
