import { defaultEngine } from '../engine/default.ts'
import type { KernelCall, Results, Slot, Upstream } from '../engine/engine.ts'
import { complain } from '../error.ts'
import { type ArrayOf, type FloatDType, isStoredAs, storageOf, type TypedArray } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { originOf } from '../tensor/same-memory.ts'
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
  /** The arguments that have a gradient. */
  readonly keys: readonly Key[]
}

export interface Request {
  /** The wanted ones of the possible results, in the caller's arrays where given; none of them may overlap an input. */
  outputs(possible: Readonly<Record<string, ResultKind>>, inputs: readonly TypedArray[]): Record<string, Slot>
  /** The upstream factors, for a value of this shape. */
  upstream(valueShape: Shape): Upstream
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
export const definitionOf = <Args, Key extends string>(
  fn: Partial<Defined<Args, Key>>,
): Definition<Args, Key> => {
  const def: Definition<Args, Key> | undefined = fn?.[definition]
  if (def) return def
  throw complain(
    'VALUE',
    'valueAndGrad',
    'fn',
    'a differentiable function of this library',
    typeof fn === 'function' ? `the function ${String((fn as { name?: string }).name)}` : fn,
  )
}

/** Makes the synchronous function of a definition, on the default engine or what else runs a call. */
export const differentiable = <Args, Key extends string>(
  def: Definition<Args, Key>,
  runSync = (call: KernelCall): Results => defaultEngine().runSync(call),
): Differentiable<Args, Key> => {
  const call = (args: Args, options?: CallOptions): FloatTensor =>
    runSync(planValue(def, args, options)).value!
  return Object.assign(call, { [definition]: def })
}

/** The value of a function and its gradients. */
export interface ValueAndGrad<Key extends string, Gradient = FloatTensor> {
  readonly value: FloatTensor
  /** The derivative of the sum of upstream · value by each argument, in that argument's shape. */
  readonly grad: { readonly [K in Key]: Gradient }
}

/** Marks a function that computes its gradients itself, and makes the function that does. */
export const gradients: unique symbol = Symbol('xent.gradients')

/** A function of other than named arguments, with gradients in `Key`, as the losses of `xent/keras` are. */
export interface Derived<Parameters extends readonly unknown[], Key extends string, Gradient = FloatTensor> {
  readonly [gradients]: (
    wrt: Key | readonly Key[],
  ) => (...parameters: Parameters) => ValueAndGrad<Key, Gradient>
}

export interface GradOptions<Key extends string> {
  /** Multiplies each value's gradient: a number, or an array of the value's shape. Default 1. */
  readonly upstream?: TensorLike
  readonly out?: { readonly value?: OutArray; readonly grad?: { readonly [K in Key]?: OutArray } }
}

/** Makes of a function of named arguments the function of its value and gradients. */
export type Differentiation = <Args, Key extends string, Wrt extends Key>(
  fn: Defined<Args, Key>,
  wrt: Wrt | readonly Wrt[],
) => (args: Args, options?: GradOptions<Wrt>) => ValueAndGrad<Wrt>

/** The same also of a function that computes its gradients itself. */
export interface AnyDifferentiation extends Differentiation {
  <Parameters extends readonly unknown[], Key extends string, Wrt extends Key, Gradient>(
    fn: Derived<Parameters, Key, Gradient>,
    wrt: Wrt | readonly Wrt[],
  ): (...parameters: Parameters) => ValueAndGrad<Wrt, Gradient>
}

/**
 * The value of a function together with its gradient, from one pass over the logits.
 *
 * @param fn a function of this library, say `softmaxCrossEntropyWithLogits`, or a loss of `xent/keras`
 * @param wrt the argument, or arguments, to differentiate by
 * @returns a function of `fn`'s arguments
 * @throws XentError UNKNOWN_ARGUMENT where `wrt` names no differentiable argument
 */
export const valueAndGrad: AnyDifferentiation = <Args, Key extends string, Wrt extends Key>(
  fn: Partial<Defined<Args, Key> & Derived<[Args, GradOptions<Wrt>?], Key>>,
  wrt: Wrt | readonly Wrt[],
) =>
  fn?.[gradients]?.(wrt) ??
  ((args: Args, options?: GradOptions<Wrt>) =>
    finishValueAndGrad<Wrt>(defaultEngine().runSync(planValueAndGrad(definitionOf(fn), wrt, args, options))))

/** Computes one gradient without the value, into an array, for those who compute the two at different times. */
export const gradientInto = <Args, Key extends string>(
  fn: Defined<Args, Key>,
  key: NoInfer<Key>,
  args: NoInfer<Args>,
  upstream: TensorLike,
  out: OutArray,
): void => {
  const { name, plan } = fn[definition]
  defaultEngine().runSync(plan(args, request(name, [key], { [key]: out }, upstream)))
}

// ---- the steps that the synchronous functions and the engines' share

export const planValue = <Args, Key extends string>(
  def: Definition<Args, Key>,
  args: Args,
  options: CallOptions | undefined,
): KernelCall => {
  checkArguments(def, args)
  checkKeys(def.name, 'options.', options, ['out'])
  return def.plan(args, request(def.name, ['value'], { value: options?.out }))
}

export const planValueAndGrad = <Args, Key extends string, Wrt extends Key>(
  def: Definition<Args, Key>,
  wrt: Wrt | readonly Wrt[],
  args: Args,
  options: GradOptions<Wrt> = {},
): KernelCall => {
  const { name } = def
  const { out, upstream } = options
  checkArguments(def, args)
  const keys = checkedKeys(def, wrt)
  checkKeys(name, 'options.', options, ['upstream', 'out'])
  checkKeys(name, 'out.', out, ['value', 'grad'])
  checkKeys(name, 'out.grad.', out?.grad, keys)
  return def.plan(args, request(name, ['value', ...keys], { ...out?.grad, value: out?.value }, upstream))
}

export const finishValueAndGrad = <Key extends string>(results: Results): ValueAndGrad<Key> => {
  const { value, ...grad } = results
  return { value: value!, grad: grad as ValueAndGrad<Key>['grad'] }
}

/** The arguments that `wrt` names, each of which must have a gradient. */
export const checkedKeys = <Key extends string>(
  def: { readonly name: string; readonly keys: readonly Key[] },
  wrt: Key | readonly Key[],
): readonly Key[] => {
  const keys: readonly Key[] = Array.isArray(wrt) ? wrt : [wrt as Key]
  for (const key of keys) {
    if (def.keys.includes(key)) continue
    const expected = `a differentiable argument: ${def.keys.join(', ')}`
    throw complain('UNKNOWN_ARGUMENT', def.name, 'wrt', expected, key)
  }
  return keys
}

export const request = (
  fn: string,
  wanted: readonly string[],
  out: Readonly<Record<string, OutArray | undefined>> = {},
  upstream: TensorLike = 1,
): Request => {
  const factors = typeof upstream === 'number' ? upstream : read(fn, 'upstream', upstream, 'float64')
  return {
    upstream: (shape) =>
      typeof factors === 'number' ? factors : expectShape(fn, 'upstream', factors, shape),
    outputs: (possible, inputs) => {
      const taken = typeof factors === 'number' ? [...inputs] : [...inputs, factors.data]
      const slots: Record<string, Slot> = {}
      for (const name of wanted) {
        const { shape, dtype } = possible[name]!
        const array = out[name]
        const data = array && claimed(fn, `out (${name})`, array, { shape, dtype }, taken)
        slots[name] = { shape, dtype, data }
      }
      return slots
    },
  }
}

export const expectShape = (fn: string, argument: string, view: View, shape: Shape): View => {
  if (sameShape(view.shape, shape)) return view
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    `shape ${formatShape(shape)}`,
    `shape ${formatShape(view.shape)}`,
  )
}

