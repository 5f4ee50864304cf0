import { gather, runsOf, type View } from '../../tensor/strided.ts'
import type { KernelCall, Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import type { SparseCall } from '../rows.ts'
import { rowCount } from '../staging.ts'
import { absent, factors, type Operand, operand, output } from '../wasm/operands.ts'
import { areaOf, bytesOf, type Host, innerLength, type Work } from '../wasm/work.ts'
import { type Block, drive, type Steps } from './drive.ts'
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
/** A last chunk of fewer classes joins the one before, and so does a last piece. */
const JOINED = 8
/** With so many rows for each thread none needs to be shared. */
const ROWS_ENOUGH = 4
/** How many pieces there should be for each thread. */
const PIECES = 4
/** Bytes of staging, unless a single row needs more. */
const STAGING = 32 * 2 ** 20

export type LongRowsCall = SparseCall | ProbabilitiesCall

/** Whether a call's rows are so long and few that threads should share each: a float32 sparse loss, or softmax. */
export const isOfLongRows = (
  call: KernelCall,
  results: Results,
  threads: number,
  leastClasses: number,
): call is LongRowsCall => {
  const { axis } = call as LongRowsCall
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

/** What a call wants of its rows. */
interface Job {
  readonly rows: number
  readonly classes: number
  /** The label of a row; -1 where it has none. */
  labelOf(row: number): number
  /** The logits, and what their exponentials become, in elements. */
  readonly x: Operand
  readonly e: Operand
  /** Whether exponentials are wanted, not only their sums. */
  readonly isKept: boolean
  /** The losses and the factors of the gradient, in rows. */
  readonly value: Operand
  readonly upstream: Operand
}

const jobOf = (call: LongRowsCall, results: Results, here: Host, there: Host): Job => {
  const { logits, axis } = call
  const target = 'target' in call ? call.target : undefined
  return {
    rows: rowCount(logits.shape, axis),
    classes: logits.shape[axis]!,
    labelOf: (row) => target?.labels[row] ?? -1,
    x: operand(there, logits, 'float32'),
    e: output(there, target ? results.logits : results.value, 'float32'),
    isKept: !target || results.logits !== undefined,
    value: target ? output(here, results.value, 'float32') : absent,
    upstream: factors(here, target && results.logits && call.upstream),
  }
}

/** How rows are cut, and where everything is while a group of them is worked on. */
interface Places {
  /** Rows of a group. */
  readonly group: number
  /** Pieces of a row, and the classes of each but the last. */
  readonly pieces: number
  readonly length: number
  readonly value: number
  readonly upstream: number
  readonly block: number
  /** Of row k of a group: what is known of it, and its chunks from the one on that has a class. */
  head(k: number): number
  chunk(k: number, from: number): number
  /** Of its piece p: logits, and exponentials. */
  x(k: number, p: number): number
  e(k: number, p: number): number
}

const placesOf = (
  { rows, classes, x, e }: Job,
  exports: PiecesExports,
  pool: Pool,
  threads: number,
  leastOfPiece: number,
): Places => {
  const wanted = Math.max(leastOfPiece, (rows * classes) / (PIECES * threads), classes / (SLOTS / 2))
  const length = Math.ceil(wanted / CHUNK) * CHUNK
  const pieces = Math.ceil((classes - JOINED + 1) / length)
  const xSize = areaOf((length + JOINED) * x.bytes)
  const pieceSize = xSize + areaOf((length + JOINED) * e.bytes)
  const fitting = Math.min(rows, Math.floor(SLOTS / pieces), Math.floor(STAGING / (pieces * pieceSize)))
  const group = Math.max(1, fitting)
  const headSize = bytesOf(exports.HEAD_BYTES)
  const chunkSize = bytesOf(exports.CHUNK_BYTES)
  const rowSize = headSize + chunkSize * Math.ceil(classes / CHUNK) + pieces * pieceSize
  const perRow = areaOf(8 * group)
  const blockSize = bytesOf(exports.BLOCK_BYTES)
  const value = pool.reserve(2 * perRow + blockSize + group * rowSize, bytesOf(exports.SCRATCH_BYTES))
  const block = value + 2 * perRow
  const rowAt = (k: number): number => block + blockSize + k * rowSize
  const pieceAt = (k: number, p: number): number => rowAt(k + 1) - (pieces - p) * pieceSize
  return {
    group,
    pieces,
    length,
    value,
    upstream: value + perRow,
    block,
    head: rowAt,
    chunk: (k, from) => rowAt(k) + headSize + (from / CHUNK) * chunkSize,
    x: pieceAt,
    e: (k, p) => pieceAt(k, p) + xSize,
  }
}

/**
 * Runs such a call on the pool, pieces of rows to a task. First the pieces are summed, then their sums are put together, then
 * their exponentials, if they are wanted, become the result. Rows that these steps do not serve, because their logits are far
 * from each other, are run by `whole`, each in a task.
 */
export function* driveLongRows(
  pool: Pool,
  threads: number,
  call: LongRowsCall,
  results: Results,
  { here, there }: { readonly here: Hosts; readonly there: Hosts },
  whole: Work,
  leastOfPiece: number,
): Steps {
  const { memory } = here.host
  const job = jobOf(call, results, here.host, there.host)
  const { rows, classes, labelOf, x, e, isKept, value, upstream } = job
  const places = placesOf(job, here.pieces, pool, threads, leastOfPiece)
  const { group, block } = places
  const readHead = headReader(call.logits, here)

  /** A task for each piece of the group's rows: its classes [from, to), and its elements as they are counted in all. */
  const tasks = (
    ks: readonly number[],
    run: (k: number, p: number, from: number, to: number) => void,
  ): Iterable<number> => {
    const tickets: number[] = []
    for (const k of ks) {
      for (let p = 0; p < places.pieces; p++) {
        const from = p * places.length
        run(k, p, from, p === places.pieces - 1 ? classes : from + places.length)
        tickets.push(pool.publish())
      }
    }
    return tickets
  }

  const unserved: Block[] = []
  for (let first = 0; first < rows; first += group) {
    const last = Math.min(first + group, rows)
    const all = Array.from({ length: last - first }, (_, k) => k)
    for (const k of all) readHead(first + k, labelOf(first + k), classes, places.head(k))

    yield* tasks(all, (k, p, from, to) => {
      const at = (first + k) * classes
      const logits = x.load(at + from, at + to, places.x(k, p))
      const kept = isKept ? e.place(at + from, places.e(k, p)) : 0
      const label = labelOf(first + k)
      const { head, chunk } = places
      there.pieces.sumPiece(OWN_SCRATCH, logits, kept, from, to, classes, label, head(k), chunk(k, from))
    })

    for (const k of all)
      here.pieces.mergeRow(block, k, places.head(k), places.chunk(k, 0), classes, Number(isKept))
    if ('target' in call) {
      const factor = upstream.load(first, last, places.upstream)
      here.pieces.settleLosses(block, all.length, value.place(first, places.value), factor)
      value.store(first, last, places.value)
      value.copyOut(first, last, places.value)
    } else here.pieces.settleProbabilities(block, all.length)
    const hasSum = (k: number): boolean => !Number.isNaN(memory.views.float64[block / 8 + k]!)
    for (const k of all) if (!hasSum(k)) unserved.push([first + k, first + k + 1])
    if (!isKept) continue

    const copies: (() => void)[] = []
    yield* tasks(all.filter(hasSum), (k, p, from, to) => {
      const elements = [(first + k) * classes + from, (first + k) * classes + to] as const
      const kept = e.place(elements[0], places.e(k, p))
      there.pieces.scalePiece(kept, from, to, labelOf(first + k), places.head(k), block, k)
      e.store(...elements, places.e(k, p))
      copies.push(() => e.copyOut(...elements, places.e(k, p)))
    })
    for (const copy of copies) copy()
  }
  if (unserved.length > 0) yield* drive(pool, threads, whole, unserved)
}

/** Brings what is to be known of a row beforehand to where its head is. */
const headReader = (logits: View, { host: { memory }, pieces }: Hosts) => {
  const runs = runsOf(logits)
  const count = bytesOf(pieces.HEAD_LOGITS)
  return (row: number, label: number, classes: number, head: number): void => {
    const first = row * classes
    const labelAt = (head + 4 * count) / 8
    gather(runs, first, first + count, memory.views.float32, head / 4)
    if (label >= 0 && label < classes)
      gather(runs, first + label, first + label + 1, memory.views.float64, labelAt)
    else memory.views.float64[labelAt] = Number.NaN
  }
}
