import { XentError } from '../../error.ts'
import type { TypedArray } from '../../tensor/dtype.ts'
import { markSame, originOf } from '../../tensor/same-memory.ts'

const PAGE = 65536
/** Kernels load whole vectors, so they may read this far past the end of an array. */
export const PADDING = 32

/** A part of the memory, in bytes. */
export interface Range {
  start: number
  size: number
}

/** The memory that the kernel modules share; its first page holds the modules' constants. */
export interface LinearMemory {
  readonly wasm: WebAssembly.Memory
  /** The whole memory, seen anew whenever it has grown. */
  readonly views: Views
  /** Ranges that nobody uses. */
  readonly free: Range[]
  /** At least this many bytes for staging, until the next call. The memory may grow, which detaches older views. */
  scratch(bytes: number): number
  /** Whole pages of new memory. */
  grow(bytes: number): Range
  /** Whether an array lies in this memory, which makes its byteOffset a pointer. */
  holds(array: TypedArray): boolean
  /** Where, from `place` on, a copy of what is at this byte offset elsewhere should lie, so that copying is fast. */
  facing(place: number, byteOffset: number): number
}

export interface Views {
  readonly buffer: ArrayBuffer
  readonly float32: Float32Array
  readonly float64: Float64Array
  readonly int32: Int32Array
}

const viewsOf = (buffer: ArrayBuffer): Views => ({
  buffer,
  float32: new Float32Array(buffer),
  float64: new Float64Array(buffer),
  int32: new Int32Array(buffer),
})

/** @param wasm a memory of one page; a shared one may grow while other threads use it */
export const createMemory = (
  wasm: WebAssembly.Memory = new WebAssembly.Memory({ initial: 1 }),
): LinearMemory => {
  const free: Range[] = []
  const isShared = !(wasm.buffer instanceof ArrayBuffer)
  let views = viewsOf(wasm.buffer)
  let staging: Range = { start: PAGE, size: 0 }

  const grow = (bytes: number): Range => {
    const start = views.buffer.byteLength
    const pages = Math.ceil(bytes / PAGE)
    try {
      wasm.grow(pages)
    } catch {
      throw new XentError(
        'ENGINE',
        `wasm: ${bytes} bytes more than the ${start} in use do not fit its memory, which has 4 GiB at most.`,
      )
    }
    if (isShared) markSame(wasm.buffer, views.buffer)
    views = viewsOf(wasm.buffer)
    return { start, size: pages * PAGE }
  }

  return {
    wasm,
    get views() {
      return views
    },
    free,
    grow,
    holds: (array) => originOf(array.buffer) === originOf(views.buffer),
    // V8 copies to and from shared memory by eight bytes where both lie alike, and else by one
    facing: (place, byteOffset) => (isShared ? place + ((byteOffset - place) & 7) : place),
    scratch: (bytes) => {
      const size = bytes + PADDING
      if (staging.size >= size) return staging.start
      const isLast = staging.start + staging.size === views.buffer.byteLength
      const added = grow(size - (isLast ? staging.size : 0))
      if (isLast) {
        staging.size += added.size
      } else {
        free.push(staging)
        staging = added
      }
      return staging.start
    },
  }
}
