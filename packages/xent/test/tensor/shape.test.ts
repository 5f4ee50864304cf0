import { describe, expect, test } from 'vitest'
import { XentError } from '../../src/error.ts'
import {
  broadcastShapes,
  contiguousStrides,
  formatShape,
  formatTuple,
  indexAt,
  normalizeAxis,
  type Shape,
  sameShape,
  sizeOf,
  withoutAxis,
} from '../../src/tensor/shape.ts'

describe('size, strides and texts', () => {
  const table: readonly (readonly [Shape, size: number, strides: Shape, text: string, tuple: string])[] = [
    [[], 1, [], '[]', '()'],
    [[3], 3, [1], '[3]', '(3,)'],
    [[2, 3], 6, [3, 1], '[2, 3]', '(2, 3)'],
    [[4, 1, 3], 12, [3, 3, 1], '[4, 1, 3]', '(4, 1, 3)'],
    [[2, 0, 3], 0, [0, 3, 1], '[2, 0, 3]', '(2, 0, 3)'],
    [[2, 3, 4, 5], 120, [60, 20, 5, 1], '[2, 3, 4, 5]', '(2, 3, 4, 5)'],
  ]
  test.each(table)('%j', (shape, size, strides, text, tuple) => {
    expect(sizeOf(shape)).toBe(size)
    expect(contiguousStrides(shape)).toEqual(strides)
    expect(formatShape(shape)).toBe(text)
    expect(formatTuple(shape)).toBe(tuple)
  })
})

test('shapes are the same when all of their dimensions are', () => {
  expect(sameShape([2, 3], [2, 3])).toBe(true)
  expect(sameShape([], [])).toBe(true)
  for (const other of [[2], [3, 2], [2, 3, 1], []]) expect(sameShape([2, 3], other)).toBe(false)
})

test('positions and coordinates are the two sides of row-major order', () => {
  const shape = [2, 3, 4]
  let position = 0
  for (let i = 0; i < 2; i++)
    for (let j = 0; j < 3; j++)
      for (let k = 0; k < 4; k++) expect(indexAt(position++, shape)).toEqual([i, j, k])
  expect(indexAt(0, [])).toEqual([])
})

describe('broadcasting', () => {
  // From NumPy 2.4.6: numpy.broadcast_shapes, undefined where it raises.
  const table: readonly (readonly [a: Shape, b: Shape, both: Shape | undefined])[] = [
    [[], [], []],
    [[], [3], [3]],
    [[3], [3], [3]],
    [[1], [3], [3]],
    [[2, 3], [3], [2, 3]],
    [
      [2, 1],
      [1, 3],
      [2, 3],
    ],
    [[2, 1], [3], [2, 3]],
    [
      [2, 3],
      [2, 1],
      [2, 3],
    ],
    [
      [4, 1, 3],
      [2, 1],
      [4, 2, 3],
    ],
    [
      [2, 3],
      [4, 2, 1],
      [4, 2, 3],
    ],
    [
      [5, 1, 4, 1],
      [3, 1, 2],
      [5, 3, 4, 2],
    ],
    [[1, 1], [1], [1, 1]],
    [[1], [0], [0]],
    [[0], [], [0]],
    [[2, 0], [1], [2, 0]],
    [[2, 1], [0], [2, 0]],
    [[2], [3], undefined],
    [[2, 3], [2], undefined],
    [[2, 3], [3, 2], undefined],
    [[1, 2], [3, 3], undefined],
    [[0], [2], undefined],
    [[2, 0], [3], undefined],
  ]
  test.each(table)('%j with %j gives %j', (a, b, both) => {
    expect(broadcastShapes(a, b)).toEqual(both)
    expect(broadcastShapes(b, a)).toEqual(both)
  })
})

describe('an axis', () => {
  test.each([
    [0, 1, 0],
    [-1, 1, 0],
    [0, 3, 0],
    [2, 3, 2],
    [-1, 3, 2],
    [-3, 3, 0],
  ])('%d of rank %d is %d', (axis, rank, normalized) => {
    expect(normalizeAxis('f', axis, rank)).toBe(normalized)
  })

  test.each([
    [2, 2],
    [-3, 2],
    [0, 0],
    [-1, 0],
    [0.5, 2],
    [Number.NaN, 2],
    [Number.POSITIVE_INFINITY, 2],
    ['1' as never, 2],
    [true as never, 2],
    [null as never, 2],
  ])('%s of rank %d is refused in the words of TensorFlow', (axis, rank) => {
    const call = () => normalizeAxis('f', axis, rank)
    expect(call).toThrow(XentError)
    expect(call).toThrow(expect.objectContaining({ code: 'AXIS' }))
    expect(call).toThrow(
      `\`dim\` must be in the range [${-rank}, ${rank}) where ${rank} is the number of dimensions in the input. Received: dim=${axis}`,
    )
  })

  test('can be left out of a shape', () => {
    expect([0, 1, 2].map((axis) => withoutAxis([2, 3, 4], axis))).toEqual([
      [3, 4],
      [2, 4],
      [2, 3],
    ])
    expect(withoutAxis([5], 0)).toEqual([])
  })
})
