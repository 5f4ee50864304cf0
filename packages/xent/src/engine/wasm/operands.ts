import {
  bytesPerElement,
  type ComputeDType,
  type DType,
  type FloatArray,
  type TypedArray,
} from '../../tensor/dtype.ts'
import { type Shape, sameShape } from '../../tensor/shape.ts'
import { axisLast, gather, isContiguous, type Runs, type View } from '../../tensor/strided.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Upstream } from '../engine.ts'
import { rowRuns, type Sink, sinkOf } from '../staging.ts'
import { layoutOf } from './layout.ts'
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

const nothing = (): void => {}

const operand = (
  bytes: number,
  load: Operand['load'],
  store: Operand['store'] = nothing,
  finish: Operand['finish'] = nothing,
): Operand => ({ bytes, load, store, finish })

const absent: Operand = operand(0, () => 0)

/** Used where it lies, from a pointer on. */
const inPlace = (pointer: number, size: number): Operand => operand(0, (from) => pointer + from * size)

const atStaging: Operand['load'] = (_from, _to, staged) => staged

/** Finds an array; one of this memory anew at each call, because the memory may grow. */
export const locator = <Data extends TypedArray>(memory: LinearMemory, data: Data): (() => Data) => {
  if (!memory.holds(data)) return () => data
  const { byteOffset, length } = data
  const Class = data.constructor as new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Data
  return () => new Class(memory.views.buffer, byteOffset, length)
}

/** A view whose data outlives a growth of the memory. Take it before the staging area, use it after. */
const pinned = (memory: LinearMemory, view: View): View => {
  if (!memory.holds(view.data)) return view
  const locate = locator(memory, view.data)
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
export const input = (
  memory: LinearMemory,
  view: View | undefined,
  axis: number,
  compute: ComputeDType,
): Operand => {
  if (!view) return absent
  const size = bytesPerElement(compute)
  const isReady = view.dtype === compute && isContiguous(axisLast(view, axis))
  if (isReady && memory.holds(view.data)) return inPlace(view.data.byteOffset + view.offset * size, size)
  if (isReady) {
    const data = view.data as FloatArray
    return operand(size, (from, to, staged) => {
      const first = view.offset + from
      memory.views[compute].set(part(data, first, first + to - from), staged / size)
      return staged
    })
  }
  const half = halfOf(view.dtype, compute)
  if ((view.dtype === compute || half) && isContiguous(view)) {
    const { bytes, load } = layoutOf(
      memory,
      locator(memory, view.data),
      view.offset,
      view.shape,
      axis,
      compute,
      half,
    )
    return operand(bytes, (from, to, staged) => {
      load(from, to, staged)
      return staged
    })
  }
  const source = pinned(memory, view)
  let runs: Runs | undefined
  return operand(size, (from, to, staged) => {
    runs ??= rowRuns(source, axis)
    gather(runs, from, to, memory.views[compute], staged / size)
    return staged
  })
}

/** Whether the classes of a row-major array of this shape lie side by side. */
const hasRows = (shape: Shape, axis: number): boolean =>
  shape[axis] === 1 || shape.every((dimension, k) => k <= axis || dimension === 1)

/** Which 16-bit float a type is, if it is one. */
const halfOf = (dtype: DType, compute: ComputeDType): 'float16' | 'bfloat16' | undefined =>
  compute === 'float32' && (dtype === 'float16' || dtype === 'bfloat16') ? dtype : undefined

/** Elements [from, to): the array itself where these are all. */
export const part = <Data extends FloatArray | Int32Array>(array: Data, from: number, to: number): Data =>
  to - from === array.length ? array : (array.subarray(from, to) as Data)

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
  const isWhole = sameShape(result.shape, shape)
  const isReady = isWhole && result.dtype === compute && hasRows(shape, axis)
  const { data } = result
  if (isReady && memory.holds(data)) return inPlace(data.byteOffset, size)
  if (isReady) {
    return operand(size, atStaging, (from, to, staged) => {
      const first = staged / size
      ;(data as FloatArray).set(memory.views[compute].subarray(first, first + to - from), from)
    })
  }
  const half = halfOf(result.dtype, compute)
  if (isWhole && (result.dtype === compute || half)) {
    const { bytes, store } = layoutOf(memory, () => result.data, 0, shape, axis, compute, half)
    return operand(bytes, atStaging, store)
  }
  let sink: Sink | undefined
  const lateSink = (): Sink => {
    sink ??= sinkOf(result, shape, axis)
    return sink
  }
  return operand(
    size,
    atStaging,
    (from, to, staged) => lateSink().write(from, to, memory.views[compute], staged / size),
    () => lateSink().finish(),
  )
}

/** How many of `count` items go into a block, at so many bytes each: at least one, whatever its size. */
export const blockLength = (count: number, bytesPerItem: number): number =>
  Math.max(1, Math.min(count, Math.floor(BLOCK_BYTES / Math.max(1, bytesPerItem))))

/** Lays arrays of these sizes in bytes out in the staging area, each with room for a last whole vector. */
export const layOut = (memory: LinearMemory, sizes: readonly number[]): number[] => {
  const places = new Array<number>(sizes.length)
  let end = 0
  for (let k = 0; k < sizes.length; k++) {
    places[k] = end
    end += (Math.ceil(sizes[k]! / 16) + 10) * 16
  }
  const start = memory.scratch(end)
  for (let k = 0; k < places.length; k++) places[k]! += start
  return places
}
