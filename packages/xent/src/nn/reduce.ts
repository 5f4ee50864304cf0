import { type FloatDType, isFloat } from '../tensor/dtype.ts'
import { encoded } from '../tensor/encoding.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { sizeOf } from '../tensor/shape.ts'
import { gather, runsOf, type View } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'

const BLOCK = 4096

/** The sum of all elements, in float64. */
export const sumOf = (view: View): number => {
  const runs = runsOf(view)
  const size = sizeOf(view.shape)
  const block = new Float64Array(Math.min(BLOCK, size))
  let sum = 0
  for (let from = 0; from < size; from += BLOCK) {
    const to = Math.min(from + BLOCK, size)
    gather(runs, from, to, block, 0)
    for (let k = 0; k < to - from; k++) sum += block[k]!
  }
  return sum
}

/** A quotient that is 0 where the divisor is, as TensorFlow's divide_no_nan has it. */
export const divideNoNan = (dividend: number, divisor: number): number =>
  divisor === 0 ? 0 : dividend / divisor

export const scalar = (value: number, dtype: FloatDType): FloatTensor =>
  new Tensor(encoded([value], dtype), [], dtype)

/** A float keeps its type; integers and booleans reduce to float64. */
const reducedDType = (view: View): FloatDType => (isFloat(view.dtype) ? view.dtype : 'float64')

/**
 * The mean of all elements, summed in float64.
 *
 * @returns a scalar of the argument's dtype (float64 for integers and booleans); NaN where there are no elements
 * @see https://www.tensorflow.org/api_docs/python/tf/math/reduce_mean
 */
export const reduceMean = (tensor: TensorLike): FloatTensor => {
  const view = read('reduceMean', 'tensor', tensor, 'float32')
  return scalar(sumOf(view) / sizeOf(view.shape), reducedDType(view))
}

/**
 * The sum of all elements, in float64.
 *
 * @returns a scalar of the argument's dtype (float64 for integers and booleans); 0 where there are no elements
 * @see https://www.tensorflow.org/api_docs/python/tf/math/reduce_sum
 */
export const reduceSum = (tensor: TensorLike): FloatTensor => {
  const view = read('reduceSum', 'tensor', tensor, 'float32')
  return scalar(sumOf(view), reducedDType(view))
}
