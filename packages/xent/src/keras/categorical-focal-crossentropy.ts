import { complain } from '../error.ts'
import { categoricalPair } from './categorical.ts'
import { type Bounds, boundsOf, clip, clipSlope } from './constants.ts'
import { type CrossentropyOptions, crossentropyDefaults } from './crossentropy-options.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import type { LossKey } from './pair.ts'
import { power, powerSlope } from './power.ts'
import { axisPlan, type Row } from './rows.ts'
import { normalized, type Shares, softmaxed } from './shares.ts'

export interface CategoricalFocalCrossentropyOptions extends CrossentropyOptions {
  /** The weight of every class, or of each. Default 0.25. */
  readonly alpha?: number | readonly number[]
  /** How much less what is predicted well counts. Default 2. */
  readonly gamma?: number
}

const name = 'categorical_focal_crossentropy'

const definition: LossDefinition<CategoricalFocalCrossentropyOptions, LossKey> = {
  name,
  className: 'CategoricalFocalCrossentropy',
  options: { ...crossentropyDefaults, alpha: 0.25, gamma: 2 },
  keys: ['yTrue', 'yPred'],
  plan: (given, options) => {
    const { pair, axis, classes } = categoricalPair(name, given, options)
    const weights = weightsOf(pair.fn, options.alpha, classes)
    const sharesOf = options.fromLogits ? softmaxed : normalized
    return axisPlan(pair, axis, rowOf(sharesOf, boundsOf(pair.compute), weights, options.gamma))
  },
}

const weightsOf = (fn: string, alpha: number | readonly number[], classes: number): readonly number[] => {
  if (typeof alpha === 'number') return new Array<number>(classes).fill(alpha)
  if (alpha.length === classes) return alpha
  throw complain('SHAPE_MISMATCH', fn, 'alpha', `a number, or ${classes} of them`, `${alpha.length}`)
}

const rowOf =
  (
    sharesOf: (scores: Float64Array) => Shares,
    bounds: Bounds,
    alpha: readonly number[],
    gamma: number,
  ): Row =>
  (t, p, { yTrue, yPred }) => {
    const { shares, pullBack } = sharesOf(p)
    let loss = 0
    for (let j = 0; j < shares.length; j++) {
      const kept = clip(shares[j]!, bounds)
      const cost = -alpha[j]! * power(1 - kept, gamma) * Math.log(kept)
      loss += t[j]! * cost
      if (yTrue) yTrue[j] = cost
      if (yPred) {
        const slope = powerSlope(1 - kept, gamma) * Math.log(kept) - power(1 - kept, gamma) / kept
        yPred[j] = clipSlope(shares[j]!, bounds) * t[j]! * alpha[j]! * slope
      }
    }
    if (yPred) pullBack(yPred)
    return loss
  }

/**
 * Categorical cross-entropy in which classes that are predicted well count little.
 *
 * −Σ α · y · (1 − p)^γ · log p, with p divided by its sum, or softmax(p) where predictions are logits, and clipped to
 * [1e-7, 1 − 1e-7]
 *
 * @returns losses in nats, shape of yPred without `axis`
 * @throws XentError SHAPE_MISMATCH where the shapes differ or `alpha` has not a number for each class
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 */
export const categoricalFocalCrossentropy: LossFunction<CategoricalFocalCrossentropyOptions, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** Categorical cross-entropy in which classes that are predicted well count little. */
export class CategoricalFocalCrossentropy extends DefinedLoss<CategoricalFocalCrossentropyOptions, LossKey> {
  constructor(options?: ClassOptions<CategoricalFocalCrossentropyOptions>) {
    super(definition, options)
  }
}
