import { complain } from '../error.ts'
import { replicasInSync } from '../nn/replicas.ts'

/** How the losses of a batch become its loss, by the names of Keras 2. */
export const Reduction = {
  /** The same as SUM_OVER_BATCH_SIZE. */
  AUTO: 'auto',
  /** The weighted losses as they are. */
  NONE: 'none',
  /** Their sum. */
  SUM: 'sum',
  /** Their sum divided by their number; weights are not part of the divisor. */
  SUM_OVER_BATCH_SIZE: 'sum_over_batch_size',
} as const

/**
 * How the losses of a batch become its loss. Keras 3 adds 'mean', the same as 'sum_over_batch_size', 'mean_with_sample_weight',
 * their sum divided by the sum of the weights, and null, the same as 'none'.
 */
export type Reduction =
  | 'auto'
  | 'none'
  | 'sum'
  | 'sum_over_batch_size'
  | 'mean'
  | 'mean_with_sample_weight'
  | null

/** What a reduction divides the sum of the losses by, or that it makes none. */
export type Divisor = 'none' | 'one' | 'losses' | 'weights'

const divisors: ReadonlyMap<unknown, Divisor> = /*#__PURE__*/ new Map<unknown, Divisor>([
  ['auto', 'losses'],
  ['none', 'none'],
  ['sum', 'one'],
  ['sum_over_batch_size', 'losses'],
  ['mean', 'losses'],
  ['mean_with_sample_weight', 'weights'],
  [null, 'none'],
])

export const divisorOf = (fn: string, reduction: Reduction): Divisor => {
  const divisor = divisors.get(reduction)
  if (divisor) return divisor
  throw complain(
    'REDUCTION',
    fn,
    'reduction',
    [...divisors.keys()].map((key) => (key === null ? 'null' : `'${key}'`)).join(', '),
    reduction,
    `Invalid Reduction Key: ${reduction}. Expected keys are "('auto', 'none', 'sum', 'sum_over_batch_size')"`,
  )
}

export const isMean = (divisor: Divisor): boolean => divisor === 'losses' || divisor === 'weights'

/** Refuses to divide by what one replica knows of the batch. */
export const checkStrategy = (fn: string, reduction: Reduction, divisor: Divisor): void => {
  if (!isMean(divisor) || replicasInSync() === undefined) return
  throw complain(
    'REDUCTION',
    fn,
    'reduction',
    "'sum' or 'none' under a distribution strategy, whose replicas know only their share of the batch",
    reduction,
    'Please use `tf.keras.losses.Reduction.SUM` or `tf.keras.losses.Reduction.NONE` for loss reduction when losses are used with `tf.distribute.Strategy`, except for specifying losses in `Model.compile()` for use by the built-in training looop `Model.fit()`.\nPlease see https://www.tensorflow.org/tutorials/distribute/custom_training for more details.',
  )
}
