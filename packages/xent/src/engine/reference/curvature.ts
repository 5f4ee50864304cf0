import { type FloatArray, zeros } from '../../tensor/dtype.ts'
import { type Shape, sizeOf } from '../../tensor/shape.ts'
import { broadcastTo, type View } from '../../tensor/strided.ts'
import type { ElementCurvatureCall, RowCurvatureCall } from '../curvature.ts'
import type { Results } from '../engine.ts'
import type { RowsCall } from '../rows.ts'
import { rowCount, summerOf, writerOf } from '../staging.ts'
import { rowReader, rowWriter } from './access.ts'
import { sigmoidParts } from './element.ts'
import { roundingTo } from './rounding.ts'
import { deviations, exactSum, excess, probability, rowOf, sumOver, without } from './row.ts'

const sum = (a: FloatArray): number => sumOver(a.length, (k) => a[k]!)

export const referenceRowCurvature = (call: RowCurvatureCall, results: Results): void => {
  const { logits, axis, compute, tangents } = call
  const { shape } = logits
  const classes = shape[axis]!
  const target = 'target' in call ? call.target : undefined
  const perClass = (): Float64Array => new Float64Array(classes)
  const readLogits = rowReader(logits, zeros(compute, classes), axis)
  const readLabels = rowReader(target?.kind === 'dense' ? target.labels : 1, zeros(compute, classes), axis)
  const readUpstream = target
    ? rowReader(call.upstream, new Float64Array(1))
    : rowReader(call.upstream, perClass(), axis)
  const readTangent = rowReader(spread(tangents.logits, shape), perClass(), axis)
  const readLabelTangent = rowReader(spread(tangents.labels, shape), perClass(), axis)
  const writeLogits = rowWriter(results.logits && writerOf(results.logits, axis), classes)
  const writeLabels = rowWriter(results.labels && summerOf(results.labels, shape, axis), classes)

  const rows = rowCount(shape, axis)
  for (let k = 0; k < rows; k++) {
    const row = rowOf(readLogits(k), roundingTo(compute))
    const u = readUpstream(k)
    const w = readLabelTangent(k)
    const deviation = deviations(row, readTangent(k))

    if ('log' in call && !call.log) {
      const product = deviations(row, u).map((d, j) => d * deviation[j]!)
      const covariance = deviations(row, product)
      writeLogits(k, (j) => probability(row, j) * covariance[j]!)
    } else {
      const factor = target ? u[0]! * labelSum(target, k, readLabels(k)) : -sum(u)
      const sumW = exactSum(classes, (j) => w[j]!)
      writeLogits(k, (j) => {
        const mixed = tangents.labels ? excess(row, j, w[j]!, without(sumW, w[j]!)) : 0
        return factor * probability(row, j) * deviation[j]! + u[0]! * mixed
      })
    }
    const seesLabels = target?.kind === 'dense' && !target.normalized
    writeLabels(k, (j) => (seesLabels ? -u[0]! * deviation[j]! : 0))
  }
}

/** The sum of a row's labels: NaN for a class that is none, and 1 where the gradient takes it for that. */
const labelSum = (target: RowsCall['target'], row: number, labels: FloatArray): number => {
  if (target.kind === 'dense') return target.normalized ? 1 : sum(labels)
  const y = target.labels[row]!
  return y >= 0 && y < labels.length ? 1 : NaN
}

/** A tangent as wide as the computation, or zeros where there is none. */
const spread = (tangent: View | undefined, shape: Shape): View | number =>
  tangent ? broadcastTo(tangent, shape)! : 0

export const referenceElementCurvature = (call: ElementCurvatureCall, results: Results): void => {
  const { shape, compute, tangents } = call
  const size = sizeOf(shape)
  const readAll = (source: View | number): Float64Array =>
    Float64Array.from(rowReader(source, zeros(compute, size))(0))
  const x = readAll(call.logits)
  const z = readAll(call.labels)
  const w = readAll(call.posWeight ?? 1)
  const a = readAll(spread(tangents.logits, shape))
  const b = readAll(spread(tangents.labels, shape))
  const c = readAll(spread(tangents.posWeight, shape))
  const u = rowReader(call.upstream, new Float64Array(size))(0)

  const write = (name: 'logits' | 'labels' | 'posWeight', element: (k: number) => number): void => {
    const transfer = results[name] && summerOf(results[name], shape)
    rowWriter(transfer, size)(0, (k) => u[k]! * element(k))
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
