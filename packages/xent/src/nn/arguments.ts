import { complain, XentError } from '../error.ts'
import { type FloatDType, isFloat, isInteger } from '../tensor/dtype.ts'
import { read } from '../tensor/read.ts'
import { formatShape, formatTuple, indexAt, placeIn, type Shape, sameShape, sizeOf } from '../tensor/shape.ts'
import { gather, isContiguous, positionAt, runsOf, type View } from '../tensor/strided.ts'

interface Signature {
  readonly name: string
  readonly required: readonly string[]
  readonly optional: readonly string[]
}

/**
 * An object has no key but the known ones.
 *
 * @param path how the message names the object: `options.`, or nothing for the arguments themselves
 */
export const checkKeys = (
  fn: string,
  path: string,
  given: object | undefined,
  known: readonly string[],
): void => {
  for (const key in given) {
    if (known.includes(key)) continue
    throw complain(
      'UNKNOWN_ARGUMENT',
      fn,
      path + key,
      `one of ${known.join(', ')}`,
      key,
      path ? '' : `Got an unexpected keyword argument '${key}'`,
    )
  }
}

/** A function takes one object, with every required argument and none that it does not know. */
export const checkArguments = (signature: Signature, args: unknown): void => {
  const { name, required, optional } = signature
  const known = [...required, ...optional]
  const given = (args ?? {}) as Readonly<Record<string, unknown>>
  if (typeof given !== 'object' || Array.isArray(given) || ArrayBuffer.isView(given) || 'data' in given) {
    const shown = known.filter((argument) => argument !== 'name').slice(0, 2)
    throw new XentError(
      'POSITIONAL_CALL',
      `${name}: Only call \`${snakeCase(name)}\` with named arguments (${shown.join('=..., ')}=..., ...): one object { ${known.join(', ')} }.`,
    )
  }
  checkKeys(name, '', given, known)
  for (const argument of required) {
    const value = given[argument]
    if (value === undefined || value === null) throw missing(signature, argument, given)
  }
}

const missing = (
  { name, required }: Signature,
  argument: string,
  given: Readonly<Record<string, unknown>>,
): XentError => {
  const both =
    required.includes('labels') && argument !== 'posWeight'
      ? `Both \`labels\` and \`logits\` must be provided for ${snakeCase(name)}. `
      : ''
  const text =
    argument in given
      ? "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor."
      : 'Missing required positional argument'
  return complain('MISSING_ARGUMENT', name, argument, 'a value', given[argument], both + text)
}

/** `from_logits` for `fromLogits`. */
export const snakeCase = (name: string): string =>
  name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** What TensorFlow says of a type that it does not take. */
const notAllowed = (attribute: string, type: string, allowed: string): string =>
  `Value for attr '${attribute}' of ${type} is not in the list of allowed values: ${allowed}`

/** TensorFlow's own names of the floating types that differ from NumPy's. */
const floatNames: Readonly<Record<string, string>> = { float16: 'half', float32: 'float', float64: 'double' }

export interface Logits extends View {
  readonly dtype: FloatDType
}

/** Logits of a floating type; integer arrays are refused, as TensorFlow refuses them. */
export const readLogits = (fn: string, like: unknown): Logits => {
  const view = read(fn, 'logits', like, 'float32')
  if (isFloat(view.dtype)) return view as Logits
  throw complain(
    'DTYPE',
    fn,
    'logits',
    'float16, bfloat16, float32 or float64',
    view.dtype,
    notAllowed('T', view.dtype, 'half, bfloat16, float, double'),
  )
}

/**
 * Logits with a class axis: any rank but 0.
 *
 * @param tensorflow its words where they are a scalar
 */
export const readRowLogits = (fn: string, like: unknown, tensorflow: string): Logits => {
  const logits = readLogits(fn, like)
  if (logits.shape.length > 0) return logits
  throw complain('SHAPE_MISMATCH', fn, 'logits', 'rank 1 or more', 'a scalar', tensorflow)
}

/**
 * Class indices in row order. One outside [0, classes) is an error, and stays outside where `outOfRange` is 'nan'.
 *
 * @param shape that of the logits without the axis
 */
