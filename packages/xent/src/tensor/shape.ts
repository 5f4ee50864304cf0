import { complain, type XentError } from '../error.ts'

export type Shape = readonly number[]

export const sizeOf = (shape: Shape): number => {
  let size = 1
  for (const dimension of shape) size *= dimension
  return size
}

export const sameShape = (a: Shape, b: Shape): boolean =>
  a.length === b.length && a.every((d, k) => d === b[k])

/** `[2, 3]` */
export const formatShape = (shape: Shape): string => `[${shape.join(', ')}]`

/** `(2, 3)` and `(3,)`, as Python prints a shape. */
export const formatTuple = (shape: Shape): string => `(${shape.join(', ')}${shape.length === 1 ? ',' : ''})`

/** Row-major strides in elements. */
export const contiguousStrides = (shape: Shape): number[] => {
  const strides = new Array<number>(shape.length)
  let stride = 1
  for (let k = shape.length - 1; k >= 0; k--) {
    strides[k] = stride
    stride *= shape[k]!
  }
  return strides
}

export const withoutAxis = (shape: Shape, axis: number): number[] => shape.filter((_, k) => k !== axis)

/** The coordinates of the element at a flat row-major position. */
export const indexAt = (position: number, shape: Shape): number[] => {
  const index = new Array<number>(shape.length)
  let rest = position
  for (let k = shape.length - 1; k >= 0; k--) {
    index[k] = rest % shape[k]!
    rest = Math.floor(rest / shape[k]!)
  }
  return index
}

/** NumPy's broadcast of two shapes, or undefined where they do not match. */
export const broadcastShapes = (a: Shape, b: Shape): number[] | undefined => {
  const rank = Math.max(a.length, b.length)
  const shape: number[] = []
  for (let k = 0; k < rank; k++) {
    const da = a[k - rank + a.length] ?? 1
    const db = b[k - rank + b.length] ?? 1
    if (da !== db && da !== 1 && db !== 1) return undefined
    shape.push(da === 1 ? db : da)
  }
  return shape
}

/** Data of another length than its shape has elements. */
export const lengthMismatch = (fn: string, argument: string, shape: Shape, length: number): XentError =>
  complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    `${sizeOf(shape)} elements for shape ${formatShape(shape)}`,
    `${length} elements`,
  )

/** An axis of [-rank, rank) as one of [0, rank). */
export const normalizeAxis = (fn: string, axis: number, rank: number, tensorflow = ''): number => {
  if (Number.isInteger(axis) && axis >= -rank && axis < rank) return axis < 0 ? axis + rank : axis
  const range = `[${-rank}, ${rank})`
  throw complain(
    'AXIS',
    fn,
    'axis',
    `a whole number in ${range}`,
    axis,
    `\`dim\` must be in the range ${range} where ${rank} is the number of dimensions in the input. Received: dim=${axis}${tensorflow}`,
  )
}

export type Nested<Leaf> = Leaf | Nested<Leaf>[]

/**
 * Nested arrays of a shape, made of what `leaf` makes of each position in row-major order.
 *
 * @param edge of an axis longer than twice that, only so many indices at either end
 */
export const nested = <Leaf>(
  shape: Shape,
  edge: number,
  leaf: (position: number) => Leaf,
  axis: number = 0,
  start: number = 0,
): Nested<Leaf> => {
  const length = shape[axis]
  if (length === undefined) return leaf(start)
  const shown = Math.min(length, 2 * edge)
  return Array.from({ length: shown }, (_, k) =>
    nested(shape, edge, leaf, axis + 1, start * length + (k < edge ? k : k + length - shown)),
  )
}

/** `labels[2, 3]`, or `labels` where there is no index. */
export const placeIn = (argument: string, index: readonly number[]): string =>
  index.length ? argument + formatShape(index) : argument
