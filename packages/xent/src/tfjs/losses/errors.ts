import {
  add,
  clipByValue,
  div,
  less,
  log1p,
  maximum,
  mul,
  sinh,
  square,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import type { HuberOptions } from '../../keras/huber.ts'
import { softplusOf } from '../sigmoid-cross-entropy.ts'
import { type LossFunction, lossFactory } from './loss-function.ts'
import { meanAlong } from './pair.ts'
import { absolute, constantOf, epsilon } from './steady.ts'

/**
 * The mean of the squared errors.
 *
 * mean (y − p)²
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis, in the square of their unit
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#meansquarederror-class
 */
export const meanSquaredError: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'meanSquaredError',
  options: {},
  compute: (given) => meanAlong(-1, given, (y, p) => square(sub(p, y))),
})

/**
 * The mean of the absolute errors.
 *
 * mean |y − p|
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis, in their unit
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#meanabsoluteerror-class
 */
export const meanAbsoluteError: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'meanAbsoluteError',
  options: {},
  compute: (given) => meanAlong(-1, given, (y, p) => absolute(sub(p, y))),
})

/**
 * The mean of the absolute errors in per cent of the labels.
 *
 * 100 · mean |y − p| / max(|y|, 1e-7)
 *
 * @returns a loss of yTrue and yPred: per cent, shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#meanabsolutepercentageerror-class
 */
export const meanAbsolutePercentageError: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'meanAbsolutePercentageError',
  options: {},
  compute: (given) =>
    mul(
      100,
      meanAlong(-1, given, (y, p) => div(absolute(sub(y, p)), maximum(absolute(y), epsilon))),
    ),
})

const logOf = (x: Tensor): Tensor => log1p(maximum(x, epsilon))

/**
 * The mean of the squared differences of logarithms, for numbers that are not negative.
 *
 * mean (log(1 + max(y, 1e-7)) − log(1 + max(p, 1e-7)))²
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#meansquaredlogarithmicerror-class
 */
export const meanSquaredLogarithmicError: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'meanSquaredLogarithmicError',
  options: {},
  compute: (given) => meanAlong(-1, given, (y, p) => square(sub(logOf(y), logOf(p)))),
})

/** With c the error e, but at most δ from 0: e²/2 where |e| ≤ δ, else δ|e| − δ²/2. */
const bent = (error: Tensor, delta: number): Tensor => {
  const near = clipByValue(error, -delta, delta)
  return mul(near, sub(error, div(near, 2)))
}

/**
 * Squared errors where they are small, absolute errors where they are large.
 *
 * mean of e²/2 where |e| ≤ δ, else δ|e| − δ²/2, with e = y − p
 *
 * @param options delta, δ
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#huber-class
 */
export const huber: (options?: HuberOptions) => LossFunction = /*#__PURE__*/ lossFactory<HuberOptions>({
  name: 'huber',
  options: { delta: 1 },
  compute: (given, { delta }) => meanAlong(-1, given, (y, p) => bent(sub(p, y), delta)),
})

/** Small errors have cosh near 1, whose distance from 1 is 2 sinh²(x/2); of large ones cosh would overflow. */
const logOfCosh = (error: Tensor): Tensor => {
  const size = absolute(error)
  const isSmall = constantOf(size, () => less(size, 1))
  // large errors must not overflow where they are not used either: 0 times infinity is no gradient
  const small = log1p(mul(2, square(sinh(div(clipByValue(error, -1, 1), 2)))))
  const large = sub(add(size, softplusOf(mul(-2, size))), Math.LN2)
  return where(isSmall, small, large)
}

/**
 * The mean of log cosh of the errors: about e²/2 for small ones and |e| − log 2 for large ones.
 *
 * mean log cosh(p − y)
 *
 * @returns a loss of yTrue and yPred: shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/regression_losses/#logcosh-class
 */
export const logCosh: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'logCosh',
  options: {},
  compute: (given) => meanAlong(-1, given, (y, p) => logOfCosh(sub(p, y))),
})
