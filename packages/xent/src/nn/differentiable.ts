import { defaultEngine } from '../engine/default.ts'
import type { KernelCall, Results, Slot, Upstream } from '../engine/engine.ts'
import { complain } from '../error.ts'
import { type ArrayOf, type FloatDType, isStoredAs, storageOf, type TypedArray } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { formatShape, type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import type { View } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import { checkArguments, checkKeys } from './arguments.ts'

/** Marks a function as differentiable, and leads to its definition. */
export const definition: unique symbol = Symbol('xent.definition')

/** An array that receives a result: a typed array, or a Tensor such as `allocate` makes. */
export type OutArray = TypedArray | Tensor

export interface CallOptions {
  /** Receives the result, which otherwise is a new array. */
  readonly out?: OutArray
}

/** All there is to know about a function: what it takes, and how its value and derivatives are computed. */
export interface Definition<Args, Key extends string> {
  /** The public name. */
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
  /** Checks the arguments and says what to compute; `request` knows which results are wanted. */
  readonly plan: (args: Args, request: Request) => KernelCall
  /** The same for the product of the Hessian with the tangents of `request`. */
  readonly curvature: (args: Args, request: CurvatureRequest) => KernelCall
  /** The arguments that have a gradient. */
  readonly keys: readonly Key[]
}

export interface Request {
  /** The wanted ones of the possible results, in the caller's arrays where given; none of them may overlap an input. */
  outputs(possible: Readonly<Record<string, ResultKind>>, inputs: readonly TypedArray[]): Record<string, Slot>
  /** The upstream factors, for a value of this shape. */
  upstream(valueShape: Shape): Upstream
}

export interface CurvatureRequest extends Request {
  /** The tangent of an argument of this shape, if one was given. */
  tangent(key: string, shape: Shape): View | undefined
}

export interface ResultKind {
  readonly shape: Shape
  readonly dtype: FloatDType
}

/** Carries the definition of a function with a gradient in each of `Key`. */
export interface Defined<Args, Key extends string> {
  readonly [definition]: Definition<Args, Key>
}

/** A function of named arguments with gradients in the arguments `Key`. */
export interface Differentiable<Args, Key extends string> extends Defined<Args, Key> {
  (args: Args, options?: CallOptions): FloatTensor
}

/** The definition of a function; only functions that this library made have one. */
export const definitionOf = <Args, Key extends string>(fn: Defined<Args, Key>): Definition<Args, Key> => {
  const def: Definition<Args, Key> | undefined = fn?.[definition]
  if (def) return def
  throw complain('VALUE', {
    fn: 'valueAndGrad',
    argument: 'fn',
    expected: 'a differentiable function of this library',
    received:
      typeof fn === 'function' ? `the function ${String((fn as { name?: string }).name)}` : String(fn),
  })
}

/** Makes the synchronous function of a definition. */
export const differentiable = <Args extends object, Key extends string>(
  def: Definition<Args, Key>,
): Differentiable<Args, Key> => {
  const call = (args: Args, options?: CallOptions): FloatTensor =>
    defaultEngine().runSync(planValue(def, args, options)).value!
  return Object.assign(call, { [definition]: def })
}

/** The value of a function and its gradients. */
export interface ValueAndGrad<Key extends string> {
  readonly value: FloatTensor
  /** The derivative of the sum of upstream · value by each argument, in that argument's shape. */
  readonly grad: { readonly [K in Key]: FloatTensor }
}

export interface GradOptions<Key extends string> {
  /** Multiplies each value's gradient: a number, or an array of the value's shape. Default 1. */
  readonly upstream?: TensorLike
  readonly out?: { readonly value?: OutArray; readonly grad?: { readonly [K in Key]?: OutArray } }
}

/**
 * The value of a function together with its gradient, from one pass over the logits.
 *
 * @param fn a function of this library, say `softmaxCrossEntropyWithLogits`
 * @param wrt the argument, or arguments, to differentiate by
 * @returns a function of `fn`'s arguments
 * @throws XentError UNKNOWN_ARGUMENT where `wrt` names no differentiable argument
 */
export const valueAndGrad =
  <Args, Key extends string, Wrt extends Key>(
    fn: Defined<Args, Key>,
    wrt: Wrt | readonly Wrt[],
  ): ((args: Args, options?: GradOptions<Wrt>) => ValueAndGrad<Wrt>) =>
  (args, options) =>
    finishValueAndGrad<Wrt>(defaultEngine().runSync(planValueAndGrad(definitionOf(fn), wrt, args, options)))

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

// ---- the steps that the synchronous functions and the engines' share

export const planValue = <Args, Key extends string>(
  def: Definition<Args, Key>,
  args: Args,
  options: CallOptions | undefined,
): KernelCall => {
  checkArguments(def, args)
  checkKeys(def.name, 'options.', options, ['out'])
  return def.plan(args, request(def.name, ['value'], options?.out && { value: options.out }, undefined))
}

export const planValueAndGrad = <Args, Key extends string, Wrt extends Key>(
  def: Definition<Args, Key>,
  wrt: Wrt | readonly Wrt[],
  args: Args,
  options: GradOptions<Wrt> | undefined,
): KernelCall => {
  checkArguments(def, args)
  const keys = checkedKeys(def, wrt)
  checkKeys(def.name, 'options.', options, ['upstream', 'out'])
  checkKeys(def.name, 'out.', options?.out, ['value', 'grad'])
  checkKeys(def.name, 'out.grad.', options?.out?.grad, keys)
  const out = options?.out && { ...options.out.grad, value: options.out.value }
  return def.plan(args, request(def.name, ['value', ...keys], out, options?.upstream))
}

export const finishValueAndGrad = <Key extends string>(results: Results): ValueAndGrad<Key> => {
  const { value, ...grad } = results
  return { value: value!, grad: grad as ValueAndGrad<Key>['grad'] }
}

export const planCurvature = <Args, Key extends string>(
  def: Definition<Args, Key>,
  wrt: Key | readonly Key[],
  args: Args,
  v: unknown,
  options: CurvatureOptions | undefined,
): KernelCall => {
  checkArguments(def, args)
  const keys = checkedKeys(def, wrt)
  checkKeys(def.name, 'options.', options, ['upstream'])
  const tangents = (typeof wrt === 'string' ? { [wrt]: v } : v) as Readonly<Record<string, unknown>>
  const call = def.curvature(args, {
    ...request(def.name, keys, undefined, options?.upstream),
    tangent: (key, shape) => {
      if (!keys.includes(key as Key)) return undefined
      const view = read(def.name, `v.${key}`, tangents?.[key], 'float64')
      return expectShape(def.name, `v.${key}`, view, shape)
    },
  })
  checkKeys(def.name, 'v.', tangents, keys)
  return call
}

export const finishCurvature = <Wrt>(wrt: Wrt, results: Results): Products<Wrt> =>
  (typeof wrt === 'string' ? results[wrt] : results) as Products<Wrt>

const checkedKeys = <Args, Key extends string>(
  def: Definition<Args, Key>,
  wrt: Key | readonly Key[],
): readonly Key[] => {
  const keys: readonly Key[] = Array.isArray(wrt) ? wrt : [wrt as Key]
  for (const key of keys) {
    if (def.keys.includes(key)) continue
    throw complain('UNKNOWN_ARGUMENT', {
      fn: def.name,
      argument: 'wrt',
      expected: `a differentiable argument: ${def.keys.join(', ')}`,
      received: String(key),
    })
  }
  return keys
}

const request = (
  fn: string,
  wanted: readonly string[],
  out: Readonly<Record<string, OutArray | undefined>> | undefined,
  upstream: TensorLike | undefined,
): Request => {
  const factors =
    typeof upstream === 'number'
      ? upstream
      : upstream === undefined
        ? 1
        : read(fn, 'upstream', upstream, 'float64')
  return {
    upstream: (shape) =>
      typeof factors === 'number' ? factors : expectShape(fn, 'upstream', factors, shape),
    outputs: (possible, inputs) => {
      const slots: Record<string, Slot> = {}
      for (const name of wanted) {
        const array = out?.[name]
        slots[name] = array ? filledSlot(fn, name, possible[name]!, array) : possible[name]!
      }
      if (out) checkOverlap(fn, slots, typeof factors === 'number' ? inputs : [...inputs, factors.data])
      return slots
    },
  }
}

const expectShape = (fn: string, argument: string, view: View, shape: Shape): View => {
  if (sameShape(view.shape, shape)) return view
  throw complain('SHAPE_MISMATCH', {
    fn,
    argument,
    expected: `shape ${formatShape(shape)}`,
    received: `shape ${formatShape(view.shape)}`,
  })
}

/** A slot that is the caller's array. */
const filledSlot = (fn: string, name: string, { shape, dtype }: ResultKind, array: OutArray): Slot => {
  const isTensor = array instanceof Tensor
  const storage = ArrayBuffer.isView(array) ? storageOf(array) : isTensor ? array : undefined
  const isStored = isTensor
    ? array.dtype === dtype && sameShape(array.shape, shape)
    : storage && isStoredAs(dtype, storage.dtype)
  if (storage && isStored && storage.data.length === sizeOf(shape)) {
    return { shape, dtype, data: storage.data as ArrayOf<FloatDType> }
  }
  throw complain('OUT', {
    fn,
    argument: `out (${name})`,
    expected: `${dtype} of shape ${formatShape(shape)}`,
    received: isTensor
      ? `${array.dtype} of shape ${formatShape(array.shape)}`
      : `${array.constructor.name} of length ${array.length}`,
  })
}

/** Results are written while inputs are still read, so they must not share memory. */
const checkOverlap = (
  fn: string,
  slots: Readonly<Record<string, Slot>>,
  inputs: readonly TypedArray[],
): void => {
  const taken = [...inputs]
  for (const [name, { data }] of Object.entries(slots)) {
    if (!data) continue
    if (taken.some((other) => overlap(data, other))) {
      throw complain('OUT', {
        fn,
        argument: `out (${name})`,
        expected: 'memory of its own',
        received: 'an array that overlaps an argument or another result',
      })
    }
    taken.push(data)
  }
}

const overlap = (a: TypedArray, b: TypedArray): boolean =>
  a.buffer === b.buffer &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength
