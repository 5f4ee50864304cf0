import type { LossKey } from '../../../keras/pair.ts'
import type { Factors, Outcome, Plan } from '../../../keras/plan.ts'
import { expectShape } from '../../../nn/differentiable.ts'
import { divideNoNan } from '../../../nn/reduce.ts'
import { encoded } from '../../../tensor/encoding.ts'
import { read, type TensorLike } from '../../../tensor/read.ts'
import { type Shape, sizeOf } from '../../../tensor/shape.ts'
import { type FloatTensor, Tensor } from '../../../tensor/tensor.ts'
import { checkReduction, divisorOf, Reduction } from './reduction.ts'
import { factorsOf, weightsFor } from './weights.ts'

export interface WeightedArgs {
  /**
   * Multiplies the losses: a scalar, or an array of their rank in which each dimension is theirs or 1. Cast to float32, to
   * float64 for float64 losses. Default 1.
   */
  readonly weights?: TensorLike
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly scope?: string | null
  /** Taken as TensorFlow takes it; it has no effect, for there are no collections. */
  readonly lossCollection?: string | null
}

export interface ReducedArgs extends WeightedArgs {
  /** How the weighted losses become one. Default SUM_BY_NONZERO_WEIGHTS. */
  readonly reduction?: Reduction
}

/** Losses, what each weighs, and how they become one. */
export interface WeightedPlan extends Plan {
  readonly weight: Factors
  readonly reduction: Reduction
}

/** A plan whose losses the caller weighs. */
export const weighted = (
  fn: string,
  plan: Plan,
  { weights, reduction = Reduction.SUM_BY_NONZERO_WEIGHTS }: ReducedArgs,
): WeightedPlan => {
  checkReduction(fn, reduction)
  const { shape, dtype } = plan
  return { ...plan, weight: factorsOf(weightsFor(fn, weights, shape, dtype), shape), reduction }
}

/** The weighted loss, and the gradients of upstream · loss by the arguments that are asked for. */
export const evaluated = (
  fn: string,
  plan: WeightedPlan,
  keys: readonly LossKey[],
  upstream: TensorLike,
): { readonly value: FloatTensor; readonly gradients: Outcome['gradients'] } => {
  const { shape, dtype, weight, reduction } = plan
  const divisor = divisorOf(reduction, weight, sizeOf(shape))
  const valueShape = reduction === Reduction.NONE ? shape : []
  const factors = keys.length > 0 ? product(weight, upstreamOf(fn, upstream, valueShape), divisor) : 1
  const { values, gradients } = plan.run(factors, keys)
  const losses = Float64Array.from(values, (loss, k) => loss * factorAt(weight, k))
  const sum = losses.reduce((total, loss) => total + loss, 0)
  const value = reduction === Reduction.NONE ? losses : [divideNoNan(sum, divisor)]
  return { value: new Tensor(encoded(value, dtype), valueShape, dtype), gradients }
}

const upstreamOf = (fn: string, upstream: TensorLike, shape: Shape): Factors =>
  typeof upstream === 'number'
    ? upstream
    : factorsOf(expectShape(fn, 'upstream', read(fn, 'upstream', upstream, 'float64'), shape), shape)

/** a · b / divisor, element by element. */
const product = (a: Factors, b: Factors, divisor: number): Factors => {
  const many = typeof a === 'number' ? b : a
  if (typeof many === 'number') return divideNoNan(factorAt(a, 0) * many, divisor)
  return many.map((_, k) => divideNoNan(factorAt(a, k) * factorAt(b, k), divisor))
}

const factorAt = (factors: Factors, k: number): number =>
  typeof factors === 'number' ? factors : factors[k]!
