import { snakeCase } from '../nn/arguments.ts'
import { checkedKeys, type Derived, gradients } from '../nn/differentiable.ts'
import { encoded } from '../tensor/encoding.ts'
import type { TensorLike } from '../tensor/read.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import { type Core, Loss, type LossOptions } from './loss.ts'
import { type BothSpellings, completed } from './options.ts'
import { type LossKey, type Pair, readPair } from './pair.ts'
import type { Plan } from './plan.ts'
import { weightingOf } from './weighting.ts'

/** All that is particular to a loss of Keras. */
export interface LossDefinition<Options extends object, Key extends LossKey> {
  /** Keras' name of the function. */
  readonly name: string
  /** Keras' name of the class. */
  readonly className: string
  /** The name of an instance, where it is not that of the function. */
  readonly instanceName?: string
  /** The options and their defaults. */
  readonly options: Required<Options>
  /** The arguments that have a gradient. */
  readonly keys: readonly Key[]
  /** Whether labels are class indices. */
  readonly isOfClassIds?: boolean
  /** Refuses options that make no sense whatever is compared. */
  readonly check?: (fn: string, options: Required<Options>) => void
  readonly plan: (pair: Pair, options: Required<Options>) => Plan
}

/** The options of a class: those of the loss, and those of all losses. */
export type ClassOptions<Options> = BothSpellings<Options> & LossOptions

/** What a class of Keras and the function of the same loss have in common: a definition. */
export abstract class DefinedLoss<Options extends object, Key extends LossKey> extends Loss<Key> {
  /** The options that are particular to the class. */
  readonly options: Required<Options>
  readonly #plan: Core['plan']

  constructor(definition: LossDefinition<Options, Key>, given: ClassOptions<Options> = {} as never) {
    const { className, keys, isOfClassIds = false } = definition
    const defaults = {
      ...definition.options,
      reduction: 'auto',
      name: definition.instanceName ?? definition.name,
    }
    const { reduction, name, ...own } = completed(className, defaults as LossOptions & object, given)
    const options = own as Required<Options>
    definition.check?.(className, options)
    const plan = (yTrue: TensorLike, yPred: TensorLike): Plan =>
      definition.plan(readPair(this.name, yTrue, yPred, isOfClassIds), options)
    // a subclass may put losses of its own in the place of these
    const isOwn = new.target.prototype.perExample === DefinedLoss.prototype.perExample
    super({ reduction, name } as LossOptions, isOwn ? { keys, plan } : undefined)
    this.options = options
    this.#plan = plan
  }

  override perExample(yTrue: TensorLike, yPred: TensorLike): FloatTensor {
    return valuesOf(this.#plan(yTrue, yPred))
  }

  override getConfig(): Record<string, unknown> {
    const options = Object.entries(this.options).map(([key, value]) => [snakeCase(key), value])
    return { ...super.getConfig(), ...Object.fromEntries(options) }
  }
}

/** The values of a plan, one for each example. */
const valuesOf = (plan: Plan): FloatTensor =>
  new Tensor(encoded(plan.run(1, []).values, plan.dtype), plan.shape, plan.dtype)

/** Leads to Keras' names of a loss. */
export const lossNames: unique symbol = Symbol('xent.keras.names')

/** Has Keras' names of a function and of the class of the same loss. */
export interface Named {
  readonly [lossNames]: { readonly name: string; readonly className: string }
}

/** A loss as a function: the losses of the examples, not reduced. */
export interface LossFunction<Options extends object, Key extends LossKey>
  extends Named,
    Derived<
      [
        yTrue: TensorLike,
        yPred: TensorLike,
        options?: BothSpellings<Options> & { readonly upstream?: TensorLike },
      ],
      Key
    > {
  (yTrue: TensorLike, yPred: TensorLike, options?: BothSpellings<Options>): FloatTensor
}

/** Makes the function of a definition. */
export const lossFunction = <Options extends object, Key extends LossKey>(
  definition: LossDefinition<Options, Key>,
): LossFunction<Options, Key> => {
  const { name, keys, isOfClassIds = false } = definition
  const planned = (yTrue: TensorLike, yPred: TensorLike, given: object | undefined): Plan => {
    const options = completed(name, definition.options, given)
    definition.check?.(name, options)
    return definition.plan(readPair(name, yTrue, yPred, isOfClassIds), options)
  }
  const fn = (yTrue: TensorLike, yPred: TensorLike, options?: BothSpellings<Options>): FloatTensor =>
    valuesOf(planned(yTrue, yPred, options))
  const derived: Derived<
    [TensorLike, TensorLike, { readonly upstream?: TensorLike }?],
    Key
  >[typeof gradients] = (wrt) => {
    const wanted = checkedKeys({ name, keys }, wrt)
    return (yTrue, yPred, { upstream = 1, ...options } = {}) => {
      const plan = planned(yTrue, yPred, options)
      const { factors, reduced } = weightingOf(name, plan, 'none', {})
      const outcome = plan.run(factors(upstream), wanted)
      return { value: reduced(outcome.values), grad: outcome.gradients as Record<Key, FloatTensor> }
    }
  }
  return Object.assign(fn, { [gradients]: derived, [lossNames]: definition })
}
