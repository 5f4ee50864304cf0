import { add, log, mul, neg, reshape, sub, sum, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { complain } from '../../error.ts'
import type { BinaryFocalCrossentropyOptions } from '../../keras/binary-focal-crossentropy.ts'
import type { CategoricalFocalCrossentropyOptions } from '../../keras/categorical-focal-crossentropy.ts'
import { crossentropyDefaults } from '../../keras/crossentropy-options.ts'
import { sigmoidCrossEntropyWithLogits, sigmoidOf } from '../sigmoid-cross-entropy.ts'
import { probabilitiesOf } from '../softmax.ts'
import { bernoulliCrossentropy, categoricalPair, normalized } from './crossentropies.ts'
import { type LossFunction, lossFactory } from './loss-function.ts'
import { meanAlong, smoothed } from './pair.ts'
import { clipped, power } from './steady.ts'

/** y · a + (1 − y) · b */
const expected = (y: Tensor, a: Tensor | number, b: Tensor | number): Tensor =>
  add(mul(y, a), mul(sub(1, y), b))

/**
 * Binary cross-entropy in which events that are predicted well count little.
 *
 * mean w · m^γ · (−y · log p − (1 − y) · log(1 − p)), where m = y · (1 − p) + (1 − y) · p is how far the prediction misses;
 * the logarithms see p clipped to [1e-7, 1 − 1e-7] or, where predictions are logits, σ(p) without clipping
 *
 * @param options fromLogits, labelSmoothing, axis, gamma, and with applyClassBalancing the weight w: `alpha` for events that
 *   happen, 1 − `alpha` for others
 * @returns a loss of yTrue, the probability of each event, and yPred: nats, shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast, AXIS
 * @see https://keras.io/api/losses/probabilistic_losses/#binaryfocalcrossentropy-class
 */
export const binaryFocalCrossentropy: (options?: BinaryFocalCrossentropyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<BinaryFocalCrossentropyOptions>({
    name: 'binaryFocalCrossentropy',
    options: { ...crossentropyDefaults, applyClassBalancing: false, alpha: 0.25, gamma: 2 },
    compute: (given, { fromLogits, labelSmoothing, axis, applyClassBalancing, alpha, gamma }) =>
      meanAlong(axis, given, (yTrue, x) => {
        const y = smoothed(yTrue, labelSmoothing, 2)
        const crossentropy = fromLogits
          ? sigmoidCrossEntropyWithLogits({ labels: y, logits: x })
          : bernoulliCrossentropy(y, x)
        const miss = fromLogits ? expected(y, sigmoidOf(neg(x)), sigmoidOf(x)) : expected(y, sub(1, x), x)
        const loss = mul(power(miss, gamma), crossentropy)
        return applyClassBalancing ? mul(expected(y, alpha, 1 - alpha), loss) : loss
      }),
  })

/**
 * Categorical cross-entropy in which classes that are predicted well count little.
 *
 * −Σ α · y · (1 − p)^γ · log p, with p divided by its sum, or softmax(p) where predictions are logits, and clipped to
 * [1e-7, 1 − 1e-7]
 *
 * @param options fromLogits, labelSmoothing, axis, gamma, and alpha, a number or one for each class
 * @returns a loss of yTrue, a distribution for each example, and yPred of the same shape: nats, shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: AXIS, SHAPE_MISMATCH where the shapes differ or `alpha` has not a number for
 *   each class
 * @see https://keras.io/api/losses/probabilistic_losses/#categoricalfocalcrossentropy-class
 */
export const categoricalFocalCrossentropy: (options?: CategoricalFocalCrossentropyOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<CategoricalFocalCrossentropyOptions>({
    name: 'categoricalFocalCrossentropy',
    options: { ...crossentropyDefaults, alpha: 0.25, gamma: 2 },
    compute: (given, { alpha, gamma, ...options }) => {
      const { fn, yTrue, yPred, axis } = categoricalPair(given, options)
      const weights = weightsOf(fn, alpha, yPred.shape[axis]!, yPred.rank - axis)
      const p = clipped(options.fromLogits ? probabilitiesOf(yPred, { axis }) : normalized(yPred, axis))
      const costs = neg(mul(power(sub(1, p), gamma), log(p)))
      return sum(mul(mul(weights, yTrue), costs), axis)
    },
  })

/** What classes weigh, with `rank` dimensions of which they are the first. */
const weightsOf = (
  fn: string,
  alpha: number | readonly number[],
  classes: number,
  rank: number,
): Tensor | number => {
  if (typeof alpha === 'number') return alpha
  if (alpha.length !== classes)
    throw complain('SHAPE_MISMATCH', fn, 'alpha', `a number, or ${classes} of them`, `${alpha.length}`)
  return reshape(
    tensor1d([...alpha]),
    Array.from({ length: rank }, (_, k) => (k === 0 ? classes : 1)),
  )
}
