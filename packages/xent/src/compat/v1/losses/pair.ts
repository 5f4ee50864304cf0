import { complain } from '../../../error.ts'
import type { LossKey, Pair } from '../../../keras/pair.ts'
import { computeDType, type FloatDType, isFloat } from '../../../tensor/dtype.ts'
import { read } from '../../../tensor/read.ts'
import { formatShape, formatTuple, sameShape } from '../../../tensor/shape.ts'
import { castTo, type View } from '../../../tensor/strided.ts'

/** What a function calls its labels and predictions. */
export type Names = Readonly<Record<LossKey, string>>

/**
 * Labels and predictions of one shape, in at least the precision of float32, so that 16-bit floats are rounded once, at the
 * end.
 *
 * @param dtype the type of the loss
 */
export const pairOf = (
  fn: string,
  names: Names,
  labels: unknown,
  predictions: View,
  dtype: FloatDType,
): Pair => {
  const own = isFloat(predictions.dtype) ? predictions.dtype : dtype
  const compute = computeDType(own)
  const yTrue = read(fn, names.yTrue, labels, own)
  const { shape } = predictions
  if (!sameShape(yTrue.shape, shape)) {
    const text = `Shapes ${formatTuple(shape)} and ${formatTuple(yTrue.shape)} are incompatible`
    const expected = `the shape of ${names.yPred}, ${formatShape(shape)}`
    throw complain('SHAPE_MISMATCH', fn, names.yTrue, expected, formatShape(yTrue.shape), text)
  }
  return {
    fn,
    yTrue,
    yPred: predictions.dtype === compute ? predictions : castTo(compute, predictions),
    dtype,
    compute,
    labelScale: 1,
    gradients: {
      yTrue: { shape, dtype: isFloat(yTrue.dtype) ? yTrue.dtype : own },
      yPred: { shape, dtype: own },
    },
  }
}

/** The same of predictions of any type, whose loss is float64 where they are, and else float32. */
export const castPair = (fn: string, names: Names, labels: unknown, given: unknown): Pair => {
  const predictions = read(fn, names.yPred, given, 'float32')
  const dtype = predictions.dtype === 'float64' ? 'float64' : 'float32'
  return pairOf(fn, names, labels, predictions, dtype)
}
