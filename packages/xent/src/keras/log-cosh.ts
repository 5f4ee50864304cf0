import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOfErrors } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

/** Small errors have cosh near 1, whose distance from 1 is 2 sinh²(x/2); of large ones cosh would overflow. */
const logOfCosh = (x: number): number =>
  Math.abs(x) < 1
    ? Math.log1p(2 * Math.sinh(x / 2) ** 2)
    : Math.abs(x) + Math.log1p(Math.exp(-2 * Math.abs(x))) - Math.LN2

const definition = /*#__PURE__*/ plainLoss('log_cosh', 'LogCosh', () => meanOfErrors(logOfCosh, Math.tanh))

/**
 * The mean of log cosh of the errors: about e²/2 for small ones and |e| − log 2 for large ones.
 *
 * mean log cosh(p − y)
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#logcosh-class
 */
export const logCosh: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The mean of log cosh of the errors. */
export class LogCosh extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
