import { bytesPerElement, type ComputeDType, viewOf } from '../../tensor/dtype.ts'
import type { View } from '../../tensor/strided.ts'
import { locator, type Operand, widthOf } from './operands.ts'
import { type Host, innerLength } from './work.ts'

type Convert = (from: number, to: number, count: number) => void

type Transpose = (
  from: number,
  stride: number,
  to: number,
  toStride: number,
  rows: number,
  columns: number,
  count: number,
  step: number,
) => void

export interface LayoutExports {
  readonly widenFloat16: Convert
  readonly widenBfloat16: Convert
  readonly narrowFloat16: Convert
  readonly narrowBfloat16: Convert
  readonly transpose32: Transpose
  readonly transpose64: Transpose
}

/** Bytes with room for whole vectors at their end, and to face what is copied. */
const areaOf = (bytes: number): number => Math.ceil(bytes / 16) * 16 + 48

/**
 * A row-major array that the kernels want otherwise: of another type, or with the class axis not innermost. A block of it
 * is as `rowWork` makes them: whole groups of rows that lie side by side, which are in one piece, or some rows of one group.
 * In lanes it keeps its order.
 *
 * @param half whether it has 16-bit floats, and which
 */
export const layoutOf = (
  { memory, layout }: Host,
  { data: given, dtype, shape, offset }: View,
  compute: ComputeDType,
  half: 'float16' | 'bfloat16' | undefined,
  axis: number | undefined,
  isInLanes: boolean,
): Operand => {
  const locate = locator(memory, given)
  const isHere = memory.holds(given)
  // now, for the memory may grow and leave the array without a place
  const { byteOffset } = given
  const size = bytesPerElement(compute)
  const width = bytesPerElement(dtype)
  const transpose = compute === 'float64' ? layout.transpose64 : layout.transpose32
  const widen = half === 'float16' ? layout.widenFloat16 : layout.widenBfloat16
  const narrow = half === 'float16' ? layout.narrowFloat16 : layout.narrowBfloat16
  const classes = widthOf(shape, axis)
  const inner = axis === undefined ? 1 : innerLength(shape, axis)
  const isTransposed = !isInLanes && inner > 1 && classes > 1
  const isAsItLies = !isTransposed && !half

  /** A block, and where it is on its way: as the kernel takes it, as that is transposed of, as the array has it. */
  const blockOf = (from: number, to: number, staged: number) => {
    const position = from % inner
    const first = offset + (from - position) * classes + position
    const length = (to - from) * classes
    // the rows that lie side by side
    const count = Math.min(to - from, inner - position)
    const isWhole = count === inner
    const isCopied = !isHere || (half !== undefined && !isWhole)
    const second = isTransposed ? staged + areaOf(length * size) : staged
    const third = half ? second + areaOf(length * size) : second
    const start = byteOffset + first * width
    const raw = isCopied ? memory.facing(third, start) : start
    const tile = half ? second : raw
    const stride = (half || isCopied ? count : inner) * size
    const groups = (to - from) / count
    return {
      first,
      length,
      count,
      groups,
      isWhole,
      isCopied,
      raw,
      tile,
      stride,
      step: classes * count * size,
    }
  }

  const copy = ({ first, length, count, isWhole, raw }: ReturnType<typeof blockOf>, isIn: boolean): void => {
    const data = locate()
    const block = viewOf(dtype, memory.views.buffer, raw, length)
    const runs = isWhole ? 1 : classes
    for (let c = 0; c < runs; c++) {
      const here = data.subarray(first + c * inner, first + c * inner + length / runs)
      if (isIn) block.set(here as never, c * count)
      else here.set(block.subarray(c * count, c * count + length / runs) as never)
    }
  }

  const place: Operand['place'] = (from, staged) =>
    isAsItLies ? blockOf(from, from + 1, staged).raw : staged

  return {
    bytes: classes * (isTransposed ? size : 0) + classes * (half ? size + width : isHere ? 0 : size),
    place,
    load: (from, to, staged) => {
      const block = blockOf(from, to, staged)
      const { length, count, groups, raw, tile, stride, step } = block
      if (block.isCopied) copy(block, true)
      if (half) widen(raw, tile, length)
      if (isTransposed) transpose(tile, stride, staged, classes * size, classes, count, groups, step)
      return place(from, staged)
    },
    store: (from, to, staged) => {
      const { length, count, groups, raw, tile, stride, step } = blockOf(from, to, staged)
      if (isTransposed) transpose(staged, classes * size, tile, stride, count, classes, groups, step)
      if (half) narrow(tile, raw, length)
    },
    copyOut: (from, to, staged) => {
      const block = blockOf(from, to, staged)
      if (block.isCopied) copy(block, false)
    },
  }
}
