import { bytesPerElement, type ComputeDType, type TypedArray, viewOf } from '../../tensor/dtype.ts'
import { sizeOf } from '../../tensor/shape.ts'
import type { View } from '../../tensor/strided.ts'
import { layoutModules } from './generated/layout.ts'
import type { LinearMemory } from './memory.ts'
import { instanceOf } from './modules.ts'
import type { Operand } from './operands.ts'

type Convert = (from: number, to: number, count: number) => void

type Transpose = (
  from: number,
  stride: number,
  to: number,
  toStride: number,
  rows: number,
  columns: number,
) => void

interface LayoutExports {
  readonly widenFloat16: Convert
  readonly widenBfloat16: Convert
  readonly narrowFloat16: Convert
  readonly narrowBfloat16: Convert
  readonly transpose32: Transpose
  readonly transpose64: Transpose
}

const instances = new WeakMap<LinearMemory, LayoutExports>()

const exportsFor = (memory: LinearMemory): LayoutExports => {
  let exports = instances.get(memory)
  if (!exports) {
    exports = instanceOf(layoutModules.plain, memory) as unknown as LayoutExports
    instances.set(memory, exports)
  }
  return exports
}

/** Room between scratch areas, for whole vectors at the end of each. */
const pad = (bytes: number): number => Math.ceil(bytes / 16) * 16 + 32

/**
 * A row-major array that the kernels want otherwise: of another type, or with the class axis not innermost. Blocks of its
 * rows are brought into place, and back, through scratch areas that stay in the cache. In lanes a block is whole arrays of
 * classes times rows, or some adjacent rows of one of them, and keeps their order.
 *
 * @param locate finds the array
 * @param half whether it has 16-bit floats, and which
 */
export const layoutOf = (
  memory: LinearMemory,
  locate: () => TypedArray,
  { dtype, shape, offset }: View,
  compute: ComputeDType,
  half: 'float16' | 'bfloat16' | undefined,
  axis: number = shape.length - 1,
  isInLanes = false,
): Operand => {
  const layout = exportsFor(memory)
  const size = bytesPerElement(compute)
  const transpose = compute === 'float64' ? layout.transpose64 : layout.transpose32
  const widen = half === 'float16' ? layout.widenFloat16 : layout.widenBfloat16
  const narrow = half === 'float16' ? layout.narrowFloat16 : layout.narrowBfloat16
  const classes = shape[axis] ?? 1
  const inner = sizeOf(shape.slice(axis + 1))

  /** Copies between the array and a scratch area of its own type, which has runs of `length` every `length` elements. */
  const copyRuns = (
    data: TypedArray,
    area: number,
    first: number,
    length: number,
    runs: number,
    isLoad: boolean,
  ): void => {
    const block = viewOf(dtype, memory.views.buffer, area, length * runs)
    for (let c = 0; c < runs; c++) {
      const start = first + c * inner
      const at = c * length
      if (isLoad) block.set(data.subarray(start, start + length) as never, at)
      else data.set(block.subarray(at, at + length) as never, start)
    }
  }

  if (isInLanes || inner === 1 || classes === 1) {
    const rawOf = (count: number, staged: number): number => (half ? staged + pad(count * size) : staged)
    /** Elements lie side by side, but where they are of some rows in lanes there is a run for each class. */
    const copy = (data: TypedArray, raw: number, from: number, count: number, isLoad: boolean): void => {
      const runs = isInLanes && count < inner * classes ? classes : 1
      copyRuns(data, raw, offset + from, count / runs, runs, isLoad)
    }
    return {
      bytes: size + (half ? 2 : 0),
      load: (from, to, staged) => {
        const data = locate()
        const isHere = !isInLanes && memory.holds(data)
        const raw = isHere ? data.byteOffset + 2 * (offset + from) : rawOf(to - from, staged)
        if (!isHere) copy(data, raw, from, to - from, true)
        if (half) widen(raw, staged, to - from)
        return staged
      },
      store: (from, to, staged) => {
        const raw = rawOf(to - from, staged)
        if (half) narrow(staged, raw, to - from)
        copy(locate(), raw, from, to - from, false)
      },
    }
  }

  const move = (from: number, to: number, staged: number, isLoad: boolean): number => {
    const tile = staged + pad((to - from) * size)
    const raw = half ? tile + pad((to - from) * size) : tile
    const data = locate()
    const isHere = !half && memory.holds(data)
    const end = to / classes
    for (let row = from / classes; row < end; ) {
      // the rows that lie side by side: how many, their first element, and where they go
      const position = row % inner
      const count = Math.min(inner - position, end - row)
      const first = offset + (row - position) * classes + position
      const rows = staged + (row * classes - from) * size
      const columns = isHere ? data.byteOffset + first * size : tile
      const stride = isHere ? inner * size : count * size
      if (isLoad) {
        if (!isHere) copyRuns(data, raw, first, count, classes, true)
        if (half) widen(raw, tile, count * classes)
        transpose(columns, stride, rows, classes * size, classes, count)
      } else {
        transpose(rows, classes * size, columns, stride, count, classes)
        if (half) narrow(tile, raw, count * classes)
        if (!isHere) copyRuns(data, raw, first, count, classes, false)
      }
      row += count
    }
    return staged
  }
  return {
    bytes: size * 2 + (half ? 2 : 0),
    load: (from, to, staged) => move(from, to, staged, true),
    store: (from, to, staged) => move(from, to, staged, false),
  }
}
