import { epsilonOf } from './constants.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { axisPlan } from './rows.ts'

const definition: LossDefinition<object, LossKey> = {
  name: 'mean_absolute_percentage_error',
  className: 'MeanAbsolutePercentageError',
  options: {},
  keys: ['yTrue', 'yPred'],
  plan: (pair) => {
    const least = epsilonOf(pair.compute)
    const size = (y: number): number => Math.max(Math.abs(y), least)
    return axisPlan(
      pair,
      -1,
      meanOf(
        (y, p) => (100 * Math.abs(y - p)) / size(y),
        (y, p) => {
          const shrinking = Math.abs(y) < least ? 0 : (Math.abs(y - p) * Math.sign(y)) / size(y)
          return (100 * (Math.sign(y - p) - shrinking)) / size(y)
        },
        (y, p) => (100 * Math.sign(p - y)) / size(y),
      ),
    )
  },
}

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
