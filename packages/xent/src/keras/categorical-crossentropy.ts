import { valueAndGrad } from '../nn/differentiable.ts'
import { softmaxCrossEntropyWithLogits } from '../nn/softmax-cross-entropy.ts'
import { withoutAxis } from '../tensor/shape.ts'
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
import { kernelPlan } from './kernel.ts'
import type { LossKey } from './pair.ts'
import { axisPlan, type Row } from './rows.ts'
import { normalized } from './shares.ts'

const name = 'categorical_crossentropy'

const definition: LossDefinition<CrossentropyOptions, LossKey> = {
  name,
  className: 'CategoricalCrossentropy',
  options: crossentropyDefaults,
  keys: ['yTrue', 'yPred'],
  plan: (given, options) => {
    const { pair, axis } = categoricalPair(name, given, options)
    if (!options.fromLogits) return axisPlan(pair, axis, rowOf(boundsOf(pair.compute)))
    const args = { labels: pair.yTrue, logits: pair.yPred, axis }
    return kernelPlan(pair, withoutAxis(pair.yPred.shape, axis), (wrt, upstream) =>
      valueAndGrad(softmaxCrossEntropyWithLogits, wrt)(args, { upstream }),
    )
  },
}

const rowOf =
  (bounds: Bounds): Row =>
  (t, p, { yTrue, yPred }) => {
    const { shares, pullBack } = normalized(p)
    let loss = 0
    for (let j = 0; j < shares.length; j++) loss -= t[j]! * Math.log(clip(shares[j]!, bounds))
    if (yTrue) for (let j = 0; j < shares.length; j++) yTrue[j] = -Math.log(clip(shares[j]!, bounds))
    if (yPred) {
      for (let j = 0; j < shares.length; j++)
        yPred[j] = (-clipSlope(shares[j]!, bounds) * t[j]!) / clip(shares[j]!, bounds)
      pullBack(yPred)
    }
    return loss
  }

/**
 * Cross-entropy between distributions over classes that exclude each other.
 *
 * −Σ y · log p, with p divided by its sum and clipped to [1e-7, 1 − 1e-7], or softmax(p) where predictions are logits
 *
 * @param yTrue a distribution for each example, say one-hot; the shape of yPred
 * @param yPred the predicted probabilities, or logits with `fromLogits`
 * @returns losses in nats, shape of yPred without `axis`
 * @throws XentError SHAPE_MISMATCH where the shapes differ, AXIS
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalcrossentropy-class
 */
export const categoricalCrossentropy: LossFunction<CrossentropyOptions, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/**
 * Cross-entropy between distributions over classes that exclude each other.
 *
 * @example new CategoricalCrossentropy()([[0, 1, 0]], [[0.05, 0.95, 0]]).item() // 0.051293306
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/losses/CategoricalCrossentropy
 */
export class CategoricalCrossentropy extends DefinedLoss<CrossentropyOptions, LossKey> {
  constructor(options?: ClassOptions<CrossentropyOptions>) {
    super(definition, options)
  }
}
