import { zeros } from '../../tensor/dtype.ts'
import type { Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import { rowCount, writerOf } from '../staging.ts'
import { rowReader, rowWriter } from './access.ts'
import { roundingTo } from './rounding.ts'
import { deviations, exactSum, excess, probability, rowOf, surprise, without } from './row.ts'

/** The definition of the `probabilities` kernel: float64 throughout, one row at a time. */
export const referenceProbabilities = (call: ProbabilitiesCall, results: Results): void => {
  const { logits, axis, log, compute, upstream } = call
  const classes = logits.shape[axis]!
  const readLogits = rowReader(logits, zeros(compute, classes), axis)
  const readUpstream = rowReader(upstream, new Float64Array(classes), axis)
  const writeValue = rowWriter(results.value && writerOf(results.value, axis), classes)
  const writeSlope = rowWriter(results.logits && writerOf(results.logits, axis), classes)
  const rows = rowCount(logits.shape, axis)
  for (let k = 0; k < rows; k++) {
    const row = rowOf(readLogits(k), roundingTo(compute))
    writeValue(k, (j) => (log ? -surprise(row, j) : probability(row, j)))
    if (!results.logits) continue
    const u = readUpstream(k)
    const sum = exactSum(classes, (j) => u[j]!)
    const deviation = deviations(row, u)
    writeSlope(k, (j) =>
      log ? -excess(row, j, u[j]!, without(sum, u[j]!)) : probability(row, j) * deviation[j]!,
    )
  }
}
