import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOfErrors } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss('mean_squared_error', 'MeanSquaredError', () =>
  meanOfErrors(
    (error) => error ** 2,
    (error) => 2 * error,
  ),
)

/**
 * The mean of the squared errors.
 *
 * mean (y − p)²
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#meansquarederror-class
 */
export const meanSquaredError: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The mean of the squared errors. */
export class MeanSquaredError extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