/** The caller's array for a result. Results are written while inputs are still read, so they must not share memory. */
const claimed = (
  fn: string,
  argument: string,
  array: OutArray,
  { shape, dtype }: ResultKind,
  taken: TypedArray[],
): ArrayOf<FloatDType> => {
  const tensor = array instanceof Tensor ? array : undefined
  const given = tensor ? tensor.data : array
  const { data, dtype: stored } = (ArrayBuffer.isView(given) && storageOf(given)) || {}
  if (
    !data ||
    !isStoredAs(dtype, stored!) ||
    data.length !== sizeOf(shape) ||
    (tensor && !(tensor.dtype === dtype && sameShape(tensor.shape, shape)))
  ) {
    throw complain(
      'OUT',
      fn,
      argument,
      `${dtype} of shape ${formatShape(shape)}`,
      tensor
        ? `${tensor.dtype} of shape ${formatShape(tensor.shape)}`
        : `${array.constructor.name} of length ${(array as TypedArray).length}`,
    )
  }
  if (taken.some((other) => overlap(data, other))) {
    const received = 'an array that overlaps an argument or another result'
    throw complain('OUT', fn, argument, 'memory of its own', received)
  }
  taken.push(data)
  return data as ArrayOf<FloatDType>
}

const overlap = (a: TypedArray, b: TypedArray): boolean =>
  originOf(a.buffer) === originOf(b.buffer) &&
  a.byteOffset < b.byteOffset + b.byteLength &&
  b.byteOffset < a.byteOffset + a.byteLength
