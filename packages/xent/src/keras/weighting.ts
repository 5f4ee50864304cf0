import { expectShape } from '../nn/differentiable.ts'
import { divideNoNan } from '../nn/reduce.ts'
import { matchRank, weightedShape } from '../nn/sample-weight.ts'
import { computeDType } from '../tensor/dtype.ts'
import { encoded } from '../tensor/encoding.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import {
  accumulate,
  broadcastTo,
  castTo,
  contiguousView,
  elementsIn,
  runsOf,
  type View,
} from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'

import type { Factors, Plan } from './plan.ts'
import type { Divisor } from './reduction.ts'

export interface WeightOptions {
  /** Multiplies the losses: a scalar, or an array that broadcasts to them, with a last dimension of 1 more or one less. */
  readonly sampleWeight?: TensorLike | undefined
  /** Which losses count, as booleans or 0 and 1; a mean is over those. Its rank is matched as that of weights is. */
  readonly mask?: TensorLike | undefined
}

/** How the values of a plan become a loss: weights and reduction. */
export interface Weighting {
  /** What each value's gradient is multiplied with. */
  readonly factors: (upstream: TensorLike) => Factors
  readonly reduced: (values: ArrayLike<number>) => FloatTensor
}

/**
 * Keras 2's rules: a mask multiplies the weights, which then take the rank of the losses and broadcast against them.
 *
 * @param fn what errors name
 */
export const weightingOf = (
  fn: string,
  plan: Plan,
  divisor: Divisor,
  { sampleWeight, mask }: WeightOptions,
): Weighting => {
  const weights = weightsOf(fn, plan, divisor, sampleWeight, mask)
  const shape = weights
    ? weightedShape(fn, 'sampleWeight', plan.shape, weights.shape, 'the losses')
    : plan.shape
  const weight = weights && elementsIn('float64', broadcastTo(weights, shape)!)
  const count = countOf(divisor, shape, weights)

  const factors = (upstream: TensorLike): Factors => {
    const given = read(fn, 'upstream', upstream, 'float64')
    // a number stands for all losses that are not reduced
    const isForAll = divisor !== 'none' || typeof upstream === 'number'
    const u = expectShape(fn, 'upstream', given, isForAll ? [] : shape)
    if (!weight && isForAll) return divideNoNan(elementsIn('float64', u)[0]!, count)
    const product = elementsIn('float64', broadcastTo(u, shape)!)
    for (let k = 0; k < product.length; k++)
      product[k] = divideNoNan(product[k]! * (weight ? weight[k]! : 1), count)
    return summedTo(plan.shape, product, shape)
  }

  const reduced = (values: ArrayLike<number>): FloatTensor => {
    const weighted = weight ? timesWeight(values, plan.shape, weight, shape) : values
    if (divisor === 'none') return new Tensor(encoded(weighted, plan.dtype), shape, plan.dtype)
    let sum = 0
    for (let k = 0; k < weighted.length; k++) sum += weighted[k]!
    return new Tensor(encoded([divideNoNan(sum, count)], plan.dtype), [], plan.dtype)
  }
  return { factors, reduced }
}

/** What the sum of the losses is divided by. */
const countOf = (divisor: Divisor, shape: Shape, weights: View | undefined): number => {
  if (divisor === 'losses' || (divisor === 'weights' && !weights)) return sizeOf(shape)
  // a single loss is its own mean in Keras 3, whose rule this is
  if (divisor === 'weights' && shape.length > 0)
    return elementsIn('float64', weights!).reduce((sum, weight) => sum + weight, 0)
  return 1
}

/** Weights and masks in one, with the rank of the losses. */
const weightsOf = (
  fn: string,
  plan: Plan,
  divisor: Divisor,
  sampleWeight: TensorLike | undefined,
  mask: TensorLike | undefined,
): View | undefined => {
  const weights =
    sampleWeight == null
      ? undefined
      : castTo(computeDType(plan.dtype), read(fn, 'sampleWeight', sampleWeight, plan.dtype))
  const counted = maskOf(fn, plan, divisor, mask)
  const both =
    weights && counted ? product(fn, counted, matchRank(fn, weights, counted.shape)) : (weights ?? counted)
  return both && matchRank(fn, both, plan.shape)
}

/**
 * The losses that count, by the caller and by the loss, as weights: 1, or so much more that the mean over all losses is the
 * mean over those that count; 0 for the others.
 */
const maskOf = (fn: string, plan: Plan, divisor: Divisor, mask: TensorLike | undefined): View | undefined => {
  const outer = mask == null ? undefined : asBits(read(fn, 'mask', mask, 'bool'))
  const inner = plan.valid && asBits(contiguousView(plan.valid, 'uint8', plan.shape))
  const both = outer && inner ? product(fn, outer, inner) : (outer ?? inner)
  if (!both) return undefined
  const bits = both.data as Float64Array
  const scale = divisor === 'losses' ? bits.length / bits.reduce((sum, bit) => sum + bit, 0) : 1
  return { ...both, data: bits.map((bit) => bit * scale) }
}

const asBits = (view: View): View =>
  contiguousView(
    elementsIn('float64', view).map((x) => (x === 0 ? 0 : 1)),
    'float64',
    view.shape,
  )

const product = (fn: string, mask: View, other: View): View => {
  const shape = weightedShape(fn, 'mask', other.shape, mask.shape, 'what it masks')
  const a = elementsIn('float64', broadcastTo(mask, shape)!)
  const b = elementsIn('float64', broadcastTo(other, shape)!)
  return contiguousView(
    a.map((x, k) => x * b[k]!),
    'float64',
    shape,
  )
}

const timesWeight = (
  values: ArrayLike<number>,
  own: Shape,
  weight: Float64Array,
  shape: Shape,
): Float64Array => {
  const repeated = (): ArrayLike<number> =>
    elementsIn('float64', broadcastTo(contiguousView(Float64Array.from(values), 'float64', own), shape)!)
  const all = sameShape(own, shape) ? values : repeated()
  return weight.map((factor, k) => factor * all[k]!)
}

/** Factors of weighted losses as those of the losses, each of which several weights may have multiplied. */
const summedTo = (own: Shape, factors: Float32Array | Float64Array, shape: Shape): Float64Array => {
  if (sameShape(own, shape)) return factors as Float64Array
  const sums = new Float64Array(sizeOf(own))
  accumulate(runsOf(broadcastTo(contiguousView(sums, 'float64', own), shape)!), 0, factors.length, factors, 0)
  return sums
}
