import { zeros } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { gather, runsOf } from '../../tensor/strided.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import { sinkOf, upstreamReader } from '../staging.ts'
import { elementValue, labelSlope, logitSlope, sigmoidParts, weightSlope } from './element.ts'
import { roundingTo } from './rounding.ts'

const BLOCK = 1024

/** The definition of the `elements` kernel: float64 throughout. */
export const referenceElements = (call: ElementsCall, results: Results): void => {
  const { shape, compute } = call
  const size = sizeOf(shape)
  const block = Math.min(BLOCK, size)
  const logitRuns = runsOf(call.logits)
  const labelRuns = runsOf(call.labels)
  const weightRuns = call.posWeight && runsOf(call.posWeight)
  const readUpstream = upstreamReader(call.upstream)
  const rounding = roundingTo(compute)
  const sinks = {
    value: results.value && sinkOf(results.value, shape),
    logits: results.logits && sinkOf(results.logits, shape),
    labels: results.labels && sinkOf(results.labels, shape),
    posWeight: results.posWeight && sinkOf(results.posWeight, shape),
  }

  const x = zeros(compute, block)
  const z = zeros(compute, block)
  const w = zeros(compute, block).fill(1)
  const u = new Float64Array(block)
  const out = new Float64Array(block)

  for (let from = 0; from < size; from += block) {
    const to = Math.min(from + block, size)
    gather(logitRuns, from, to, x, 0)
    gather(labelRuns, from, to, z, 0)
    if (weightRuns) gather(weightRuns, from, to, w, 0)
    readUpstream(from, to, u, 0)
    const parts = Array.from(x, (logit) => sigmoidParts(logit, rounding))
    const write = (sink: typeof sinks.value, element: (k: number) => number): void => {
      if (!sink) return
      for (let k = 0; k < to - from; k++) out[k] = element(k)
      sink.write(from, to, out, 0)
    }
    write(sinks.value, (k) => elementValue(parts[k]!, z[k]!, w[k]!))
    write(sinks.logits, (k) => logitSlope(parts[k]!, z[k]!, w[k]!, u[k]!))
    write(sinks.labels, (k) => u[k]! * labelSlope(parts[k]!, w[k]!))
    write(sinks.posWeight, (k) => weightSlope(parts[k]!, z[k]!, u[k]!))
  }
  for (const sink of Object.values(sinks)) sink?.finish()
}