export const readClassLabels = (
  fn: string,
  like: unknown,
  logits: Shape,
  axis: number,
  shape: Shape,
  outOfRange: 'throw' | 'nan',
): Int32Array => {
  checkChoice(fn, 'outOfRange', outOfRange, ['throw', 'nan'])
  const view = read(fn, 'labels', like, 'float64')
  const { dtype } = view
  if (!isInteger(dtype) && !(dtype === 'float64' && isUntyped(like))) {
    throw complain(
      'DTYPE',
      fn,
      'labels',
      'class indices of an integer type',
      dtype,
      notAllowed('Tlabels', floatNames[dtype] ?? dtype, 'int32, int64'),
    )
  }
  if (!sameShape(view.shape, shape)) throw otherShape(fn, view.shape, logits, axis, shape)
  const classes = logits[axis]!
  const labels = view.dtype === 'int32' && isContiguous(view) ? ownInt32(view) : narrowed(fn, view, classes)
  const k = outOfRange === 'nan' ? labels.length : firstUnknown(labels, classes)
  if (k === labels.length) return labels
  const index = indexAt(k, shape)
  const label = view.data[positionAt(view, index)]
  throw complain(
    'LABEL_OUT_OF_RANGE',
    fn,
    placeIn('labels', index),
    `a class in [0, ${classes})`,
    label,
    `Received a label value of ${label} which is outside the valid range of [0, ${classes}).`,
  )
}

/** The first label that is no class, or their number; four at a time, or looking would take as long as a loss of two classes. */
const firstUnknown = (labels: Int32Array, classes: number): number => {
  const whole = labels.length & ~3
  let k = 0
  while (
    k < whole &&
    labels[k]! >>> 0 < classes &&
    labels[k + 1]! >>> 0 < classes &&
    labels[k + 2]! >>> 0 < classes &&
    labels[k + 3]! >>> 0 < classes
  )
    k += 4
  while (k < labels.length && labels[k]! >>> 0 < classes) k++
  return k
}

/** Plain numbers without a type of their own, which are class indices where they are whole. */
const isUntyped = (like: unknown): boolean => {
  const { data, dtype, type } = Object(like) as Partial<Record<string, unknown>>
  return !ArrayBuffer.isView(data ?? like) && dtype === undefined && type === undefined
}

/** The elements themselves. */
const ownInt32 = ({ data, shape, offset }: View): Int32Array => {
  const size = sizeOf(shape)
  return (data.length === size ? data : data.subarray(offset, offset + size)) as Int32Array
}

/** Class indices as int32; one outside [0, classes) becomes -1. */
const narrowed = (fn: string, view: View, classes: number): Int32Array => {
  const values = new Float64Array(sizeOf(view.shape))
  gather(runsOf(view), 0, values.length, values, 0)
  const labels = values.map((label, k) => {
    if (!Number.isInteger(label))
      throw complain('DTYPE', fn, placeIn('labels', indexAt(k, view.shape)), 'a whole number', label)
    return label >= 0 && label < classes ? label : -1
  })
  return new Int32Array(labels)
}

const otherShape = (fn: string, labels: Shape, logits: Shape, axis: number, expected: Shape): XentError => {
  const shapes = `Received: labels.shape=${formatTuple(labels)}`
  const logitsShape = `logits.shape=${formatTuple(logits)}`
  return complain(
    'SHAPE_MISMATCH',
    fn,
    'labels',
    logits.length === 1 && labels.length === 1
      ? `a scalar, because logits are a single row of shape ${formatShape(logits)} (for a batch, give { data, shape })`
      : `shape ${formatShape(expected)}, that of logits ${formatShape(logits)} without axis ${axis}`,
    `shape ${formatShape(labels)}`,
    labels.length === expected.length
      ? `\`labels.shape\` must equal \`logits.shape\` except for the last dimension. ${shapes} and ${logitsShape}`
      : `\`labels.shape.rank\` must equal \`logits.shape.rank - 1\`. ${shapes} of rank ${labels.length} and ${logitsShape} of rank ${logits.length}`,
  )
}

/** Refuses a word that is none of those an argument may be. */
export const checkChoice = (fn: string, argument: string, word: string, choices: readonly string[]): void => {
  if (!choices.includes(word)) throw complain('VALUE', fn, argument, `'${choices.join("' or '")}'`, word)
}

/** The type of an argument's gradient: its own where that is floating, else that of the logits. */
export const gradientDType = (view: View, logits: Logits): FloatDType =>
  isFloat(view.dtype) ? view.dtype : logits.dtype
