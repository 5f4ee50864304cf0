import { zeros } from '../../tensor/dtype.ts'
import { gather } from '../../tensor/strided.ts'
import type { Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import { rowCount, rowRuns, sinkOf, upstreamReader } from '../staging.ts'
import { roundingTo } from './rounding.ts'
import { deviations, exactSum, excess, probability, rowStatistics, surprise, without } from './row.ts'

/** The definition of the `probabilities` kernel: float64 throughout, one row at a time. */
export const referenceProbabilities = (call: ProbabilitiesCall, results: Results): void => {
  const { logits, axis, log, compute } = call
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const logitRuns = rowRuns(logits, axis)
  const readUpstream = upstreamReader(call.upstream, axis)
  const rounding = roundingTo(compute)
  const valueSink = results.value && sinkOf(results.value, logits.shape, axis)
  const logitsSink = results.logits && sinkOf(results.logits, logits.shape, axis)

  const x = zeros(compute, classes)
  const p = new Float64Array(classes)
  const u = new Float64Array(classes)
  const out = new Float64Array(classes)

  for (let row = 0; row < rows; row++) {
    const from = row * classes
    const to = from + classes
    gather(logitRuns, from, to, x, 0)
    const statistics = rowStatistics(x, rounding)
    for (let j = 0; j < classes; j++) {
      p[j] = probability(statistics, x[j]!)
      out[j] = log ? -surprise(statistics, x[j]!) : p[j]!
    }
    valueSink?.write(from, to, out, 0)
    if (!logitsSink) continue
    readUpstream(from, to, u, 0)
    if (log) {
      const sum = exactSum(classes, (j) => u[j]!)
      for (let j = 0; j < classes; j++) out[j] = -excess(statistics, x[j]!, j, u[j]!, without(sum, u[j]!))
    } else {
      const deviation = deviations(statistics, p, u)
      for (let j = 0; j < classes; j++) out[j] = p[j]! * deviation[j]!
    }
    logitsSink.write(from, to, out, 0)
  }
}
