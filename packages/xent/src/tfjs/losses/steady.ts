// Functions whose derivatives TensorFlow.js has otherwise, or not at all.
import {
  add,
  cast,
  clipByValue,
  customGrad,
  div,
  equal,
  exp,
  log,
  max,
  mul,
  pow,
  reshape,
  scalar,
  sign,
  square,
  sub,
  sum,
  type Tensor,
  where,
  zeros,
} from '@tensorflow/tfjs-core'
import { type Bounds, boundsOf, epsilonOf } from '../../keras/constants.ts'

/** Keras' fuzz factor, 1e-7, in float32. */
export const epsilon: number = /*#__PURE__*/ epsilonOf('float32')

/** Something that is computed of a tensor and taken for constant: TensorFlow.js has no gradients of comparisons. */
export const constantOf = (x: Tensor, compute: () => Tensor): Tensor => {
  const { shape } = x
  return customGrad(() => ({ value: compute(), gradFunc: () => zeros(shape) }))(x)
}

/** |x|, with the derivative 0 at 0. */
export const absolute = (x: Tensor): Tensor => mul(x, sign(x))

/** x^exponent, with the derivative 0 for the exponent 0, also at 0. */
export const power = (x: Tensor, exponent: number): Tensor => {
  if (exponent === 0) return scalar(1)
  return exponent === 2 ? square(x) : pow(x, exponent)
}

/** Probabilities that have a finite logarithm. */
export const clipped = (probabilities: Tensor, { low, high }: Bounds = boundsOf('float32')): Tensor =>
  clipByValue(probabilities, low, high)

/** The largest number along an axis, the derivative shared among equals. */
export const largest = (x: Tensor, axis: number): Tensor => {
  const isLargest = constantOf(x, () => equal(x, max(x, axis, true)))
  return div(sum(where(isLargest, x, 0), axis), sum(cast(isLargest, 'float32'), axis))
}

/** log Σ exp(x) along an axis. */
export const logSumExp = (x: Tensor, axis: number): Tensor => {
  const most = constantOf(x, () => max(x, axis, true))
  const total = sum(exp(sub(x, most)), axis)
  return add(log(total), reshape(most, total.shape))
}

/**
 * log 0 for sums of exponentials: finite, so that it may be subtracted from itself, and such that also a thousand of them are
 * above −1e20, where `max` on webgl ends.
 */
export const logOfNothing: number = -1e15
