import { complain } from '../error.ts'
import { squeezeLast } from '../nn/sample-weight.ts'
import {
  type ComputeDType,
  computeDType,
  type FloatArray,
  type FloatDType,
  isFloat,
} from '../tensor/dtype.ts'
import { read } from '../tensor/read.ts'
import { formatShape, formatTuple, type Shape, sameShape } from '../tensor/shape.ts'
import { castTo, contiguousView, elementsIn, type View } from '../tensor/strided.ts'

/** The arguments that a loss has gradients in. */
export type LossKey = 'yTrue' | 'yPred'

/** What a loss compares, with ranks matched. */
export interface Pair {
  /** What errors name. */
  readonly fn: string
  readonly yTrue: View
  readonly yPred: View
  /** The type of the loss and of the gradient by the predictions. */
  readonly dtype: FloatDType
  /** The precision that both are cast to, in which constants such as 1e-7 are rounded. */
  readonly compute: ComputeDType
  /** By what the labels that the loss sees change with those of the caller. */
  readonly labelScale: number
  /** The caller's shapes and the types of their gradients. */
  readonly gradients: Readonly<Record<LossKey, { readonly shape: Shape; readonly dtype: FloatDType }>>
}

/**
 * Reads labels and predictions. Where the ranks differ by one, a last dimension of 1 is dropped, but predictions of one more
 * dimension that is not 1 are left alone: their labels may be class indices.
 *
 * @param isClassIds whether plain numbers among the labels are class indices
 */
export const readPair = (fn: string, yTrue: unknown, yPred: unknown, isClassIds: boolean): Pair => {
  const predictions = asFloat(read(fn, 'yPred', yPred, 'float32'))
  const dtype = predictions.dtype as FloatDType
  const labels = read(fn, 'yTrue', yTrue, isClassIds ? 'float64' : dtype)
  const more = predictions.shape.length - labels.shape.length
  return {
    fn,
    yTrue: more === -1 && labels.shape.at(-1) === 1 ? squeezeLast(labels) : labels,
    yPred: more === 1 && predictions.shape.at(-1) === 1 ? squeezeLast(predictions) : predictions,
    dtype,
    compute: computeDType(dtype),
    labelScale: 1,
    gradients: {
      yPred: { shape: predictions.shape, dtype },
      yTrue: { shape: labels.shape, dtype: isFloat(labels.dtype) ? labels.dtype : dtype },
    },
  }
}

/** Integers become float32. */
const asFloat = (view: View): View => (isFloat(view.dtype) ? view : castTo('float32', view))

/** The pair with labels `scale · y + shift`. */
export const relabeled = (pair: Pair, scale: number, shift: number): Pair => {
  if (scale === 1 && shift === 0) return pair
  const { yTrue, compute } = pair
  const labels: FloatArray = elementsIn(compute, yTrue)
  for (let k = 0; k < labels.length; k++) labels[k] = labels[k]! * scale + shift
  return { ...pair, yTrue: contiguousView(labels, compute, yTrue.shape), labelScale: pair.labelScale * scale }
}

/** @param keras its words where the shapes differ */
export const checkSameShape = (
  { fn, yTrue, yPred }: Pair,
  keras: string = `Shapes ${formatTuple(yTrue.shape)} and ${formatTuple(yPred.shape)} are incompatible`,
): void => {
  if (sameShape(yTrue.shape, yPred.shape)) return
  const expected = `the shape of yPred, ${formatShape(yPred.shape)}`
  throw complain('SHAPE_MISMATCH', fn, 'yTrue', expected, formatShape(yTrue.shape), keras)
}
