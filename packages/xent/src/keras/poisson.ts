import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss('poisson', 'Poisson', (epsilon) =>
  meanOf(
    (y, p) => p - y * Math.log(p + epsilon),
    (_, p) => -Math.log(p + epsilon),
    (y, p) => 1 - y / (p + epsilon),
  ),
)

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
