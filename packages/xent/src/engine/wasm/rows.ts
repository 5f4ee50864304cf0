import { bytesPerElement } from '../../tensor/dtype.ts'
import type { Results } from '../engine.ts'
import type { RowsCall } from '../rows.ts'
import { rowCount, upstreamReader } from '../staging.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, input, layOut, locator, output, part, pinnedUpstream } from './operands.ts'

type Sparse = (
  x: number,
  labels: number,
  upstream: number,
  value: number,
  logits: number,
  rows: number,
  classes: number,
) => void

type Dense = (
  x: number,
  t: number,
  upstream: number,
  value: number,
  logits: number,
  labels: number,
  rows: number,
  classes: number,
  normalized: number,
) => void

interface RowsExports {
  readonly sparse32: Sparse
  readonly sparse64: Sparse
  readonly dense32: Dense
  readonly dense64: Dense
}

/** Feeds the `rows` module block by block. */
export const runRows = (
  exports: RowsExports,
  memory: LinearMemory,
  call: RowsCall,
  results: Results,
): void => {
  const { logits, axis, target, compute } = call
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const sparse = compute === 'float64' ? exports.sparse64 : exports.sparse32
  const dense = compute === 'float64' ? exports.dense64 : exports.dense32
  const valueShape = results.value?.shape ?? []
  const x = input(memory, logits, axis, compute)
  const t = input(memory, target.kind === 'dense' ? target.labels : undefined, axis, compute)
  const value = output(memory, results.value, valueShape, valueShape.length - 1, compute)
  const logitsSlope = output(memory, results.logits, logits.shape, axis, compute)
  const labelsSlope = output(memory, results.labels, logits.shape, axis, compute)
  const locateLabels = locator(memory, target.kind === 'sparse' ? target.labels : new Int32Array())
  const upstreamSource = pinnedUpstream(memory, call.upstream)

  const rowBytes =
    classes * (x.bytes + t.bytes + logitsSlope.bytes + labelsSlope.bytes) + bytesPerElement(compute) + 12
  const block = blockLength(rows, rowBytes)
  const [xAt, tAt, logitsAt, labelsAt, valueAt, upstreamAt, classAt] = layOut(memory, [
    block * classes * x.bytes,
    block * classes * t.bytes,
    block * classes * logitsSlope.bytes,
    block * classes * labelsSlope.bytes,
    block * value.bytes,
    block * 8,
    block * 4,
  ]) as [number, number, number, number, number, number, number]
  const labels = locateLabels()
  const readUpstream = upstreamReader(upstreamSource)

  for (let from = 0; from < rows; from += block) {
    const to = Math.min(from + block, rows)
    const first = from * classes
    const last = to * classes
    const xPointer = x.load(first, last, xAt)
    const valuePointer = value.load(from, to, valueAt)
    const logitsPointer = logitsSlope.load(first, last, logitsAt)
    if (results.logits || results.labels) readUpstream(from, to, memory.views.float64, upstreamAt / 8)
    if (target.kind === 'sparse') {
      memory.views.int32.set(part(labels, from, to), classAt / 4)
      sparse(xPointer, classAt, upstreamAt, valuePointer, logitsPointer, to - from, classes)
    } else {
      const tPointer = t.load(first, last, tAt)
      const labelsPointer = labelsSlope.load(first, last, labelsAt)
      dense(
        xPointer,
        tPointer,
        upstreamAt,
        valuePointer,
        logitsPointer,
        labelsPointer,
        to - from,
        classes,
        Number(target.normalized),
      )
      labelsSlope.store(first, last, labelsAt)
    }
    value.store(from, to, valueAt)
    logitsSlope.store(first, last, logitsAt)
  }
  for (const operand of [value, logitsSlope, labelsSlope]) operand.finish()
}
