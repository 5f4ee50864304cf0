import { bytesPerElement, type ComputeDType, type TypedArray } from '../../tensor/dtype.ts'
import type { Shape } from '../../tensor/shape.ts'
import { layoutModules } from './generated/layout.ts'
import type { LinearMemory } from './memory.ts'
import { instanceOf } from './modules.ts'

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

/**
 * A row-major array that the kernels want otherwise: of another type, or with the class axis not innermost. Blocks of its
 * rows are brought into place, and back, through scratch areas that stay in the cache.
 */
export interface Layout {
  /** Bytes of staging for each element. */
  readonly bytes: number
  load(from: number, to: number, staged: number): void
  store(from: number, to: number, staged: number): void
}

/** Room between scratch areas, for whole vectors at the end of each. */
const pad = (bytes: number): number => Math.ceil(bytes / 16) * 16 + 32

/**
 * @param locate finds the array, which holds `shape` in row-major order from `offset` on
 * @param half whether it has 16-bit floats, and which
 */
export const layoutOf = (
  memory: LinearMemory,
  locate: () => TypedArray,
  offset: number,
  shape: Shape,
  axis: number,
  compute: ComputeDType,
  half: 'float16' | 'bfloat16' | undefined,
): Layout => {
  const layout = exportsFor(memory)
  const size = bytesPerElement(compute)
  const transpose = compute === 'float64' ? layout.transpose64 : layout.transpose32
  const widen = half === 'float16' ? layout.widenFloat16 : layout.widenBfloat16
  const narrow = half === 'float16' ? layout.narrowFloat16 : layout.narrowBfloat16
  const classes = shape[axis] ?? 1
  const inner = shape.slice(axis + 1).reduce((product, dimension) => product * dimension, 1)

  /** Copies between the array and a scratch area of its own type, which has runs of `length` every `length` elements. */
  const copyRuns = (
    data: TypedArray,
    area: number,
    first: number,
    length: number,
    runs: number,
    isLoad: boolean,
  ): void => {
    const Class = data.constructor as new (
      buffer: ArrayBufferLike,
      byteOffset: number,
      length: number,
    ) => typeof data
    const block = new Class(memory.views.buffer, area, length * runs)
    for (let c = 0; c < runs; c++) {
      const start = first + c * inner
      const run = block.subarray(c * length, (c + 1) * length)
      if (isLoad) run.set(data.subarray(start, start + length) as never)
      else data.set(run as never, start)
    }
  }

  /** Calls `visit` for the rows of a block that lie side by side: their first element, how many, and where they go. */
  const forEachPiece = (
    from: number,
    to: number,
    staged: number,
    visit: (first: number, count: number, rows: number) => void,
  ): void => {
    const end = to / classes
    for (let row = from / classes; row < end; ) {
      const position = row % inner
      const count = Math.min(inner - position, end - row)
      visit(offset + (row - position) * classes + position, count, staged + (row * classes - from) * size)
      row += count
    }
  }

  if (inner === 1 || classes === 1) {
    return {
      bytes: size + 2,
      load: (from, to, staged) => {
        const data = locate()
        const raw = memory.holds(data)
          ? data.byteOffset + 2 * (offset + from)
          : staged + pad((to - from) * size)
        if (!memory.holds(data)) copyRuns(data, raw, offset + from, to - from, 1, true)
        widen(raw, staged, to - from)
      },
      store: (from, to, staged) => {
        const raw = staged + pad((to - from) * size)
        narrow(staged, raw, to - from)
        copyRuns(locate(), raw, offset + from, to - from, 1, false)
      },
    }
  }
  return {
    bytes: size * 2 + (half ? 2 : 0),
    load: (from, to, staged) => {
      const tile = staged + pad((to - from) * size)
      const raw = half ? tile + pad((to - from) * size) : tile
      const data = locate()
      const isHere = !half && memory.holds(data)
      forEachPiece(from, to, staged, (first, count, rows) => {
        if (!isHere) copyRuns(data, raw, first, count, classes, true)
        if (half) widen(raw, tile, count * classes)
        if (isHere)
          transpose(data.byteOffset + first * size, inner * size, rows, classes * size, classes, count)
        else transpose(tile, count * size, rows, classes * size, classes, count)
      })
    },
    store: (from, to, staged) => {
      const tile = staged + pad((to - from) * size)
      const raw = half ? tile + pad((to - from) * size) : tile
      const data = locate()
      const isHere = !half && memory.holds(data)
      forEachPiece(from, to, staged, (first, count, rows) => {
        if (isHere)
          return transpose(rows, classes * size, data.byteOffset + first * size, inner * size, count, classes)
        transpose(rows, classes * size, tile, count * size, count, classes)
        if (half) narrow(tile, raw, count * classes)
        copyRuns(data, raw, first, count, classes, false)
      })
    },
  }
}
