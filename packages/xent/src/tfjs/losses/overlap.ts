import { add, div, mul, sub, sum, type Tensor } from '@tensorflow/tfjs-core'
import { axesOf } from '../../keras/axes.ts'
import type { DiceOptions } from '../../keras/dice.ts'
import type { TverskyOptions } from '../../keras/tversky.ts'
import { type LossFunction, lossFactory } from './loss-function.ts'
import { sameShaped } from './pair.ts'
import { epsilon } from './steady.ts'

/**
 * How little of two regions overlaps, for segmentation.
 *
 * 1 − 2 Σ y · p / (Σ y + Σ p + 1e-7)
 *
 * @param options axis, the axis or axes of one region: null, all, makes one number of a batch
 * @returns a loss of yTrue and yPred of the same shape: shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes differ, AXIS
 * @see https://keras.io/api/losses/segmentation_losses
 */
export const dice: (options?: DiceOptions) => LossFunction = /*#__PURE__*/ lossFactory<DiceOptions>({
  name: 'dice',
  options: { axis: null },
  compute: (given, { axis }) => {
    const { fn, yTrue, yPred } = sameShaped(given)
    const axes = axesOf(fn, axis, yPred.rank)
    const all = add(add(sum(yTrue, axes), sum(yPred, axes)), epsilon)
    return sub(1, div(mul(2, sum(mul(yTrue, yPred), axes)), all))
  },
})

/**
 * How little of two regions overlaps, with weights for what is too much and too little.
 *
 * 1 − TP / (TP + α FP + β FN + 1e-7), with TP = Σ y · p, FP = Σ (1 − y) · p, FN = Σ y · (1 − p)
 *
 * @param options alpha, beta, and axis, the axis or axes of one region: null, all, makes one number of a batch
 * @returns a loss of yTrue and yPred of the same shape: shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes differ, AXIS
 * @see https://arxiv.org/abs/1706.05721
 */
export const tversky: (options?: TverskyOptions) => LossFunction = /*#__PURE__*/ lossFactory<TverskyOptions>({
  name: 'tversky',
  options: { alpha: 0.5, beta: 0.5, axis: null },
  compute: (given, { alpha, beta, axis }) => {
    const { fn, yTrue, yPred } = sameShaped(given)
    const axes = axesOf(fn, axis, yPred.rank)
    const common = (a: Tensor, b: Tensor): Tensor => sum(mul(a, b), axes)
    const hits = common(yTrue, yPred)
    const tooMuch = mul(alpha, common(sub(1, yTrue), yPred))
    const tooLittle = mul(beta, common(yTrue, sub(1, yPred)))
    return sub(1, div(hits, add(add(hits, add(tooMuch, tooLittle)), epsilon)))
  },
})
