import { zeros } from '../../tensor/dtype.ts'
import { gather } from '../../tensor/strided.ts'
import type { Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import { rowCount, rowRuns, sinkOf, upstreamReader } from '../staging.ts'
import { logProbability, probability, rowStatistics, sumOver } from './row.ts'

/** The definition of the `probabilities` kernel: float64 throughout, one row at a time. */
export const referenceProbabilities = (call: ProbabilitiesCall, results: Results): void => {
  const { logits, axis, log, compute } = call
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const logitRuns = rowRuns(logits, axis)
  const readUpstream = upstreamReader(call.upstream, axis)
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
    const statistics = rowStatistics(x)
    for (let j = 0; j < classes; j++) {
      p[j] = probability(statistics, x[j]!)
      out[j] = log ? logProbability(statistics, x[j]!) : p[j]!
    }
    valueSink?.write(from, to, out, 0)
    if (!logitsSink) continue
    readUpstream(from, to, u, 0)
    const sum = sumOver(classes, (j) => (log ? u[j]! : p[j]! * u[j]!))
    for (let j = 0; j < classes; j++) out[j] = log ? u[j]! - p[j]! * sum : p[j]! * (u[j]! - sum)
    logitsSink.write(from, to, out, 0)
  }
}
