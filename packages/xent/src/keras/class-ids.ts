import { complain } from '../error.ts'
import {
  formatShape,
  formatTuple,
  indexAt,
  placeIn,
  sameShape,
  sizeOf,
  withoutAxis,
} from '../tensor/shape.ts'
import { elementsIn, type View } from '../tensor/strided.ts'
import type { Pair } from './pair.ts'

interface Shaped {
  readonly shape: readonly number[]
}

export interface ClassIds {
  /** A class for each row of the predictions; 0 where it is ignored. */
  readonly ids: Int32Array
  /** 1 for the rows that count; missing where no class is ignored. */
  readonly valid: Uint8Array | undefined
  /** The shape of the losses. */
  readonly shape: readonly number[]
}

/**
 * The labels of a pair as class indices. Labels of another rank than the rows of the predictions only have to be as many.
 *
 * @throws XentError DTYPE for a fraction or NaN, LABEL_OUT_OF_RANGE for what is no class and is not ignored
 */
export const classIdsOf = (pair: Pair, axis: number, ignoreClass: number | null = null): ClassIds => {
  const { fn, yTrue, yPred } = pair
  const rows = withoutAxis(yPred.shape, axis)
  const isRanked = yTrue.shape.length === rows.length
  if (isRanked ? !sameShape(yTrue.shape, rows) : sizeOf(yTrue.shape) !== sizeOf(rows))
    throw otherRows(pair, rows, isRanked)
  const classes = yPred.shape[axis]!
  const labels = elementsIn('float64', yTrue)
  const ids = new Int32Array(labels.length)
  const valid = ignoreClass === null ? undefined : new Uint8Array(labels.length)
  for (let k = 0; k < labels.length; k++) {
    const label = labels[k]!
    const isIgnored = label === ignoreClass
    if (!isIgnored) ids[k] = checkedClass(fn, yTrue, k, label, classes)
    if (valid) valid[k] = isIgnored ? 0 : 1
  }
  return { ids, valid, shape: isRanked || rows.length > 0 ? rows : [ids.length] }
}

/** The element `k` of an argument, which is a whole number. */
export const checkedWhole = (
  fn: string,
  argument: string,
  { shape }: View,
  k: number,
  label: number,
): number => {
  if (Number.isInteger(label)) return label
  throw complain('DTYPE', fn, placeIn(argument, indexAt(k, shape)), 'a whole number', label)
}

/** The element `k` of the labels, which is a class. */
export const checkedClass = (fn: string, labels: View, k: number, label: number, classes: number): number => {
  if (checkedWhole(fn, 'yTrue', labels, k, label) >= 0 && label < classes) return label
  const place = placeIn('yTrue', indexAt(k, labels.shape))
  const text = `Received a label value of ${label} which is outside the valid range of [0, ${classes}).`
  throw complain('LABEL_OUT_OF_RANGE', fn, place, `a class in [0, ${classes})`, label, text)
}

/** The complaint about labels that are not as many as the rows of the predictions, or of another shape. */
export const otherRows = (
  { fn, yTrue, yPred }: { readonly fn: string; readonly yTrue: Shaped; readonly yPred: Shaped },
  rows: readonly number[],
  isRanked: boolean,
): Error => {
  const [labels, logits] = isRanked
    ? [yTrue.shape, yPred.shape]
    : [[sizeOf(yTrue.shape)], [sizeOf(rows), sizeOf(yPred.shape) / (sizeOf(rows) || 1)]]
  return complain(
    'SHAPE_MISMATCH',
    fn,
    'yTrue',
    `shape ${formatShape(rows)}, that of yPred without its classes`,
    formatShape(yTrue.shape),
    `\`labels.shape\` must equal \`logits.shape\` except for the last dimension. Received: labels.shape=${formatTuple(labels)} and logits.shape=${formatTuple(logits)}`,
  )
}
