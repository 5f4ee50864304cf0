import { gather, runsOf } from '../../tensor/strided.ts'
import type { KernelCall, Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import type { SparseCall } from '../rows.ts'
import { rowCount } from '../staging.ts'
import { absent, factors, operand, output } from '../wasm/operands.ts'
import { bytesOf, type Host, innerLength, type Work } from '../wasm/work.ts'
import type { Pool } from './pool.ts'
import { OWN_SCRATCH, SLOTS } from './ring.ts'

/** The `pieces` module. */
export interface PiecesExports {
  readonly sumPiece: (
    scratch: number,
    x: number,
    e: number,
    from: number,
    to: number,
    classes: number,
    label: number,
    head: number,
    chunks: number,
  ) => void
  readonly mergeRow: (
    block: number,
    k: number,
    head: number,
    chunks: number,
    classes: number,
    isKept: number,
  ) => void
  readonly settleLosses: (block: number, count: number, value: number, upstream: number) => void
  readonly settleProbabilities: (block: number, count: number) => void
  readonly scalePiece: (
    e: number,
    from: number,
    to: number,
    label: number,
    head: number,
    block: number,
    k: number,
  ) => void
  readonly SCRATCH_BYTES: WebAssembly.Global
  readonly CHUNK_BYTES: WebAssembly.Global
  readonly HEAD_BYTES: WebAssembly.Global
  readonly HEAD_LOGITS: WebAssembly.Global
  readonly BLOCK_BYTES: WebAssembly.Global
}

/** A host whose kernels run at once, or at which their calls are recorded for a task. */
export interface Hosts {
  readonly host: Host
  readonly pieces: PiecesExports
}

/** Classes that are summed together; a piece has several such chunks. */
const CHUNK = 2048
/** With so many rows for each thread none needs to be shared. */
const ROWS_ENOUGH = 4
/** How many pieces there should be for each thread. */
const PIECES = 4
/** Bytes of staging, unless a single row needs more. */
const STAGING = 32 * 2 ** 20

/** Whether a call's rows are so long and few that threads should share each: a float32 sparse loss, or softmax. */
export const isOfLongRows = (
  call: KernelCall,
  results: Results,
  threads: number,
  leastClasses: number,
): boolean => {
  const { axis } = call as SparseCall | ProbabilitiesCall
  const { name } = call.kernel
  const isSoftmax = name === 'probabilities' && !(call as ProbabilitiesCall).log && !results.logits
  if (call.compute !== 'float32' || !(name === 'sparseRows' || isSoftmax)) return false
  const { shape } = call.logits
  return (
    innerLength(shape, axis) === 1 &&
    shape[axis]! >= leastClasses &&
    rowCount(shape, axis) < ROWS_ENOUGH * threads
  )
}

/**
 * Runs such a call on the pool, pieces of rows to a task; for what it gives see `drive`. First the pieces are summed, then
 * their sums are put together, then their exponentials, if they are wanted, become the result. Rows that these steps do not
 * serve, because their logits are far from each other, are run by `whole`, one after the other.
 */
export function* driveLongRows(
  pool: Pool,
  threads: number,
  call: SparseCall | ProbabilitiesCall,
  results: Results,
  here: Hosts,
  there: Hosts,
  whole: Work,
  leastOfPiece: number,
): Generator<number, void, void> {
  const { logits, axis } = call
  const { memory } = here.host
  const labels = 'target' in call ? call.target.labels : undefined
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const x = operand(there.host, logits, 'float32')
  const e = output(there.host, labels ? results.logits : results.value, 'float32')
  const value = labels ? output(here.host, results.value, 'float32') : absent
  const upstream = factors(here.host, labels && results.logits && call.upstream)
  const isKept = !labels || results.logits !== undefined

  const length = pieceLength(classes, rows, threads, leastOfPiece)
  const count = Math.ceil((classes - JOINED + 1) / length)
  const xArea = areaOf((length + JOINED) * x.bytes)
  const pieceArea = xArea + areaOf((length + JOINED) * e.bytes)
  const group = Math.max(
    1,
    Math.min(rows, Math.floor(SLOTS / count), Math.floor(STAGING / (count * pieceArea))),
  )
  const headSize = bytesOf(here.pieces.HEAD_BYTES)
  const chunkSize = bytesOf(here.pieces.CHUNK_BYTES)
  const chunksSize = chunkSize * Math.ceil(classes / CHUNK)
  const sizes = [
    areaOf(8 * group),
    areaOf(8 * group),
    bytesOf(here.pieces.BLOCK_BYTES),
    group * headSize,
    group * chunksSize,
    group * count * pieceArea,
  ]
  const start = pool.reserve(
    sizes.reduce((a, b) => a + b),
    bytesOf(here.pieces.SCRATCH_BYTES),
  )
  const [valueAt, upstreamAt, block, heads, chunks, areas] = sizes.map((_, k) =>
    sizes.slice(0, k).reduce((a, b) => a + b, start),
  ) as [number, number, number, number, number, number]

  const runs = runsOf(logits)
  const labelLogit = heads / 8 + bytesOf(here.pieces.HEAD_LOGITS) / 2
  const unserved: number[] = []

  for (let first = 0; first < rows; first += group) {
    const size = Math.min(group, rows - first)
    /** A task for each piece of the rows that are wanted; the places are those of the whole array. */
    const tasks = function* (
      isWanted: (k: number) => boolean,
      run: (k: number, from: number, to: number, at: number, area: number) => void,
    ): Generator<number, void, void> {
      const tickets: number[] = []
      for (let k = 0; k < size; k++) {
        for (let p = 0; p < count && isWanted(k); p++) {
          const to = p === count - 1 ? classes : (p + 1) * length
          run(k, p * length, to, (first + k) * classes, areas + (k * count + p) * pieceArea)
          tickets.push(pool.publish())
        }
      }
      yield* tickets
    }
    const labelOf = (k: number): number => labels?.[first + k] ?? -1
    const headOf = (k: number): number => heads + k * headSize
    const chunksOf = (k: number): number => chunks + k * chunksSize

    for (let k = 0; k < size; k++) {
      const { float32, float64 } = memory.views
      const at = (first + k) * classes
      const label = labelOf(k)
      const isKnown = label >= 0 && label < classes
      gather(runs, at, at + bytesOf(here.pieces.HEAD_LOGITS), float32, headOf(k) / 4)
      float64[labelLogit + (k * headSize) / 8] = Number.NaN
      if (isKnown) gather(runs, at + label, at + label + 1, float64, labelLogit + (k * headSize) / 8)
    }
    yield* tasks(
      () => true,
      (k, from, to, at, area) => {
        const logitsAt = x.load(at + from, at + to, area)
        const eAt = isKept ? e.place(at + from, area + xArea) : 0
        const chunksAt = chunksOf(k) + (from / CHUNK) * chunkSize
        there.pieces.sumPiece(OWN_SCRATCH, logitsAt, eAt, from, to, classes, labelOf(k), headOf(k), chunksAt)
      },
    )
    for (let k = 0; k < size; k++)
      here.pieces.mergeRow(block, k, headOf(k), chunksOf(k), classes, Number(isKept))
    if (labels) {
      const factorsAt = upstream.load(first, first + size, upstreamAt)
      here.pieces.settleLosses(block, size, value.place(first, valueAt), factorsAt)
      value.store(first, first + size, valueAt)
      value.copyOut(first, first + size, valueAt)
    } else here.pieces.settleProbabilities(block, size)

    const isServed = (k: number): boolean => !Number.isNaN(memory.views.float64[block / 8 + k]!)
    for (let k = 0; k < size; k++) if (!isServed(k)) unserved.push(first + k)
    if (!isKept) continue
    const scaled: (() => void)[] = []
    yield* tasks(isServed, (k, from, to, at, area) => {
      there.pieces.scalePiece(e.place(at + from, area + xArea), from, to, labelOf(k), headOf(k), block, k)
      e.store(at + from, at + to, area + xArea)
      scaled.push(() => e.copyOut(at + from, at + to, area + xArea))
    })
    for (const copyOut of scaled) copyOut()
  }

  const staged = memory.scratch(whole.staging + whole.scratch)
  for (const row of unserved) {
    whole.compute(row, row + 1, staged, staged + whole.staging)
    whole.collect(row, row + 1, staged)
  }
}

/** A last chunk of fewer classes joins the one before, and so does a last piece. */
const JOINED = 8

/** Classes of a piece: whole chunks, and no more pieces than there may be tasks. */
const pieceLength = (classes: number, rows: number, threads: number, least: number): number => {
  const wanted = Math.max(least, (rows * classes) / (PIECES * threads), classes / (SLOTS / 2))
  return Math.ceil(wanted / CHUNK) * CHUNK
}

/** Bytes with room for a last whole vector, and for what a layout takes. */
const areaOf = (bytes: number): number => (Math.ceil(bytes / 16) + 10) * 16
