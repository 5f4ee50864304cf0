import { type Bernoulli, bernoulliOf, bernoulliOfLogit } from './bernoulli.ts'
import { type CrossentropyOptions, crossentropyDefaults } from './crossentropy-options.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import { type LossKey, relabeled } from './pair.ts'
import { power, powerSlope } from './power.ts'
import { axisPlan, type Row } from './rows.ts'

export interface BinaryFocalCrossentropyOptions extends CrossentropyOptions {
  /** Whether events that happen weigh `alpha` and others 1 − `alpha`. Default false. */
  readonly applyClassBalancing?: boolean
  /** Default 0.25. */
  readonly alpha?: number
  /** How much less what is predicted well counts. Default 2. */
  readonly gamma?: number
}

const definition: LossDefinition<BinaryFocalCrossentropyOptions, LossKey> = {
  name: 'binary_focal_crossentropy',
  className: 'BinaryFocalCrossentropy',
  options: { ...crossentropyDefaults, applyClassBalancing: false, alpha: 0.25, gamma: 2 },
  keys: ['yTrue', 'yPred'],
  plan: (given, { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma }) => {
    const pair = relabeled(given, 1 - labelSmoothing, labelSmoothing / 2)
    const event = fromLogits ? bernoulliOfLogit : bernoulliOf(pair.compute)
    return axisPlan(pair, axis, rowOf(event, gamma, applyClassBalancing ? alpha : undefined))
  },
}

/** w · miss^γ · crossEntropy, and its derivatives by the product rule. */
const rowOf = ({ crossEntropy, miss }: Bernoulli, gamma: number, alpha: number | undefined): Row => {
  const weight = (y: number): number => (alpha === undefined ? 1 : y * alpha + (1 - y) * (1 - alpha))
  const weightSlope = alpha === undefined ? 0 : 2 * alpha - 1
  const focus = (y: number, p: number): number => power(miss.value(y, p), gamma)
  const focusSlope = (y: number, p: number): number => powerSlope(miss.value(y, p), gamma)
  return meanOf(
    (y, p) => weight(y) * focus(y, p) * crossEntropy.value(y, p),
    (y, p) => {
      const loss = crossEntropy.value(y, p)
      const slope = focusSlope(y, p) * miss.byTrue(y, p) * loss + focus(y, p) * crossEntropy.byTrue(y, p)
      return weightSlope * focus(y, p) * loss + weight(y) * slope
    },
    (y, p) =>
      weight(y) *
      (focusSlope(y, p) * miss.byPred(y, p) * crossEntropy.value(y, p) +
        focus(y, p) * crossEntropy.byPred(y, p)),
  )
}

/**
 * Binary cross-entropy in which events that are predicted well count little.
 *
 * mean w · m^γ · (−y · log p − (1 − y) · log(1 − p)), where m = y · (1 − p) + (1 − y) · p is how far the prediction misses;
 * the logarithms see p clipped to [1e-7, 1 − 1e-7] or, where predictions are logits, σ(p) without clipping
 *
 * @returns losses in nats, shape of yPred without `axis`
 * @see https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 */
export const binaryFocalCrossentropy: LossFunction<BinaryFocalCrossentropyOptions, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** Binary cross-entropy in which events that are predicted well count little. */
export class BinaryFocalCrossentropy extends DefinedLoss<BinaryFocalCrossentropyOptions, LossKey> {
  constructor(options?: ClassOptions<BinaryFocalCrossentropyOptions>) {
    super(definition, options)
  }
}
