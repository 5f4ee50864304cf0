import {
  cast,
  customGrad,
  div,
  equal,
  type GradSaveFunc,
  mul,
  neg,
  notEqual,
  Reduction,
  scalar,
  sum,
  type Tensor,
  tidy,
  where,
} from '@tensorflow/tfjs-core'
import { checkWeights } from '../compat/v1/losses/weights.ts'
import { complain } from '../error.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { broadcast, floatsOf, type TensorOrLike } from './arguments.ts'
import { constantOf } from './losses/steady.ts'

/** How weighted losses become one. */
export type WeightedReduction =
  /** The weighted losses as they are. */
  | 'none'
  /** Their sum. */
  | 'sum'
  /** Their sum divided by the sum of the weights. */
  | 'mean'
  /** Their sum divided by the number of those whose weight is not 0. */
  | 'sumByNonzeroWeights'
  /** Their sum divided by their number. */
  | 'sumOverBatchSize'

const name = 'computeWeightedLoss'

/** What the sum of weighted losses is divided by, given the weight of each. */
const divisors: Readonly<
  Record<Exclude<WeightedReduction, 'none'>, (weights: Tensor, shape: Shape) => Tensor>
> = {
  sum: () => scalar(1),
  mean: (weights, shape) => sum(broadcast(weights, shape)),
  sumByNonzeroWeights: (weights, shape) => constantOf(weights, () => sum(isCounted(weights, shape))),
  sumOverBatchSize: (_, shape) => scalar(sizeOf(shape)),
}

/** 1 for each loss whose weight is not 0, else 0. */
const isCounted = (weights: Tensor, shape: Shape): Tensor =>
  broadcast(cast(notEqual(weights, 0), 'float32'), shape)

/** The names of what TensorFlow.js numbers. */
const numbered: Readonly<Record<Reduction, WeightedReduction>> = {
  [Reduction.NONE]: 'none',
  [Reduction.MEAN]: 'mean',
  [Reduction.SUM]: 'sum',
  [Reduction.SUM_BY_NONZERO_WEIGHTS]: 'sumByNonzeroWeights',
}

/**
 * Losses, weighted and reduced, as an operation of TensorFlow.js: what its `tf.losses.computeWeightedLoss` is to
 * TensorFlow's.
 *
 * Σ w · loss, divided as the reduction says; 0 where that divides by 0
 *
 * @param losses any real type, any shape; computed in float32
 * @param weights a scalar, or a tensor of the rank of losses in which each dimension is theirs or 1. Default 1
 * @param reduction a name, or one of the numbers of `tf.Reduction`
 * @returns a scalar, or with 'none' the weighted losses; differentiable by losses and weights to any order
 * @throws XentError SHAPE_MISMATCH where weights do not fit, REDUCTION, DTYPE
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/compute_weighted_loss
 */
export const computeWeightedLoss = (
  losses: TensorOrLike,
  weights: TensorOrLike = 1,
  reduction: WeightedReduction | Reduction = 'sumByNonzeroWeights',
): Tensor =>
  tidy(name, () => {
    const named = reductionOf(reduction)
    const values = floatsOf(name, 'losses', losses)
    const factors = floatsOf(name, 'weights', weights)
    checkWeights(name, factors.shape, values.shape)
    const weighted = mul(values, factors)
    return named === 'none' ? weighted : divideNoNan(sum(weighted), divisors[named](factors, values.shape))
  })

const reductionOf = (reduction: WeightedReduction | Reduction): WeightedReduction => {
  const named = typeof reduction === 'number' ? numbered[reduction] : reduction
  if (named === 'none' || Object.hasOwn(divisors, named ?? '')) return named
  throw complain(
    'REDUCTION',
    name,
    'reduction',
    `none, ${Object.keys(divisors).join(', ')} or a number of tf.Reduction`,
    reduction,
  )
}

/** A quotient that is 0 where the divisor is, with the gradients that TensorFlow's has. */
const divideNoNan = (dividend: Tensor, divisor: Tensor): Tensor =>
  // that of TensorFlow.js compares on the way of the gradient, which then is refused
  customGrad((...given) => {
    const [a, b, save] = given as [Tensor, Tensor, GradSaveFunc]
    save([a, b])
    const isZero = equal(b, 0)
    return {
      value: where(isZero, 0, div(a, b)),
      gradFunc: (dy, [x, y]) => [divideNoNan(dy, y!), neg(divideNoNan(mul(dy, divideNoNan(x!, y!)), y!))],
    }
  })(dividend, divisor)
