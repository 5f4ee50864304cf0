import {
  argMax,
  cast,
  clipByValue,
  gather,
  mean,
  mul,
  reshape,
  type Tensor,
  tensor1d,
} from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { formatShape } from '../tensor/shape.ts'

/** Weights of the classes by their indices; a class without one counts once. */
export type ClassWeight = Readonly<Record<number, number>>

/**
 * The weights of an output's examples or, where there are class weights or weights of that shape, of their losses.
 *
 * @param labels class indices, one-hot or of one class, as they are compared with the predictions
 * @param shape of the predictions
 * @param isSparse whether labels are class indices
 */
export const lossWeights = (
  labels: Tensor,
  shape: readonly (number | null)[],
  isSparse: boolean,
  sampleWeight: Tensor | null | undefined,
  classWeight: ClassWeight | null | undefined,
): Tensor | undefined => {
  const bySample = sampleWeight && checked(labels.shape[0]!, sampleWeight)
  const byClass = classWeight && weightsOfClasses(labels, shape, isSparse, classWeight)
  if (bySample && byClass) {
    const dimensions = Array<number>(Math.max(0, byClass.rank - bySample.rank)).fill(1)
    return mul(reshape(bySample, [...bySample.shape, ...dimensions]), byClass)
  }
  // a new tensor, because TensorFlow.js disposes it
  return byClass ?? (bySample ? reshape(bySample, bySample.shape) : undefined)
}

/** Losses as weights of a rank, if there are any, multiply them: those of an example that has one weight become their mean. */
export const alignedWith = (rank: number | undefined, losses: Tensor): Tensor => {
  if (rank === undefined || rank === losses.rank) return losses
  if (rank === 1 && losses.rank > 1) return mean(reshape(losses, [losses.shape[0]!, -1]), 1)
  throw complain(
    'SHAPE_MISMATCH',
    'fit',
    'the loss',
    rank === 1 ? 'a value for each example' : `values of rank ${rank}, that of the weights`,
    `shape ${formatShape(losses.shape)}`,
  )
}

const checked = (batch: number, weights: Tensor): Tensor => {
  if (weights.shape[0] === batch) return cast(weights, 'float32')
  throw complain(
    'SHAPE_MISMATCH',
    'fit',
    'sampleWeight',
    `a weight for each of the ${batch} examples, or for each of their losses`,
    `shape ${formatShape(weights.shape)}`,
  )
}

const weightsOfClasses = (
  labels: Tensor,
  shape: readonly (number | null)[],
  isSparse: boolean,
  classWeight: ClassWeight,
): Tensor => {
  const classes = Math.max(2, shape.at(-1) ?? 0, ...Object.keys(classWeight).map((key) => Number(key) + 1))
  const table = tensor1d(Array.from({ length: classes }, (_, k) => classWeight[k] ?? 1))
  const isOneHot = !isSparse && labels.shape.at(-1)! > 1
  const ids = isOneHot ? argMax(labels, -1) : labels
  // class indices come with and without a last dimension of 1
  const losses = labels.shape.slice(0, shape.length - 1)
  // what is no class has no loss to weigh, or one of NaN
  const known = clipByValue(cast(ids, 'float32'), 0, classes - 1)
  return gather(table, reshape(cast(known, 'int32'), losses))
}
