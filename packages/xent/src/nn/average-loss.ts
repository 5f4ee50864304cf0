import { complain } from '../error.ts'
import { bytesPerElement, type DType, type FloatDType, isFloat } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { broadcastTo, elementsIn, type View } from '../tensor/strided.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import { checkArguments } from './arguments.ts'
import { divideNoNan, scalar, sumOf } from './reduce.ts'
import { replicasInSync } from './replicas.ts'
import { matchRank, weightedShape } from './sample-weight.ts'

export interface AverageLossArgs {
  /** Losses of the examples: rank 1 or more, the first dimension counts the examples. */
  readonly perExampleLoss: TensorLike
  /** Multiplies the losses; may have one dimension less, or a last one of size 1 more. */
  readonly sampleWeight?: TensorLike
  /** Examples in the whole batch, over all replicas. Default the first dimension of the losses times the replicas. */
  readonly globalBatchSize?: number
}

const name = 'computeAverageLoss'

/**
 * The sum of weighted losses divided by the size of the global batch: what each replica of a training loop adds.
 *
 * @returns a scalar of the losses' dtype; 0 where the batch size is 0. Weights are not part of the divisor
 * @throws XentError SHAPE_MISMATCH for a scalar loss or weights that do not fit, VALUE for a batch size that is not a
 *   whole number or is negative
 * @example computeAverageLoss({ perExampleLoss: [1, 2, 3], globalBatchSize: 6 }).item() // 1
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/compute_average_loss
 */
export const computeAverageLoss = (args: AverageLossArgs): FloatTensor => {
  checkArguments({ name, required: ['perExampleLoss'], optional: ['sampleWeight', 'globalBatchSize'] }, args)
  const losses = read(name, 'perExampleLoss', args.perExampleLoss, 'float32')
  if (losses.shape.length === 0) throw scalarLoss()
  const batch = args.globalBatchSize ?? losses.shape[0]! * (replicasInSync() ?? 1)
  checkBatchSize(batch)
  const sum = args.sampleWeight === undefined ? sumOf(losses) : weightedSum(losses, args.sampleWeight)
  return scalar(divideNoNan(sum, batch), averageDType(losses.dtype))
}

/** Integers become the float that holds them: float32 for up to 16 bits, else float64. */
const averageDType = (dtype: DType): FloatDType => {
  if (isFloat(dtype)) return dtype
  return bytesPerElement(dtype) <= 2 ? 'float32' : 'float64'
}

const weightedSum = (losses: View, sampleWeight: TensorLike): number => {
  const weights = matchRank(name, read(name, 'sampleWeight', sampleWeight, 'float32'), losses.shape)
  const shape = weightedShape(name, 'sampleWeight', losses.shape, weights.shape, 'perExampleLoss')
  const a = elementsIn('float64', broadcastTo(losses, shape)!)
  const b = elementsIn('float64', broadcastTo(weights, shape)!)
  return a.reduce((sum, loss, k) => sum + loss * b[k]!, 0)
}

const checkBatchSize = (batch: unknown): void => {
  const failure =
    typeof batch !== 'number'
      ? 'global_batch_size must be scalar.'
      : !Number.isInteger(batch)
        ? 'global_batch_size must be an integer.'
        : batch < 0
          ? 'global_batch_size must be non-negative.'
          : undefined
  if (!failure) return
  throw complain('VALUE', name, 'globalBatchSize', 'a whole number that is not negative', batch, failure)
}

const scalarLoss = (): Error =>
  complain(
    'SHAPE_MISMATCH',
    name,
    'perExampleLoss',
    'rank 1 or more',
    'a scalar',
    'Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1.',
  )
