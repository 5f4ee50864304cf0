import { complain, XentError } from '../error.ts'
import { type DType, type FloatDType, isFloat, isInteger } from '../tensor/dtype.ts'
import { elementsOf, read } from '../tensor/read.ts'
import {
  formatShape,
  formatTuple,
  indexAt,
  type Shape,
  sameShape,
  sizeOf,
  withoutAxis,
} from '../tensor/shape.ts'
import { isContiguous, runsOf, type View } from '../tensor/strided.ts'
import { Tensor } from '../tensor/tensor.ts'

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
    throw complain('UNKNOWN_ARGUMENT', {
      fn,
      argument: path + key,
      expected: `one of ${known.join(', ')}`,
      received: key,
      ...(!path && { tensorflow: `Got an unexpected keyword argument '${key}'` }),
    })
  }
}

/** A function takes one object, with every required argument and none that it does not know. */
export const checkArguments = (signature: Signature, args: unknown): void => {
  const { name, required, optional } = signature
  const known = [...required, ...optional]
  if (args !== undefined && args !== null && !isNamedArguments(args)) {
    const listed = known.filter((argument) => argument !== 'name')
    const shown = listed.slice(0, 2).map((argument) => `${argument}=...`)
    throw new XentError(
      'POSITIONAL_CALL',
      `${name}: Only call \`${snakeCase(name)}\` with named arguments (${shown.join(', ')}, ...): one object { ${known.join(', ')} }.`,
    )
  }
  const given = (args ?? {}) as Readonly<Record<string, unknown>>
  checkKeys(name, '', given, known)
  for (const argument of required) {
    if (given[argument] === undefined || given[argument] === null) throw missing(signature, argument, given)
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
  return complain('MISSING_ARGUMENT', {
    fn: name,
    argument,
    expected: 'a value',
    received: String(given[argument]),
    tensorflow: both + text,
  })
}

const isNamedArguments = (args: unknown): boolean =>
  typeof args === 'object' &&
  args !== null &&
  !Array.isArray(args) &&
  !ArrayBuffer.isView(args) &&
  !(args instanceof Tensor) &&
  !('data' in args)

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** TensorFlow's own names of the types that differ from NumPy's. */
const tensorflowName = (dtype: DType): string =>
  ({ float16: 'half', float32: 'float', float64: 'double' })[dtype as string] ?? dtype

export interface Logits extends View {
  readonly dtype: FloatDType
}

/** Logits of a floating type; integer arrays are refused, as TensorFlow refuses them. */
export const readLogits = (fn: string, like: unknown): Logits => {
  const view = read(fn, 'logits', like, 'float32')
  if (hasFloats(view)) return view
  throw complain('DTYPE', {
    fn,
    argument: 'logits',
    expected: 'float16, bfloat16, float32 or float64',
    received: view.dtype,
    tensorflow: `Value for attr 'T' of ${tensorflowName(view.dtype)} is not in the list of allowed values: half, bfloat16, float, double`,
  })
}

const hasFloats = (view: View): view is Logits => isFloat(view.dtype)

/**
 * Logits with a class axis: any rank but 0.
 *
 * @param tensorflow its words where they are a scalar
 */
export const readRowLogits = (fn: string, like: unknown, tensorflow: string): Logits => {
  const logits = readLogits(fn, like)
  if (logits.shape.length > 0) return logits
  throw complain('SHAPE_MISMATCH', {
    fn,
    argument: 'logits',
    expected: 'rank 1 or more',
    received: 'a scalar',
    tensorflow,
  })
}

/** Class indices in row order. One outside [0, classes) is an error, and stays outside where `outOfRange` is 'nan'. */
export const readClassLabels = (
  fn: string,
  like: unknown,
  logitsShape: Shape,
  axis: number,
  outOfRange: 'throw' | 'nan',
): Int32Array => {
  checkChoice(fn, 'outOfRange', outOfRange, ['throw', 'nan'])
  const view = read(fn, 'labels', like, 'float64')
  const isNested = Array.isArray(like) || typeof like === 'number' || hasPlainData(like)
  if (!isInteger(view.dtype) && !(isNested && view.dtype === 'float64')) {
    throw complain('DTYPE', {
      fn,
      argument: 'labels',
      expected: 'class indices of an integer type',
      received: view.dtype,
      tensorflow: `Value for attr 'Tlabels' of ${tensorflowName(view.dtype)} is not in the list of allowed values: int32, int64`,
    })
  }
  checkLabelShape(fn, view.shape, logitsShape, axis)
  const classes = logitsShape[axis]!
  const own = ownInt32(view)
  const values = own ?? elementsOf(view)
  const labels = own ?? narrowed(fn, values, view.shape, classes)
  const unknown = outOfRange === 'throw' ? firstOutside(labels, classes) : labels.length
  if (unknown === labels.length) return labels
  throw unknownLabel(fn, values[unknown]!, indexAt(unknown, view.shape), classes)
}

/** The position of the first label outside [0, classes), or the length. */
const firstOutside = (labels: Int32Array, classes: number): number => {
  let k = 0
  while (k < labels.length && labels[k]! >= 0 && labels[k]! < classes) k++
  return k
}

/** Class indices as int32; one outside [0, classes) becomes -1. */
const narrowed = (
  fn: string,
  values: ArrayLike<number | bigint>,
  shape: Shape,
  classes: number,
): Int32Array =>
  Int32Array.from(values, (value, k) => {
    const label = Number(value)
    if (!Number.isInteger(label)) throw fractionalLabel(fn, label, indexAt(k, shape))
    return label >= 0 && label < classes ? label : -1
  })

/** Plain numbers without a type of their own, which are class indices where they are whole. */
const hasPlainData = (like: unknown): boolean =>
  typeof like === 'object' &&
  like !== null &&
  'data' in like &&
  Array.isArray(like.data) &&
  !('dtype' in like || 'type' in like)

/** The elements themselves where they are an Int32Array already. */
const ownInt32 = (view: View): Int32Array | undefined =>
  view.data instanceof Int32Array && isContiguous(runsOf(view))
    ? view.data.subarray(view.offset, view.offset + sizeOf(view.shape))
    : undefined

const fractionalLabel = (fn: string, value: number, index: number[]): Error =>
  complain('DTYPE', { fn, argument: 'labels', expected: 'a whole number', received: String(value), index })

/** Refuses a word that is none of those an argument may be. */
export const checkChoice = (fn: string, argument: string, word: string, choices: readonly string[]): void => {
  if (choices.includes(word)) return
  const expected = choices.map((choice) => `'${choice}'`).join(' or ')
  throw complain('VALUE', { fn, argument, expected, received: String(word) })
}

const unknownLabel = (fn: string, value: number | bigint, index: number[], classes: number): Error =>
  complain('LABEL_OUT_OF_RANGE', {
    fn,
    argument: 'labels',
    expected: `a class in [0, ${classes})`,
    received: String(value),
    index,
    tensorflow: `Received a label value of ${value} which is outside the valid range of [0, ${classes}).`,
  })

const checkLabelShape = (fn: string, labels: Shape, logits: Shape, axis: number): void => {
  const expected = withoutAxis(logits, axis)
  if (sameShape(labels, expected)) return
  const shapes = `labels.shape=${formatTuple(labels)}`
  throw complain('SHAPE_MISMATCH', {
    fn,
    argument: 'labels',
    expected:
      logits.length === 1 && labels.length === 1
        ? `a scalar, because logits are a single row of shape ${formatShape(logits)} (for a batch, give { data, shape })`
        : `shape ${formatShape(expected)}, that of logits ${formatShape(logits)} without axis ${axis}`,
    received: `shape ${formatShape(labels)}`,
    tensorflow:
      labels.length === expected.length
        ? `\`labels.shape\` must equal \`logits.shape\` except for the last dimension. Received: ${shapes} and logits.shape=${formatTuple(logits)}`
        : `\`labels.shape.rank\` must equal \`logits.shape.rank - 1\`. Received: ${shapes} of rank ${labels.length} and logits.shape=${formatTuple(logits)} of rank ${logits.length}`,
  })
}

/** Labels or weights of any real type; plain nested numbers take the logits' type. */
export const readReal = (fn: string, argument: string, like: unknown, logits: Logits): View =>
  read(fn, argument, like, logits.dtype)

/** The type of an argument's gradient: its own where that is floating, else that of the logits. */
export const gradientDType = (view: View, logits: Logits): FloatDType =>
  isFloat(view.dtype) ? view.dtype : logits.dtype
