import { zeros } from '../../tensor/dtype.ts'
import { gather } from '../../tensor/strided.ts'
import type { Results } from '../engine.ts'
import type { RowsCall } from '../rows.ts'
import { rowCount, rowRuns, type Sink, sinkOf, upstreamReader } from '../staging.ts'
import { roundingTo } from './rounding.ts'
import {
  complement,
  exactSum,
  excess,
  probability,
  rowStatistics,
  sumOver,
  surprise,
  without,
} from './row.ts'

/** The definition of the `rows` kernel: float64 throughout, one row at a time. */
export const referenceRows = (call: RowsCall, results: Results): void => {
  const { logits, axis, target, compute } = call
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const logitRuns = rowRuns(logits, axis)
  const labelRuns = target.kind === 'dense' ? rowRuns(target.labels, axis) : undefined
  const readUpstream = upstreamReader(call.upstream)
  const rounding = roundingTo(compute)
  const valueSink = results.value && sinkOf(results.value, results.value.shape)
  const logitsSink = results.logits && sinkOf(results.logits, logits.shape, axis)
  const labelsSink = results.labels && sinkOf(results.labels, logits.shape, axis)

  const x = zeros(compute, classes)
  const t = zeros(compute, classes)
  const value = new Float64Array(1)
  const upstream = new Float64Array(1)
  const slope = new Float64Array(classes)

  for (let row = 0; row < rows; row++) {
    const from = row * classes
    gather(logitRuns, from, from + classes, x, 0)
    readUpstream(row, row + 1, upstream, 0)
    const u = upstream[0]!
    const statistics = rowStatistics(x, rounding)
    const write = (sink: Sink | undefined, derivative: (j: number) => number): void => {
      if (!sink) return
      for (let j = 0; j < classes; j++) slope[j] = derivative(j)
      sink.write(from, from + classes, slope, 0)
    }

    if (target.kind === 'sparse') {
      const y = target.labels[row]!
      const known = y >= 0 && y < classes
      value[0] = known ? surprise(statistics, x[y]!) : Number.NaN
      write(logitsSink, (j) => {
        if (!known) return Number.NaN
        return u * (j === y ? -complement(statistics, x[j]!, j) : probability(statistics, x[j]!))
      })
    } else {
      gather(labelRuns!, from, from + classes, t, 0)
      const labelSum = exactSum(classes, (j) => t[j]!)
      value[0] = sumOver(classes, (j) => surprise(statistics, x[j]!, t[j]!))
      write(logitsSink, (j) => {
        const others = target.normalized ? 1 - t[j]! : without(labelSum, t[j]!)
        return excess(statistics, x[j]!, j, u * t[j]!, u * others)
      })
      write(labelsSink, (j) => surprise(statistics, x[j]!, u))
    }
    valueSink?.write(row, row + 1, value, 0)
  }
  logitsSink?.finish()
  labelsSink?.finish()
}
