import { add, cast, type DataType, Tensor, type TensorLike, tensor, tidy, zeros } from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { checkArguments } from '../nn/arguments.ts'
import { type Shape, sameShape } from '../tensor/shape.ts'

/** What a function of `xent/tfjs` takes for a tensor: a tensor, or numbers, nested or in a typed array. */
export type TensorOrLike = Tensor | TensorLike

interface Signature {
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/** Makes a function of named arguments an operation: its arguments are checked, and what it makes on the way is disposed. */
export const operation =
  <Args>(signature: Signature, compute: (args: Args) => Tensor): ((args: Args) => Tensor) =>
  (args) => {
    checkArguments(signature, args)
    return tidy(signature.name, () => compute(args))
  }

const isTensor = (value: TensorOrLike): value is Tensor => value instanceof Tensor

/** Logits as a tensor, which must be of float32; numbers without a type are. */
export const logitsOf = (fn: string, logits: TensorOrLike): Tensor => {
  const given = isTensor(logits) ? logits : tensor(logits, undefined, untypedAs(logits, 'float32'))
  if (given.dtype === 'float32') return given
  throw complain('DTYPE', fn, 'logits', 'float32', given.dtype)
}

/** Logits with a class axis: any rank but 0. */
export const logitsWithClasses = (fn: string, logits: TensorOrLike): Tensor => {
  const given = logitsOf(fn, logits)
  if (given.rank > 0) return given
  throw complain('SHAPE_MISMATCH', fn, 'logits', 'rank 1 or more', 'a scalar')
}

/** A tensor of any real type as float32. */
export const floatsOf = (fn: string, argument: string, value: TensorOrLike): Tensor => {
  const given = numbersOf(fn, argument, value)
  return given.dtype === 'float32' ? given : cast(given, 'float32')
}

/** A tensor of any real type. */
export const numbersOf = (fn: string, argument: string, value: TensorOrLike): Tensor => {
  const given = isTensor(value) ? value : tensor(value, undefined, untypedAs(value, 'float32'))
  if (['float32', 'int32', 'bool'].includes(given.dtype)) return given
  throw complain('DTYPE', fn, argument, 'float32, int32 or bool', given.dtype)
}

/** A tensor repeated to a shape. Adding zeros does that for every rank; the gradient of `broadcastTo` ends at 4. */
export const broadcast = (tensor: Tensor, shape: Shape): Tensor =>
  sameShape(tensor.shape, shape) ? tensor : add(tensor, zeros([...shape]))

/** The type of numbers that bring none; typed arrays bring their own. */
const untypedAs = (value: TensorLike, dtype: DataType): DataType | undefined =>
  ArrayBuffer.isView(value) ? undefined : dtype
