import { bytesPerElement, type ComputeDType, type TypedArray, viewOf } from '../../tensor/dtype.ts'
import { type Shape, sameShape } from '../../tensor/shape.ts'
import { gather, isContiguous, type Runs, type View } from '../../tensor/strided.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Upstream } from '../engine.ts'
import { type FloatArray, rowRuns, type Sink, sinkOf } from '../staging.ts'
import type { LinearMemory } from './memory.ts'

/** Staged blocks together stay within this, so that they lie in the cache while the kernel works on them. */
const BLOCK_BYTES = 256 * 1024

/** An array of the kernel: copied block by block through the staging area, unless it is used where it lies. */
export interface Operand {
  /** Bytes of staging for each element: 0 where the array is used in place or is not there. */
  readonly bytes: number
  /** Makes elements [from, to) ready, and says where. */
  load(from: number, to: number, staged: number): number
  /** Takes elements [from, to) from where the kernel left them. */
  store(from: number, to: number, staged: number): void
  finish(): void
}

const absent: Operand = { bytes: 0, load: () => 0, store: () => {}, finish: () => {} }

/** A view of elements in the memory. */
export const stagedArray = (memory: LinearMemory, compute: ComputeDType, pointer: number, size: number): FloatArray =>
  viewOf(compute, memory.wasm.buffer, pointer, size) as FloatArray

/** Finds an array of this memory anew at each call, because the memory may grow; other arrays stay as they are. */
export const relocatable = (memory: LinearMemory, data: TypedArray): TypedArray | (() => TypedArray) => {
  if (!memory.holds(data)) return data
  const { byteOffset, length } = data
  const Class = data.constructor as new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TypedArray
  return () => new Class(memory.wasm.buffer, byteOffset, length)
}

/** A view whose data outlives a growth of the memory. Take it before the staging area, use it after. */
const pinned = (memory: LinearMemory, view: View): View => {
  const locate = relocatable(memory, view.data)
  if (typeof locate !== 'function') return view
  return {
    ...view,
    get data() {
      return locate()
    },
  }
}

export const pinnedUpstream = (memory: LinearMemory, upstream: Upstream): Upstream =>
  typeof upstream === 'number' ? upstream : pinned(memory, upstream)

/** @param axis the class axis, or the last where there is none */
export const input = (memory: LinearMemory, view: View | undefined, axis: number, compute: ComputeDType): Operand => {
  if (!view) return absent
  const size = bytesPerElement(compute)
  if (view.dtype === compute && memory.holds(view.data) && isContiguous(rowRuns(view, axis))) {
    const pointer = view.data.byteOffset + view.offset * size
    return { ...absent, load: (from) => pointer + from * size }
  }
  const source = pinned(memory, view)
  let runs: Runs | undefined
  return {
    ...absent,
    bytes: size,
    load: (from, to, staged) => {
      runs ??= rowRuns(source, axis)
      gather(runs, from, to, stagedArray(memory, compute, staged, to - from), 0)
      return staged
    },
  }
}

/**
 * @param shape the computation's shape, to which the result's was broadcast
 * @param axis the class axis, or the last where there is none
 */
export const output = (
  memory: LinearMemory,
  result: Tensor | undefined,
  shape: Shape,
  axis: number,
  compute: ComputeDType,
): Operand => {
  if (!result) return absent
  const size = bytesPerElement(compute)
  const isLast = axis === shape.length - 1
  if (isLast && result.dtype === compute && sameShape(result.shape, shape) && memory.holds(result.data)) {
    const pointer = result.data.byteOffset
    return { ...absent, load: (from) => pointer + from * size }
  }
  let sink: Sink | undefined
  return {
    bytes: size,
    load: (_from, _to, staged) => staged,
    store: (from, to, staged) => {
      sink ??= sinkOf(result, shape, axis)
      sink.write(from, to, stagedArray(memory, compute, staged, to - from), 0)
    },
    finish: () => {
      sink ??= sinkOf(result, shape, axis)
      sink.finish()
    },
  }
}

/** How many of `count` items go into a block, at so many bytes each: at least one, whatever its size. */
export const blockLength = (count: number, bytesPerItem: number): number =>
  Math.max(1, Math.min(count, Math.floor(BLOCK_BYTES / Math.max(1, bytesPerItem))))

/** Lays arrays of these sizes in bytes out in the staging area, each with room for a last whole vector. */
export const layOut = (memory: LinearMemory, sizes: readonly number[]): number[] => {
  const padded = sizes.map((bytes) => (Math.ceil(bytes / 16) + 1) * 16)
  let pointer = memory.scratch(padded.reduce((sum, bytes) => sum + bytes, 0))
  return padded.map((bytes) => {
    const start = pointer
    pointer += bytes
    return start
  })
}
