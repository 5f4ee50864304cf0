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
  name: 'poisson',
  className: 'Poisson',
  options: {},
  keys: ['yTrue', 'yPred'],
  plan: (pair) => {
    const epsilon = epsilonOf(pair.compute)
    return axisPlan(
      pair,
      -1,
      meanOf(
        (y, p) => p - y * Math.log(p + epsilon),
        (_, p) => -Math.log(p + epsilon),
        (y, p) => 1 - y / (p + epsilon),
      ),
    )
  },
}

/**
 * The negative log-likelihood of counts under Poisson distributions of the predicted rates, without its constant.
 *
 * mean p − y · log(p + 1e-7)
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/probabilistic_losses/#poisson-class
 */
export const poisson: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The negative log-likelihood of counts under Poisson distributions of the predicted rates. */
export class Poisson extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
