import { add, mean, mul, reshape, type Tensor } from '@tensorflow/tfjs-core'
import { complain } from '../../error.ts'
import { axisOf } from '../../keras/axes.ts'
import { commonShape } from '../../nn/common-shape.ts'
import { formatShape, formatTuple, sameShape } from '../../tensor/shape.ts'
import { broadcast, floatsOf } from '../arguments.ts'
import type { Pair } from './loss-function.ts'

/**
 * Where the ranks differ by one, a last dimension of 1 is dropped, but predictions of one more dimension that is not 1 are
 * left alone: their labels may be class indices.
 */
export const matched = ({ fn, yTrue, yPred }: Pair): Pair => {
  const more = yPred.rank - yTrue.rank
  return {
    fn,
    yTrue: more === -1 && yTrue.shape.at(-1) === 1 ? squeezeLast(yTrue) : yTrue,
    yPred: more === 1 && yPred.shape.at(-1) === 1 ? squeezeLast(yPred) : yPred,
  }
}

const squeezeLast = (tensor: Tensor): Tensor => reshape(tensor, tensor.shape.slice(0, -1))

/** Labels as float32 and predictions, broadcast against each other. */
export const broadcasted = (given: Pair): Pair => {
  const { fn, yTrue, yPred } = matched(given)
  const shape = commonShape(fn, 'yTrue', yTrue.shape, yPred.shape, 'yPred')
  const labels = floatsOf(fn, 'yTrue', yTrue)
  return { fn, yTrue: broadcast(labels, shape), yPred: broadcast(yPred, shape) }
}

/** Labels as float32 and predictions, which have to have the same shape. */
export const sameShaped = (given: Pair): Pair => {
  const { fn, yTrue, yPred } = matched(given)
  if (sameShape(yTrue.shape, yPred.shape)) return { fn, yTrue: floatsOf(fn, 'yTrue', yTrue), yPred }
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    'yTrue',
    `the shape of yPred, ${formatShape(yPred.shape)}`,
    formatShape(yTrue.shape),
    `Shapes ${formatTuple(yTrue.shape)} and ${formatTuple(yPred.shape)} are incompatible`,
  )
}

/** Labels of which a part is spread evenly over so many values as there are. */
export const smoothed = (labels: Tensor, smoothing: number, values: number): Tensor =>
  smoothing === 0 ? labels : add(mul(labels, 1 - smoothing), smoothing / (values || 1))

/** The mean of a function of each label and prediction along an axis of [-rank, rank). */
export const meanAlong = (
  axis: number,
  given: Pair,
  elements: (yTrue: Tensor, yPred: Tensor) => Tensor,
): Tensor => {
  const { fn, yTrue, yPred } = broadcasted(given)
  const classAxis = axisOf(fn, axis, yPred.rank)
  return mean(elements(yTrue, yPred), classAxis)
}
