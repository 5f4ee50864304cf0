import { XentError } from '../../error.ts'
import type { TypedArray } from '../../tensor/dtype.ts'

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

export const createMemory = (): LinearMemory => {
  const wasm = new WebAssembly.Memory({ initial: 1 })
  const free: Range[] = []
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
        `wasm: ${bytes} bytes more than the ${start} in use do not fit its memory of 4 GiB.`,
      )
    }
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
    holds: (array) => array.buffer === views.buffer,
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
