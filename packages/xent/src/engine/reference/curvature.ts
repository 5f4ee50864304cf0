import { type FloatArray, zeros } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { gather, runsOf, type View } from '../../tensor/strided.ts'
import type { ElementCurvatureCall, RowCurvatureCall } from '../curvature.ts'
import type { Results } from '../engine.ts'
import { rowCount, rowRuns, sinkOf, upstreamReader } from '../staging.ts'
import { sigmoidParts } from './element.ts'
import { roundingTo } from './rounding.ts'
import { deviations, exactSum, excess, probability, rowStatistics, sumOver, without } from './row.ts'

const sum = (a: FloatArray): number => sumOver(a.length, (k) => a[k]!)

export const referenceRowCurvature = (call: RowCurvatureCall, results: Results): void => {
  const { logits, axis, target, compute, tangents } = call
  const classes = logits.shape[axis]!
  const perClass = target.kind === 'softmax' || target.kind === 'logSoftmax'
  const logitRuns = rowRuns(logits, axis)
  const readLabels = target.kind === 'dense' ? rowReader(target.labels, axis) : undefined
  const readTangent = rowReader(tangents.logits, axis)
  const readLabelTangent = rowReader(tangents.labels, axis)
  const readUpstream = upstreamReader(call.upstream, perClass ? axis : undefined)
  const logitsSink = results.logits && sinkOf(results.logits, logits.shape, axis)
  const labelsSink = results.labels && sinkOf(results.labels, logits.shape, axis)

  const rounding = roundingTo(compute)
  const x = zeros(compute, classes)
  const t = zeros(compute, classes)
  const u = new Float64Array(classes)
  const v = new Float64Array(classes)
  const w = new Float64Array(classes)
  const out = new Float64Array(classes)
  const rows = rowCount(logits.shape, axis)
  for (let row = 0; row < rows; row++) {
    const from = row * classes
    const to = from + classes
    gather(logitRuns, from, to, x, 0)
    const statistics = rowStatistics(x, rounding)
    const p = Float64Array.from(x, (logit) => probability(statistics, logit))
    readLabels?.(from, to, t)
    readTangent(from, to, v)
    readLabelTangent(from, to, w)
    if (perClass) readUpstream(from, to, u, 0)
    else readUpstream(row, row + 1, u, 0)
    const deviation = deviations(statistics, p, v)

    if (target.kind === 'softmax') {
      const product = deviations(statistics, p, u).map((d, j) => d * deviation[j]!)
      const covariance = deviations(statistics, p, product)
      for (let j = 0; j < classes; j++) out[j] = p[j]! * covariance[j]!
    } else {
      const factor = rowFactor(target, row, classes, u, t)
      const sumW = exactSum(classes, (j) => w[j]!)
      for (let j = 0; j < classes; j++) {
        const mixed = tangents.labels ? excess(statistics, x[j]!, j, w[j]!, without(sumW, w[j]!)) : 0
        out[j] = factor * p[j]! * deviation[j]! + u[0]! * mixed
      }
    }
    logitsSink?.write(from, to, out, 0)

    if (!labelsSink) continue
    const seesLabels = target.kind === 'dense' && !target.normalized
    for (let j = 0; j < classes; j++) out[j] = seesLabels ? -u[0]! * deviation[j]! : 0
    labelsSink.write(from, to, out, 0)
  }
  labelsSink?.finish()
}

/** f in f·p(v − Σ pv). */
const rowFactor = (
  target: RowCurvatureCall['target'],
  row: number,
  classes: number,
  u: Float64Array,
  t: FloatArray,
): number => {
  if (target.kind === 'dense') return target.normalized ? u[0]! : u[0]! * sum(t)
  if (target.kind === 'sparse') {
    const y = target.labels[row]!
    return y >= 0 && y < classes ? u[0]! : Number.NaN
  }
  return -sum(u)
}

/** Reads a row of a view, or zeros where there is no view. */
const rowReader = (
  view: View | undefined,
  axis: number,
): ((from: number, to: number, target: FloatArray) => void) => {
  if (!view) return () => {}
  const runs = rowRuns(view, axis)
  return (from, to, target) => gather(runs, from, to, target, 0)
}

export const referenceElementCurvature = (call: ElementCurvatureCall, results: Results): void => {
  const { shape, compute, tangents } = call
  const size = sizeOf(shape)
  const readAll = (view: View | undefined, missing: number): Float64Array => {
    const values = zeros(compute, size).fill(missing)
    if (view) gather(runsOf(view), 0, size, values, 0)
    return Float64Array.from(values)
  }
  const x = readAll(call.logits, 0)
  const z = readAll(call.labels, 0)
  const w = readAll(call.posWeight, 1)
  const a = readAll(tangents.logits, 0)
  const b = readAll(tangents.labels, 0)
  const c = readAll(tangents.posWeight, 0)
  const u = new Float64Array(size)
  upstreamReader(call.upstream)(0, size, u, 0)

  const write = (name: 'logits' | 'labels' | 'posWeight', element: (k: number) => number): void => {
    const result = results[name]
    if (!result) return
    const sink = sinkOf(result, shape)
    sink.write(
      0,
      size,
      Float64Array.from({ length: size }, (_, k) => u[k]! * element(k)),
      0,
    )
    sink.finish()
  }
  const rounding = roundingTo(compute)
  const parts = Array.from(x, (logit) => sigmoidParts(logit, rounding))
  /** −∂²/∂x∂z = σ(x) + wσ(−x), sorted so that weight 1 leaves exactly 1. */
  const mixed = (k: number): number => 1 + (w[k]! - 1) * parts[k]!.negative
  const softplusNegative = (k: number): number => parts[k]!.below + parts[k]!.tail
  write('logits', (k) => {
    const { positive, negative } = parts[k]!
    // without a weight the curvature does not depend on the label, whatever that is
    const factor = w[k] === 1 ? 1 : 1 - z[k]! + w[k]! * z[k]!
    const second = factor * positive * negative
    return second * a[k]! - mixed(k) * b[k]! - term(c[k]!, z[k]! * negative)
  })
  write('labels', (k) => term(c[k]!, softplusNegative(k)) - mixed(k) * a[k]!)
  write('posWeight', (k) => term(b[k]!, softplusNegative(k)) - term(a[k]!, z[k]! * parts[k]!.negative))
}

/** A tangent of 0 adds nothing, also against an infinite coefficient. */
const term = (tangent: number, coefficient: number): number => (tangent === 0 ? 0 : tangent * coefficient)
