import { curvatureOf } from '../engine/curvature.ts'
import { defaultEngine } from '../engine/default.ts'
import type { KernelCall, Results } from '../engine/engine.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import type { View } from '../tensor/strided.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import { checkArguments, checkKeys } from './arguments.ts'
import {
  checkedKeys,
  type Defined,
  type Definition,
  definitionOf,
  expectShape,
  request,
} from './differentiable.ts'

/** One tangent where `wrt` is one name, one under each name where it is a list. */
export type Tangents<Wrt> = Wrt extends readonly (infer Key extends string)[]
  ? { readonly [K in Key]: TensorLike }
  : TensorLike

/** One Tensor where `wrt` is one name, one under each name where it is a list. */
export type Products<Wrt> = Wrt extends readonly (infer Key extends string)[]
  ? { readonly [K in Key]: FloatTensor }
  : FloatTensor

export interface CurvatureOptions {
  readonly upstream?: TensorLike
}

/**
 * The product of the Hessian of the sum of upstream · value with a tangent, without forming the Hessian.
 *
 * @param wrt the argument, or the arguments; for a list the Hessian has the mixed second derivatives too
 * @returns a function of `fn`'s arguments and of `v`, the tangent (under each argument's name where `wrt` is a list)
 */
export const hessianVectorProduct =
  <Args, Key extends string, const Wrt extends NoInfer<Key> | readonly NoInfer<Key>[]>(
    fn: Defined<Args, Key>,
    wrt: Wrt,
  ): ((args: Args, v: Tangents<Wrt>, options?: CurvatureOptions) => Products<Wrt>) =>
  (args, v, options) =>
    finishCurvature(wrt, defaultEngine().runSync(planCurvature(definitionOf(fn), wrt, args, v, options)))

/** A plan for the gradients by `wrt`, of which the derivatives along the tangents are taken. */
export const planCurvature = <Args, Key extends string>(
  def: Definition<Args, Key>,
  wrt: Key | readonly Key[],
  args: Args,
  v: unknown,
  options: CurvatureOptions = {},
): KernelCall => {
  const { name } = def
  checkArguments(def, args)
  const keys = checkedKeys(def, wrt)
  checkKeys(name, 'options.', options, ['upstream'])
  const call = def.plan(args, request(name, keys, {}, options.upstream))
  const given = (typeof wrt === 'string' ? { [wrt]: v } : v) as Readonly<Record<string, unknown>> | undefined
  const tangents: Record<string, View> = {}
  for (const key of keys) {
    const view = read(name, `v.${key}`, given?.[key], 'float64')
    tangents[key] = expectShape(name, `v.${key}`, view, call.outputs[key]!.shape)
  }
  checkKeys(name, 'v.', given, keys)
  return curvatureOf(call, tangents)
}

export const finishCurvature = <Wrt>(wrt: Wrt, results: Results): Products<Wrt> =>
  (typeof wrt === 'string' ? results[wrt] : results) as Products<Wrt>
