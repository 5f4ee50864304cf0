import { bytesPerElement, type ComputeDType, type FloatArray, type TypedArray } from '../../tensor/dtype.ts'
import { type Shape, sameShape } from '../../tensor/shape.ts'
import {
  axisLast,
  contiguousView,
  gather,
  isContiguous,
  type Runs,
  scatter,
  type View,
} from '../../tensor/strided.ts'
import type { Tensor } from '../../tensor/tensor.ts'
import type { Upstream } from '../engine.ts'
import { rowRuns, summerOf, type Transfer } from '../staging.ts'
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
}

const nothing = (): void => {}

const absent: Operand = { bytes: 0, load: () => 0, store: nothing }

const atStaging: Operand['load'] = (_from, _to, staged) => staged

/** Finds an array; one of this memory anew at each call, because the memory may grow. */
export const locator = <Data extends TypedArray>(memory: LinearMemory, data: Data): (() => Data) => {
  if (!memory.holds(data)) return () => data
  const { byteOffset, length } = data
  const Class = data.constructor as new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Data
  return () => new Class(memory.views.buffer, byteOffset, length)
}

/**
 * @param axis the class axis where there is one
 * @param isInLanes whether the kernel takes the rows of a class side by side
 */
export const input = (
  memory: LinearMemory,
  view: View | undefined,
  compute: ComputeDType,
  axis?: number,
  isInLanes = false,
): Operand => {
  if (!view) return absent
  const { dtype, offset } = view
  const data = view.data as FloatArray
  const size = bytesPerElement(compute)
  const isReady = dtype === compute && isContiguous(isInLanes ? view : axisLast(view, axis))
  if (isReady && memory.holds(data)) {
    const start = data.byteOffset + offset * size
    return { bytes: 0, load: (from) => start + from * size, store: nothing }
  }
  if (isReady && !isInLanes) {
    return {
      bytes: size,
      load: (from, to, staged) => {
        memory.views[compute].set(part(data, offset + from, offset + to), staged / size)
        return staged
      },
      store: (from, to, staged) => {
        const first = staged / size
        data.set(memory.views[compute].subarray(first, first + to - from), offset + from)
      },
    }
  }
  const locate = locator(memory, data)
  const half = compute === 'float32' && (dtype === 'float16' || dtype === 'bfloat16') ? dtype : undefined
  if ((dtype === compute || half) && isContiguous(view))
    return layoutOf(memory, locate, view, compute, half, axis, isInLanes)
  let runs: Runs | undefined
  const lateRuns = (): Runs => {
    runs ??= rowRuns({ ...view, data: locate() }, axis)
    return runs
  }
  return {
    bytes: size,
    load: (from, to, staged) => {
      gather(lateRuns(), from, to, memory.views[compute], staged / size)
      return staged
    },
    store: (from, to, staged) => scatter(lateRuns(), from, to, memory.views[compute], staged / size),
  }
}

/** The upstream factors, in float64: one for all, or a view. */
export const factors = (memory: LinearMemory, upstream: Upstream | undefined, axis?: number): Operand => {
  if (typeof upstream !== 'number') return input(memory, upstream, 'float64', axis)
  const load: Operand['load'] = (from, to, staged) => {
    memory.views.float64.fill(upstream, staged / 8, staged / 8 + to - from)
    return staged
  }
  return { bytes: 8, load, store: nothing }
}

/** Elements [from, to): the array itself where these are all. */
export const part = <Data extends FloatArray | Int32Array>(array: Data, from: number, to: number): Data =>
  to - from === array.length ? array : (array.subarray(from, to) as Data)

/** See input. */
export const output = (
  memory: LinearMemory,
  result: Tensor | undefined,
  compute: ComputeDType,
  axis?: number,
  isInLanes = false,
): Operand => {
  if (!result) return absent
  const view = contiguousView(result.data, result.dtype, result.shape)
  const operand = input(memory, view, compute, axis, isInLanes)
  return operand.bytes ? { ...operand, load: atStaging } : operand
}

/** The same of a result that may be smaller than the computation, to whose shape its argument was broadcast. */
export const summedOutput = (
  memory: LinearMemory,
  result: Tensor | undefined,
  compute: ComputeDType,
  shape: Shape,
  axis?: number,
): Operand => {
  if (!result || sameShape(result.shape, shape)) return output(memory, result, compute, axis)
  const size = bytesPerElement(compute)
  let sum: Transfer | undefined
  const store: Operand['store'] = (from, to, staged) => {
    sum ??= summerOf(result, shape, axis)
    sum(from, to, memory.views[compute], staged / size)
  }
  return { bytes: size, load: atStaging, store }
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
