import {
  add,
  all,
  equal,
  logicalOr,
  maximum,
  mul,
  square,
  sub,
  sum,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { axisOf } from '../../keras/axes.ts'
import { type LossFunction, lossFactory, type Pair } from './loss-function.ts'
import { broadcasted, meanAlong } from './pair.ts'
import { constantOf, largest } from './steady.ts'

/** By how much a prediction misses the margin of 1 on the side of its label. */
const missed = (y: Tensor, p: Tensor): Tensor => maximum(sub(1, mul(y, p)), 0)

/** The pair with labels of −1 and 1, which 0 and 1 stand for where there is no other label. */
const withSigns = (pair: Pair): Pair => {
  const { fn, yTrue, yPred } = broadcasted(pair)
  const isBinary = constantOf(yTrue, () => all(logicalOr(equal(yTrue, 0), equal(yTrue, 1))))
  return { fn, yTrue: where(isBinary, sub(mul(2, yTrue), 1), yTrue), yPred }
}

/**
 * The mean of the margins that are missed.
 *
 * mean max(1 − y · p, 0), with y of −1 and 1; labels that are all 0 or 1 are taken for those
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/hinge_losses/#hinge-class
 */
export const hinge: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'hinge',
  options: {},
  compute: (given) => meanAlong(-1, withSigns(given), missed),
})

/**
 * The mean of the squared margins that are missed.
 *
 * mean max(1 − y · p, 0)², with y of −1 and 1; labels that are all 0 or 1 are taken for those
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/hinge_losses/#squaredhinge-class
 */
export const squaredHinge: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'squaredHinge',
  options: {},
  compute: (given) => meanAlong(-1, withSigns(given), (y, p) => square(missed(y, p))),
})

/**
 * By how much the score of the right class fails to beat that of the best wrong one by 1.
 *
 * max(0, max (1 − y) · p − Σ y · p + 1), for one-hot labels
 *
 * @returns a loss of yTrue and yPred, classes along the last axis: shape of yPred without that
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/hinge_losses/#categoricalhinge-class
 */
export const categoricalHinge: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'categoricalHinge',
  options: {},
  compute: (given) => {
    const { fn, yTrue, yPred } = broadcasted(given)
    const axis = axisOf(fn, -1, yPred.rank)
    const right = sum(mul(yTrue, yPred), axis)
    const wrong = largest(mul(sub(1, yTrue), yPred), axis)
    return maximum(add(sub(wrong, right), 1), 0)
  },
})
