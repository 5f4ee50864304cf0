import { meanSigmoidCrossEntropy } from '../nn/mean-sigmoid-cross-entropy.ts'
import { formatTuple } from '../tensor/shape.ts'
import { axisOf } from './axes.ts'
import { bernoulliOf, bernoulliOfLogit } from './bernoulli.ts'
import { type CrossentropyOptions, crossentropyDefaults } from './crossentropy-options.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { meanOf } from './elementwise.ts'
import { kernelPlan } from './kernel.ts'
import { checkSameShape, type LossKey, type Pair, relabeled } from './pair.ts'
import type { Plan } from './plan.ts'
import { axisPlan } from './rows.ts'

const definition: LossDefinition<CrossentropyOptions, LossKey> = {
  name: 'binary_crossentropy',
  className: 'BinaryCrossentropy',
  options: crossentropyDefaults,
  keys: ['yTrue', 'yPred'],
  plan: (given, { fromLogits, labelSmoothing, axis }) => {
    const pair = relabeled(given, 1 - labelSmoothing, labelSmoothing / 2)
    if (fromLogits) {
      checkLogits(pair)
      const rank = pair.yPred.shape.length
      if (axisOf(pair.fn, axis, rank) === rank - 1) return kernelMean(pair)
    }
    const event = fromLogits ? bernoulliOfLogit : bernoulliOf(pair.compute)
    const { value, byTrue, byPred } = event.crossEntropy
    return axisPlan(pair, axis, meanOf(value, byTrue, byPred))
  },
}

const checkLogits = (pair: Pair): void => {
  const [logits, labels] = [formatTuple(pair.yPred.shape), formatTuple(pair.yTrue.shape)]
  checkSameShape(
    pair,
    `\`logits\` and \`labels\` must have the same shape, received (${logits} vs ${labels}).`,
  )
}

/** Kernels sum along the last axis. */
const kernelMean = (pair: Pair): Plan => {
  const { fn, yTrue, yPred } = pair
  const args = { labels: yTrue, logits: yPred }
  return kernelPlan(pair, yPred.shape.slice(0, -1), (wrt, upstream) =>
    meanSigmoidCrossEntropy(fn, args, wrt, upstream),
  )
}

/**
 * The mean cross-entropy of events that do not exclude each other.
 *
 * mean −y · log p − (1 − y) · log(1 − p), with p clipped to [1e-7, 1 − 1e-7], or σ(p) where predictions are logits
 *
 * @param yTrue the probability of each event, say 0 or 1
 * @param yPred the predicted probabilities, or logits with `fromLogits`
 * @returns losses in nats, shape of yPred without `axis`
 * @throws XentError SHAPE_MISMATCH where the shapes do not broadcast or, for logits, differ
 * @see https://keras.io/api/losses/probabilistic_losses/#binarycrossentropy-class
 */
export const binaryCrossentropy: LossFunction<CrossentropyOptions, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** The mean cross-entropy of events that do not exclude each other. */
export class BinaryCrossentropy extends DefinedLoss<CrossentropyOptions, LossKey> {
  constructor(options?: ClassOptions<CrossentropyOptions>) {
    super(definition, options)
  }
}
