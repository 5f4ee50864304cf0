import { complain } from '../../../error.ts'
import type { LossKey } from '../../../keras/pair.ts'
import { checkArguments, checkKeys, snakeCase } from '../../../nn/arguments.ts'
import { checkedKeys, type Derived, gradients, type ValueAndGrad } from '../../../nn/differentiable.ts'
import type { TensorLike } from '../../../tensor/read.ts'
import type { FloatTensor } from '../../../tensor/tensor.ts'
import { evaluated, type WeightedPlan } from './weighting.ts'

export interface GradientOptions {
  /** Multiplies the gradient: a number, or an array of the loss's shape. Default 1. */
  readonly upstream?: TensorLike
}

/** A loss of named arguments, with gradients in `Key`. */
export interface LossFunction<Args, Key extends string>
  extends Derived<[args: Args, options?: GradientOptions], Key> {
  (args: Args): FloatTensor
}

/** All that is particular to a loss of version 1. */
export interface LossDefinition<Args, Key extends string> {
  readonly name: string
  readonly required: readonly string[]
  /** Required too, but TensorFlow notices only where it makes a tensor of them. */
  readonly converted?: readonly string[]
  /** The other arguments, without those that all losses take. */
  readonly optional: readonly string[]
  /** The arguments that have a gradient, and what they are to the plan. */
  readonly keys: Readonly<Record<Key, LossKey>>
  readonly plan: (args: Args) => WeightedPlan
}

/** Makes the function of a definition. */
export const lossFunction = <Args extends object, Key extends string>(
  definition: LossDefinition<Args, Key>,
): LossFunction<Args, Key> => {
  const { name, required, converted = [], keys, plan } = definition
  const signature = {
    name,
    required: converted,
    optional: [...required, ...definition.optional, 'weights', 'scope', 'lossCollection'],
  }
  const evaluate = (args: Args, sides: readonly LossKey[], upstream: TensorLike) => {
    checkArguments(signature, args)
    checkGiven(name, required, args)
    return evaluated(name, plan(args), sides, upstream)
  }
  const derived: LossFunction<Args, Key>[typeof gradients] = (wrt) => {
    const wanted = checkedKeys({ name, keys: Object.keys(keys) as Key[] }, wrt)
    return (args, options = {}) => {
      checkKeys(name, 'options.', options, ['upstream'])
      const found = evaluate(
        args,
        wanted.map((key) => keys[key]),
        options.upstream ?? 1,
      )
      const grad = Object.fromEntries(wanted.map((key) => [key, found.gradients[keys[key]]]))
      return { value: found.value, grad: grad as ValueAndGrad<Key>['grad'] }
    }
  }
  return Object.assign((args: Args) => evaluate(args, [], 1).value, { [gradients]: derived })
}

const checkGiven = (fn: string, required: readonly string[], args: object | undefined): void => {
  const given: Readonly<Record<string, unknown>> = { ...args }
  for (const argument of required) {
    if (given[argument] != null) continue
    const text = `Argument \`${snakeCase(argument)}\` must not be None.`
    throw complain('MISSING_ARGUMENT', fn, argument, 'a value', given[argument], text)
  }
}
