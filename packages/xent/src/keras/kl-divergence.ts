import { clip, clipSlope } from './constants.ts'
import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import { sumOf } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'

const definition = /*#__PURE__*/ plainLoss('kl_divergence', 'KLDivergence', (low) => {
  const bounds = { low, high: 1 }
  return sumOf(
    (y, p) => clip(y, bounds) * Math.log(clip(y, bounds) / clip(p, bounds)),
    (y, p) => clipSlope(y, bounds) * (Math.log(clip(y, bounds) / clip(p, bounds)) + 1),
    (y, p) => (-clipSlope(p, bounds) * clip(y, bounds)) / clip(p, bounds),
  )
})

/**
 * The Kullback-Leibler divergence of the predicted distributions from the labels.
 *
 * Σ y · log(y / p), both clipped to [1e-7, 1]
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/probabilistic_losses/#kldivergence-class
 */
export const klDivergence: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** The Kullback-Leibler divergence of the predicted distributions from the labels. */
export class KLDivergence extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
