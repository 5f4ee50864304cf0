import { XentError } from '../../error.ts'
import type { TypedArray } from '../../tensor/dtype.ts'

const PAGE = 65536
/** The first page holds the modules' constants. */
const FIRST = PAGE
const ALIGNMENT = 16
/** Kernels load whole vectors, so they may read this far past the end of an array. */
const PADDING = 32

/** The memory that the kernel modules share: a staging area and the arrays that `allocate` made. */
export interface LinearMemory {
  readonly wasm: WebAssembly.Memory
  /** The whole memory, seen anew whenever it has grown. */
  readonly views: Views
  /** At least this many bytes for staging, until the next call. The memory may grow, which detaches older views. */
  scratch(bytes: number): number
  allocate(bytes: number): number
  free(pointer: number): void
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
  const used = new Map<number, number>()
  /** Free ranges, sorted by start, never adjacent. */
  const free: { start: number; size: number }[] = []
  let end = FIRST
  let scratchPointer = 0
  let views = viewsOf(wasm.buffer)

  const allocate = (bytes: number): number => {
    const size = Math.ceil((bytes + PADDING) / ALIGNMENT) * ALIGNMENT
    let range = free.find((candidate) => candidate.size >= size)
    if (!range) {
      extend(size)
      range = free.at(-1)!
    }
    const start = range.start
    range.start += size
    range.size -= size
    if (range.size === 0) free.splice(free.indexOf(range), 1)
    used.set(start, size)
    return start
  }

  /** Grows the memory until its last free range has `size` bytes. */
  const extend = (size: number): void => {
    const last = free.at(-1)
    const spare = last && last.start + last.size === end ? last.size : 0
    const pages = Math.ceil((size - spare) / PAGE)
    try {
      wasm.grow(pages)
    } catch {
      throw new XentError(
        'ENGINE',
        `wasm: ${size} bytes more than the ${end} in use do not fit its memory of 4 GiB.`,
      )
    }
    views = viewsOf(wasm.buffer)
    release(end, pages * PAGE)
    end += pages * PAGE
  }

  const release = (start: number, size: number): void => {
    const next = free.findIndex((range) => range.start > start)
    const at = next < 0 ? free.length : next
    free.splice(at, 0, { start, size })
    for (const k of [at + 1, at]) {
      const left = free[k - 1]
      const right = free[k]
      if (left && right && left.start + left.size === right.start) {
        left.size += right.size
        free.splice(k, 1)
      }
    }
  }

  const freePointer = (pointer: number): void => {
    const size = used.get(pointer)
    if (size === undefined) return
    used.delete(pointer)
    release(pointer, size)
  }

  return {
    wasm,
    get views() {
      return views
    },
    allocate,
    free: freePointer,
    holds: (array) => array.buffer === views.buffer,
    scratch: (bytes) => {
      if (scratchPointer === 0 || used.get(scratchPointer)! < bytes + PADDING) {
        freePointer(scratchPointer)
        scratchPointer = 0
        scratchPointer = allocate(bytes)
      }
      return scratchPointer
    },
  }
}
