import { type Shape, sizeOf } from '../../tensor/shape.ts'
import { rowCount } from '../staging.ts'
import type { LayoutExports } from './layout.ts'
import type { LinearMemory } from './memory.ts'
import type { Operand } from './operands.ts'

/** Where kernels run. */
export interface Host {
  readonly memory: LinearMemory
  /** The kernels that bring arrays into the layout of the others. */
  readonly layout: LayoutExports
}

/**
 * A call cut into blocks of rows, or of elements. A block is brought to where the kernels want it, computed there, and copied
 * out. Kernels are called in order, but perhaps later, and on another thread; so nothing of theirs is looked at before
 * `collect`.
 */
export interface Work {
  /** How many rows or elements there are. */
  readonly size: number
  /** Bytes of the staging area that a block has to itself until it is collected. */
  readonly staging: number
  /** Bytes of the scratch area that kernels have to themselves while they run. */
  readonly scratch: number
  /** The end of the block that starts at `from` and has at most so many rows or elements, if that is a block. */
  end(from: number, most: number): number
  /** Brings arguments into place and calls the kernels. */
  compute(from: number, to: number, staged: number, scratch: number): void
  /** Copies results out, of one block after the other. */
  collect(from: number, to: number, staged: number): void
}

/** Kernels whose calls run at once: a block is computed and collected before the next. */
export const runAtOnce = (memory: LinearMemory, work: Work): void => {
  if (work.size === 0) return
  const staged = memory.scratch(work.staging + work.scratch)
  for (let from = 0, to = 0; from < work.size; from = to) {
    to = work.end(from, Infinity)
    work.compute(from, to, staged, staged + work.staging)
    work.collect(from, to, staged)
  }
}

/** Staged blocks together stay within this, so that they lie in the cache while the kernel works on them. */
const BLOCK_BYTES = 256 * 1024
/** Rows that a kernel takes together, of few classes, and rows side by side that it takes as lanes of a tile. */
const ROWS = 64
const TILE = 192

/** A kernel's entry: scratch area, places of its arrays, and what else it wants to know. */
export type KernelRun = (scratch: number, ...rest: number[]) => void

/** The arrays of a kernel, and how it runs on them. */
export interface Kernels {
  /** The arguments, then the results. */
  readonly operands: readonly Operand[]
  /** How many of them are arguments. */
  readonly inputs: number
  /** Bytes. */
  readonly scratch: number
  /** Runs the kernel on rows [from, to), with its arrays at these places. */
  readonly run: (scratch: number, places: readonly number[], from: number, to: number) => void
}

/** Work on `size` rows or elements, `block` of them at a time at most. */
export const workOf = (
  size: number,
  block: number,
  end: Work['end'],
  { operands, inputs, scratch, run }: Kernels,
): Work => {
  const count = operands.length
  const areas: number[] = []
  const places: number[] = []
  let staging = 0
  for (const { bytes } of operands) {
    areas.push(staging)
    staging += areaOf(block * bytes)
  }
  return {
    size,
    staging,
    scratch,
    end,
    compute: (from, to, staged, scratch) => {
      for (let k = 0; k < count; k++) {
        const at = staged + areas[k]!
        places[k] = k < inputs ? operands[k]!.load(from, to, at) : operands[k]!.place(from, at)
      }
      run(scratch, places, from, to)
      for (let k = inputs; k < count; k++) operands[k]!.store(from, to, staged + areas[k]!)
    },
    collect: (from, to, staged) => {
      for (let k = inputs; k < count; k++) operands[k]!.copyOut(from, to, staged + areas[k]!)
    },
  }
}

/**
 * Work on rows along a class axis. Where rows lie side by side, a block has all of such a group, or of several, or some of
 * one.
 */
export const rowWork = (shape: Shape, axis: number, kernels: Kernels, isInLanes = false): Work => {
  const rows = rowCount(shape, axis)
  const inner = innerLength(shape, axis)
  const fitting = blockLength(rows, kernels.operands)
  // runs of a class are read, and copied, one by one, so they should not be too short
  const block = isInLanes ? Math.max(fitting, Math.min(8 * fitting, rows, 512)) : fitting
  const end: Work['end'] = (from, most) => {
    const count = wholeOf(Math.min(block, most), isInLanes ? TILE : ROWS)
    const rest = inner - (from % inner)
    return Math.min(rows, from + (rest === inner ? wholeOf(count, inner) : Math.min(count, rest)))
  }
  return workOf(rows, block, end, kernels)
}

/** How many of `count` rows go into a block: at least one, whatever its size. */
export const blockLength = (count: number, operands: readonly Operand[]): number => {
  let bytes = 0
  for (const operand of operands) bytes += operand.bytes
  return Math.max(1, Math.min(count, Math.floor(BLOCK_BYTES / Math.max(1, bytes))))
}

/** Bytes of staging for an array of so many: with room for a last whole vector, and for what a layout takes. */
export const areaOf = (bytes: number): number => (Math.ceil(bytes / 16) + 10) * 16

/** Whole units, if there is at least one in it. */
export const wholeOf = (count: number, unit: number): number =>
  count < unit ? count : count - (count % unit)

/** How many rows lie side by side. */
export const innerLength = (shape: Shape, axis: number): number =>
  axis === shape.length - 1 ? 1 : sizeOf(shape.slice(axis + 1))

/** What a module says of itself. */
export const bytesOf = ({ value }: WebAssembly.Global): number => value as number
