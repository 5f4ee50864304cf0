import { argMax, cast, clipByValue, gather, mul, reshape, type Tensor, tensor1d } from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { formatShape } from '../tensor/shape.ts'

/** Weights of the classes by their indices; a class without one counts once. */
export type ClassWeight = Readonly<Record<number, number>>

/**
 * The weights of an output's losses, which broadcast against these.
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
  const rank = shape.length - 1
  const bySample = sampleWeight && matchedTo(rank, labels.shape[0]!, sampleWeight)
  const byClass = classWeight && weightsOfClasses(labels, shape, isSparse, classWeight)
  if (bySample && byClass) return mul(bySample, byClass)
  // a new tensor, because TensorFlow.js disposes it
  return byClass ?? (bySample ? reshape(bySample, bySample.shape) : undefined)
}

/** Sample weights with dimensions of 1 for those of the losses that they lack. */
const matchedTo = (rank: number, batch: number, weights: Tensor): Tensor => {
  if (weights.rank === 0 || weights.rank > Math.max(rank, 1) || weights.shape[0] !== batch)
    throw complain(
      'SHAPE_MISMATCH',
      'fit',
      'sampleWeight',
      `a weight for each of the ${batch} examples, or for each of their losses`,
      `shape ${formatShape(weights.shape)}`,
    )
  const floats = cast(weights, 'float32')
  return reshape(floats, [...weights.shape, ...Array<number>(Math.max(rank, 1) - weights.rank).fill(1)])
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
