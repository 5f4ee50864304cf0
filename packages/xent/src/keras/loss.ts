import { complain } from '../error.ts'
import { checkKeys, snakeCase } from '../nn/arguments.ts'
import { checkedKeys, type Derived, expectShape, gradients, type ValueAndGrad } from '../nn/differentiable.ts'
import { isFloat } from '../tensor/dtype.ts'
import { read, type TensorLike, tensor } from '../tensor/read.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { elementsIn } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import type { LossKey } from './pair.ts'
import type { Factors, Outcome, Plan } from './plan.ts'
import { checkStrategy, divisorOf, type Reduction } from './reduction.ts'
import { type WeightOptions, weightingOf } from './weighting.ts'

export interface LossOptions {
  /** Default 'auto', the mean over the losses. */
  readonly reduction?: Reduction
  /** Default the name of the class, in snake case. */
  readonly name?: string
}

export interface GradientOptions extends WeightOptions {
  /** Multiplies the gradient: a number, or an array of the loss's shape where that is not reduced. Default 1. */
  readonly upstream?: TensorLike | undefined
}

/** What a loss computes with. */
export interface Core {
  /** The arguments that it has gradients in. */
  readonly keys: readonly LossKey[]
  readonly plan: (yTrue: TensorLike, yPred: TensorLike) => Plan
}

/** Leads to what a loss computes with. A symbol, so that subclasses keep all names to themselves. */
export const core: unique symbol = Symbol('xent.keras.core')

/** The gradients of Σ upstream · loss that a subclass gives, each in the shape of its argument. */
export type Pullback = Partial<Readonly<Record<LossKey, TensorLike>>>

export interface Loss<Key extends LossKey = LossKey>
  extends Derived<[yTrue: TensorLike, yPred: TensorLike, options?: GradientOptions], Key> {
  /**
   * The loss of a batch.
   *
   * @returns a scalar, or the weighted losses where the reduction is 'none'; dtype of yPred, float32 for integers
   */
  (yTrue: TensorLike, yPred: TensorLike, options?: WeightOptions): FloatTensor
  readonly [core]: Core
}

/**
 * A loss of labels and predictions, called like a function. A subclass gives `perExample`; with `pullback` it has
 * gradients as well.
 *
 * @throws XentError REDUCTION for a reduction that is none, and for a mean under a distribution strategy
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/losses/Loss
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: only an interface can say that instances are called
export abstract class Loss<Key extends LossKey = LossKey> {
  declare readonly name: string
  declare readonly reduction: Reduction

  constructor({ reduction = 'auto', name }: LossOptions = {}, own?: Core) {
    const loss = (yTrue: TensorLike, yPred: TensorLike, options?: WeightOptions) =>
      evaluated(self, yTrue, yPred, options, []).value
    const self: Loss<Key> = Object.setPrototypeOf(loss, new.target.prototype)
    const shown = name ?? snakeCase(new.target.name).replace(/^_/, '')
    divisorOf(shown, reduction)
    Object.defineProperties(self, {
      name: { value: shown },
      reduction: { value: reduction, enumerable: true },
      [core]: { value: own ?? givenCore(self) },
      [gradients]: { value: derivativeOf(self) },
    })
    // biome-ignore lint/correctness/noConstructorReturn: an instance is a function
    return self as never
  }

  /** The losses of the examples, not reduced: what Keras names `call`. */
  abstract perExample(yTrue: TensorLike, yPred: TensorLike): TensorLike

  /** The gradients of Σ upstream · loss by labels and predictions; `upstream` has the shape of what `perExample` gives. */
  pullback?(yTrue: TensorLike, yPred: TensorLike, upstream: FloatTensor): Pullback

  /** What makes the same loss, under Keras' names. */
  getConfig(): Record<string, unknown> {
    return { name: this.name, reduction: this.reduction }
  }

  /** A loss as `getConfig` describes it. */
  static fromConfig<Made>(this: new (options: never) => Made, config: object): Made {
    // Keras 2 adds the function, which the class knows
    const { fn: _, ...options } = config as Record<string, unknown>
    return new this(options as never)
  }
}

const derivativeOf =
  <Key extends LossKey>(loss: Loss<Key>): Loss<Key>[typeof gradients] =>
  (wrt) => {
    const keys = checkedKeys({ name: loss.name, keys: loss[core].keys as readonly Key[] }, wrt)
    return (yTrue, yPred, options) => evaluated(loss, yTrue, yPred, options, keys) as ValueAndGrad<Key>
  }

/** What a subclass computes with: its own methods. */
const givenCore = <Key extends LossKey>(loss: Loss<Key>): Core => ({
  keys: ['yTrue', 'yPred'],
  plan: (yTrue, yPred) => {
    const losses = read(loss.name, 'perExample', loss.perExample(yTrue, yPred), 'float32')
    return {
      shape: losses.shape,
      dtype: isFloat(losses.dtype) ? losses.dtype : 'float32',
      run: (factors, keys) => ({
        values: elementsIn('float64', losses),
        gradients: keys.length > 0 ? pulledBack(loss, yTrue, yPred, factors, losses.shape, keys) : {},
      }),
    }
  },
})

/** The gradients that a subclass gives. */
const pulledBack = (
  loss: Pick<Loss, 'name' | 'pullback'>,
  yTrue: TensorLike,
  yPred: TensorLike,
  factors: Factors,
  shape: Shape,
  keys: readonly LossKey[],
): Outcome['gradients'] => {
  const { name } = loss
  if (!loss.pullback)
    throw complain('VALUE', 'valueAndGrad', 'fn', 'a loss with gradients: one that has `pullback`', name)
  const data = typeof factors === 'number' ? new Float64Array(sizeOf(shape)).fill(factors) : factors
  const found = loss.pullback(yTrue, yPred, new Tensor(data, shape, 'float64'))
  const given = { yTrue, yPred }
  const own = keys.map((key) => {
    if (found[key] === undefined) throw complain('VALUE', name, 'pullback', `a gradient by ${key}`, undefined)
    const gradient = read(name, `pullback (${key})`, found[key], 'float32')
    expectShape(name, `pullback (${key})`, gradient, read(name, key, given[key], 'float32').shape)
    return [key, tensor(gradient, isFloat(gradient.dtype) ? gradient.dtype : 'float32')]
  })
  return Object.fromEntries(own)
}

/**
 * The loss of a batch and its gradients.
 *
 * @param isManaged whether something else divides by the replicas, as `compileLoss` does
 */
export const evaluated = (
  { name, reduction, [core]: { plan: planOf } }: Pick<Loss, 'name' | 'reduction' | typeof core>,
  yTrue: TensorLike,
  yPred: TensorLike,
  given: GradientOptions | undefined,
  keys: readonly LossKey[],
  isManaged = false,
): { readonly value: FloatTensor; readonly grad: Outcome['gradients'] } => {
  const options = given ?? {}
  checkKeys(name, 'options.', options, ['sampleWeight', 'mask', ...(keys.length > 0 ? ['upstream'] : [])])
  const divisor = divisorOf(name, reduction)
  if (!isManaged) checkStrategy(name, reduction, divisor)
  const plan = planOf(yTrue, yPred)
  const { factors, reduced } = weightingOf(name, plan, divisor, options)
  const { values, gradients } = plan.run(keys.length > 0 ? factors(options.upstream ?? 1) : 1, keys)
  return { value: reduced(values), grad: gradients }
}
