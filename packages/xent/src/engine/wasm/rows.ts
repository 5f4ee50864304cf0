import { sizeOf } from '../../tensor/shape.ts'
import { isContiguous } from '../../tensor/strided.ts'
import type { Results } from '../engine.ts'
import type { DenseTarget, RowsCall, SparseTarget } from '../rows.ts'
import { rowCount } from '../staging.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, factors, input, layOut, locator, output, part, summedOutput } from './operands.ts'

type Sparse = (
  x: number,
  labels: number,
  upstream: number,
  value: number,
  logits: number,
  rows: number,
  classes: number,
  scratch: number,
  // in lanes only
  length: number,
  stride: number,
  toStride: number,
) => void

interface SparseExports {
  readonly sparseLanes32: Sparse
  readonly lanesScratchBytes: (classes: number) => number
  readonly sparse32: Sparse
  readonly sparse64: Sparse
  readonly SCRATCH_BYTES: WebAssembly.Global
}

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
  scratch: number,
) => void

interface DenseExports {
  readonly dense32: Dense
  readonly dense64: Dense
  readonly SCRATCH_BYTES: WebAssembly.Global
}

/** Feeds the `sparse` module block by block. */
export const runSparse = (
  exports: SparseExports,
  memory: LinearMemory,
  call: RowsCall,
  results: Results,
): void => {
  const { logits, axis, compute } = call
  const target = call.target as SparseTarget
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const inner = innerLength(call)
  const isInLanes = inner > 1
  const rowKernel = compute === 'float64' ? exports.sparse64 : exports.sparse32
  const kernel = isInLanes ? exports.sparseLanes32 : rowKernel
  const x = input(memory, logits, compute, axis, isInLanes)
  const value = output(memory, results.value, compute)
  const slope = output(memory, results.logits, compute, axis, isInLanes)
  const upstream = factors(memory, results.logits && call.upstream)
  const locateLabels = locator(memory, target.labels)

  const rowBytes = classes * (x.bytes + slope.bytes) + value.bytes + upstream.bytes + 4
  // runs of a class are copied one by one, so they should not be too short
  const fitting = Math.max(
    blockLength(rows, rowBytes),
    isInLanes ? blockLength(Math.min(rows, 512), rowBytes / 8) : 0,
  )
  const block = fitting < inner ? fitting : fitting - (fitting % inner)
  const [xAt, slopeAt, valueAt, upstreamAt, labelsAt, scratchAt] = layOut(memory, [
    block * classes * x.bytes,
    block * classes * slope.bytes,
    block * value.bytes,
    block * upstream.bytes,
    block * 4,
    isInLanes ? exports.lanesScratchBytes(classes) : (exports.SCRATCH_BYTES.value as number),
  ]) as [number, number, number, number, number, number]
  const labels = locateLabels()

  for (let from = 0, to = 0; from < rows; from = to) {
    const position = from % inner
    to = Math.min(from + block, rows, block < inner ? from - position + inner : rows)
    const first = (from - position) * classes + position
    const last = first + (to - from) * classes
    const length = Math.min(inner, to - from)
    memory.views.int32.set(part(labels, from, to), labelsAt / 4)
    kernel(
      x.load(first, last, xAt),
      labelsAt,
      upstream.load(from, to, upstreamAt),
      value.load(from, to, valueAt),
      slope.load(first, last, slopeAt),
      to - from,
      classes,
      scratchAt,
      length,
      4 * (x.bytes ? length : inner),
      4 * (slope.bytes ? length : inner),
    )
    value.store(from, to, valueAt)
    slope.store(first, last, slopeAt)
  }
}

/** In lanes sums of fewer classes would not be exact enough, and a tile of more not near enough. */
const LEAST_IN_LANES = 9
const MOST_IN_LANES = 4096

/** How many rows lie side by side, each a lane of the kernel's vectors; 1 where it is to take one row after the other. */
const innerLength = ({ logits, axis, compute }: RowsCall): number => {
  const { shape } = logits
  const classes = shape[axis]!
  if (axis === shape.length - 1 || compute === 'float64' || !isContiguous(logits)) return 1
  const inner = sizeOf(shape.slice(axis + 1))
  // of few rows most lanes would be empty
  return inner < 4 || classes < LEAST_IN_LANES || classes > MOST_IN_LANES ? 1 : inner
}

/** Feeds the `dense` module block by block. */
export const runDense = (
  exports: DenseExports,
  memory: LinearMemory,
  call: RowsCall,
  results: Results,
): void => {
  const { logits, axis, compute } = call
  const target = call.target as DenseTarget
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const kernel = compute === 'float64' ? exports.dense64 : exports.dense32
  const x = input(memory, logits, compute, axis)
  const t = input(memory, target.labels, compute, axis)
  const value = output(memory, results.value, compute)
  const logitsSlope = output(memory, results.logits, compute, axis)
  const labelsSlope = summedOutput(memory, results.labels, compute, logits.shape, axis)
  const upstream = factors(memory, call.upstream)
  const wantsGradient = results.logits || results.labels

  const rowBytes = classes * (x.bytes + t.bytes + logitsSlope.bytes + labelsSlope.bytes)
  const block = blockLength(rows, rowBytes + value.bytes + upstream.bytes)
  const [xAt, tAt, logitsAt, labelsAt, valueAt, upstreamAt, scratchAt] = layOut(memory, [
    block * classes * x.bytes,
    block * classes * t.bytes,
    block * classes * logitsSlope.bytes,
    block * classes * labelsSlope.bytes,
    block * value.bytes,
    block * upstream.bytes,
    exports.SCRATCH_BYTES.value as number,
  ]) as [number, number, number, number, number, number, number]

  for (let from = 0; from < rows; from += block) {
    const to = Math.min(from + block, rows)
    const first = from * classes
    const last = to * classes
    kernel(
      x.load(first, last, xAt),
      t.load(first, last, tAt),
      wantsGradient ? upstream.load(from, to, upstreamAt) : upstreamAt,
      value.load(from, to, valueAt),
      logitsSlope.load(first, last, logitsAt),
      labelsSlope.load(first, last, labelsAt),
      to - from,
      classes,
      Number(target.normalized),
      scratchAt,
    )
    value.store(from, to, valueAt)
    logitsSlope.store(first, last, logitsAt)
    labelsSlope.store(first, last, labelsAt)
  }
}
