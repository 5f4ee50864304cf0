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
import type { Host } from './work.ts'

/**
 * An array of the kernel: copied block by block through the staging area, unless it is used where it lies. It is counted in
 * rows along the class axis, or in elements where there is none.
 */
export interface Operand {
  /** Bytes of staging for each row: 0 where the array is used in place or is not there. */
  readonly bytes: number
  /** Where the kernel finds row `from`, the first of its block, or puts it. */
  place(from: number, staged: number): number
  /** Brings rows [from, to) there, and says where. */
  load(from: number, to: number, staged: number): number
  /** What other kernels have to do once the kernel has put them there. */
  store(from: number, to: number, staged: number): void
  /** Copies them out once all kernels are done. */
  copyOut(from: number, to: number, staged: number): void
}

const nothing = (): void => {}

/** Of an argument or a result that is not there. */
export const absent: Operand = { bytes: 0, place: () => 0, load: () => 0, store: nothing, copyOut: nothing }

/** A result that the kernel writes to the staging area, and what is done with it then. */
export const staged = (bytes: number, copyOut: Operand['copyOut']): Operand => ({
  ...absent,
  bytes,
  place: (_from, staged) => staged,
  copyOut,
})

/** Finds an array; one of this memory anew at each call, because the memory may grow. */
export const locator = <Data extends TypedArray>(memory: LinearMemory, data: Data): (() => Data) => {
  if (!memory.holds(data)) return () => data
  const { byteOffset, length } = data
  const Class = data.constructor as new (buffer: ArrayBufferLike, byteOffset: number, length: number) => Data
  return () => new Class(memory.views.buffer, byteOffset, length)
}

/**
 * An argument, or a result, as the kernel wants it.
 *
 * @param axis the class axis where there is one
 * @param isInLanes whether the kernel takes the rows of a class side by side
 */
export const operand = (
  host: Host,
  view: View | undefined,
  compute: ComputeDType,
  axis?: number,
  isInLanes = false,
): Operand => {
  if (!view) return absent
  const { dtype } = view
  if (dtype === compute && !isInLanes && isContiguous(axisLast(view, axis)))
    return copied(host.memory, view, axis)
  const half = compute === 'float32' && (dtype === 'float16' || dtype === 'bfloat16') ? dtype : undefined
  if ((dtype === compute || half) && isContiguous(view))
    return layoutOf(host, view, compute, half, axis, isInLanes)
  return gathered(host.memory, view, compute, axis)
}

/** The same of a result. */
export const output = (
  host: Host,
  result: Tensor | undefined,
  compute: ComputeDType,
  axis?: number,
  isInLanes = false,
): Operand =>
  operand(host, result && contiguousView(result.data, result.dtype, result.shape), compute, axis, isInLanes)

/** The same of a result that may be smaller than the computation, to whose shape its argument was broadcast. */
export const summedOutput = (
  host: Host,
  result: Tensor | undefined,
  compute: ComputeDType,
  shape: Shape,
  axis?: number,
): Operand => {
  if (!result || sameShape(result.shape, shape)) return output(host, result, compute, axis)
  const size = bytesPerElement(compute)
  const width = widthOf(shape, axis)
  let sum: Transfer | undefined
  return staged(width * size, (from, to, at) => {
    sum ??= summerOf(result, shape, axis)
    sum(from * width, to * width, host.memory.views[compute], at / size)
  })
}

/** The upstream factors, in float64: a view, or one for all, `width` times for each row. */
export const factors = (host: Host, upstream: Upstream | undefined, axis?: number, width = 1): Operand => {
  if (typeof upstream !== 'number') return operand(host, upstream, 'float64', axis)
  const load: Operand['load'] = (from, to, at) => {
    host.memory.views.float64.fill(upstream, at / 8, at / 8 + (to - from) * width)
    return at
  }
  return { ...absent, bytes: 8 * width, load }
}

/** Labels of rows, as they are. */
export const integers = (memory: LinearMemory, data: Int32Array): Operand =>
  copied(memory, contiguousView(data, 'int32', [data.length]))

/** How many elements count as one. */
export const widthOf = (shape: Shape, axis: number | undefined): number =>
  axis === undefined ? 1 : shape[axis]!

/** Elements [from, to): the array itself where these are all. */
const part = <Data extends TypedArray>(array: Data, from: number, to: number): Data =>
  to - from === array.length ? array : (array.subarray(from, to) as Data)

/** What lies as the kernel wants it: used in place, or copied. */
const copied = (memory: LinearMemory, { data, dtype, shape, offset }: View, axis?: number): Operand => {
  const array = data as FloatArray
  const type = dtype as ComputeDType
  const size = bytesPerElement(dtype)
  const width = widthOf(shape, axis)
  const start = data.byteOffset + offset * size
  if (memory.holds(data)) {
    const place = (from: number): number => start + from * width * size
    return { ...absent, place, load: place }
  }
  const place: Operand['place'] = (from, staged) => memory.facing(staged, start + from * width * size)
  return {
    bytes: width * size,
    place,
    load: (from, to, staged) => {
      const at = place(from, staged)
      memory.views[type].set(part(array, offset + from * width, offset + to * width), at / size)
      return at
    },
    store: nothing,
    copyOut: (from, to, staged) => {
      const first = place(from, staged) / size
      array.set(memory.views[type].subarray(first, first + (to - from) * width), offset + from * width)
    },
  }
}

/** What is neither of the kernel's type nor in one piece. */
const gathered = (memory: LinearMemory, view: View, compute: ComputeDType, axis?: number): Operand => {
  const size = bytesPerElement(compute)
  const width = widthOf(view.shape, axis)
  const locate = locator(memory, view.data)
  let runs: Runs | undefined
  const lateRuns = (): Runs => {
    runs ??= rowRuns({ ...view, data: locate() }, axis)
    return runs
  }
  return {
    ...staged(width * size, (from, to, at) =>
      scatter(lateRuns(), from * width, to * width, memory.views[compute], at / size),
    ),
    load: (from, to, at) => {
      gather(lateRuns(), from * width, to * width, memory.views[compute], at / size)
      return at
    },
  }
}
