import { zeros } from '../../tensor/dtype.ts'
import type { Results } from '../engine.ts'
import type { DenseCall, SparseCall } from '../rows.ts'
import { rowCount, summerOf, writerOf } from '../staging.ts'
import { rowReader, rowWriter } from './access.ts'
import { roundingTo } from './rounding.ts'
import { complement, exactSum, excess, probability, rowOf, sumOver, surprise, without } from './row.ts'

/** The definition of the `sparseRows` kernel: float64 throughout, one row at a time. */
export const referenceSparse = (call: SparseCall, results: Results): void => {
  const { logits, axis, target, compute, upstream } = call
  const classes = logits.shape[axis]!
  const readLogits = rowReader(logits, zeros(compute, classes), axis)
  const readUpstream = rowReader(upstream, new Float64Array(1))
  const writeValue = rowWriter(results.value && writerOf(results.value), 1)
  const writeSlope = rowWriter(results.logits && writerOf(results.logits, axis), classes)
  const rows = rowCount(logits.shape, axis)
  for (let k = 0; k < rows; k++) {
    const row = rowOf(readLogits(k), roundingTo(compute))
    const y = target.labels[k]!
    const isKnown = y >= 0 && y < classes
    const u = isKnown ? readUpstream(k)[0]! : NaN
    writeValue(k, () => (isKnown ? surprise(row, y) : NaN))
    writeSlope(k, (j) => u * (j === y ? -complement(row, j) : probability(row, j)))
  }
}

/** The definition of the `denseRows` kernel. */
export const referenceDense = (call: DenseCall, results: Results): void => {
  const { logits, axis, target, compute, upstream } = call
  const { shape } = logits
  const classes = shape[axis]!
  const readLogits = rowReader(logits, zeros(compute, classes), axis)
  const readLabels = rowReader(target.labels, zeros(compute, classes), axis)
  const readUpstream = rowReader(upstream, new Float64Array(1))
  const writeValue = rowWriter(results.value && writerOf(results.value), 1)
  const writeSlope = rowWriter(results.logits && writerOf(results.logits, axis), classes)
  const writeLabelSlope = rowWriter(results.labels && summerOf(results.labels, shape, axis), classes)
  const rows = rowCount(shape, axis)
  for (let k = 0; k < rows; k++) {
    const row = rowOf(readLogits(k), roundingTo(compute))
    const t = readLabels(k)
    const u = readUpstream(k)[0]!
    const sum = exactSum(classes, (j) => t[j]!)
    writeValue(k, () => sumOver(classes, (j) => surprise(row, j, t[j]!)))
    writeSlope(k, (j) => {
      const others = target.normalized ? 1 - t[j]! : without(sum, t[j]!)
      return excess(row, j, u * t[j]!, u * others)
    })
    writeLabelSlope(k, (j) => surprise(row, j, u))
  }
}
