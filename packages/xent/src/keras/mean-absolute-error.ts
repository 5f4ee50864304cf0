import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOfErrors } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss('mean_absolute_error', 'MeanAbsoluteError', () =>
  meanOfErrors(Math.abs, Math.sign),
)

/**
 * The mean of the absolute errors.
 *
 * mean |y − p|
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class
 */
export const meanAbsoluteError: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The mean of the absolute errors. */
export class MeanAbsoluteError extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
