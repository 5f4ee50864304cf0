import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type DType, zeros } from '../../src/tensor/dtype.ts'
import { encoded } from '../../src/tensor/encoding.ts'
import { bfloat16ToNumber, float16ToNumber } from '../../src/tensor/float16.ts'
import { elementsOf } from '../../src/tensor/read.ts'
import { contiguousStrides, type Shape, sizeOf } from '../../src/tensor/shape.ts'
import {
  accumulate,
  axisLast,
  broadcastTo,
  contiguousView,
  gather,
  isContiguous,
  positionAt,
  runsOf,
  scatter,
  type View,
} from '../../src/tensor/strided.ts'

/** The indices of a shape in row-major order. */
const indicesOf = ([length, ...inner]: Shape): number[][] =>
  length === undefined
    ? [[]]
    : Array.from({ length }, (_, k) => indicesOf(inner).map((rest) => [k, ...rest])).flat()

/** Where the elements lie, by the definition of a view and by nothing else. */
const positionsOf = ({ shape, strides, offset }: View): number[] =>
  indicesOf(shape).map((index) => index.reduce((position, i, k) => position + i * strides[k]!, offset))

const decode = (value: number | bigint, dtype: DType): number =>
  dtype === 'float16'
    ? float16ToNumber(Number(value))
    : dtype === 'bfloat16'
      ? bfloat16ToNumber(Number(value))
      : Number(value)

/** A view whose elements are 0, 1, 2, … counted along its data. */
const counting = (dtype: DType, shape: Shape, strides: readonly number[], pad: number): View => {
  const reaches = shape.map((dimension, k) => Math.max(0, dimension - 1) * strides[k]!)
  const offset = pad - reaches.reduce((sum, reach) => sum + Math.min(reach, 0), 0)
  const size = offset + reaches.reduce((sum, reach) => sum + Math.max(reach, 0), 0) + 1 + pad
  const values = Array.from({ length: size }, (_, k) => (dtype === 'bool' ? k % 2 : k % 127))
  return { data: encoded(values, dtype), dtype, shape, strides, offset }
}

const floats = ['float16', 'bfloat16', 'float32', 'float64'] as const
const dtypes: readonly DType[] = [
  ...floats,
  ...(['int8', 'int16', 'int32', 'int64', 'uint8', 'uint16', 'uint32', 'bool'] as const),
]

/** Row-major strides with the axes in another order, and then each as it is, reversed, stepping or repeating. */
const permutedStrides = (shape: Shape): fc.Arbitrary<number[]> =>
  fc
    .tuple(
      fc.shuffledSubarray([...shape.keys()], { minLength: shape.length }),
      fc.array(fc.constantFrom(1, 1, 1, -1, 0, 2), { minLength: shape.length, maxLength: shape.length }),
    )
    .map(([order, factors]) => {
      const inOrder = contiguousStrides(order.map((axis) => shape[axis]!))
      return shape.map((_, axis) => inOrder[order.indexOf(axis)]! * factors[axis]!)
    })

const anyStrides = ({ length }: Shape): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min: -7, max: 7 }), { minLength: length, maxLength: length })

const viewOfAny = (types: readonly DType[]): fc.Arbitrary<View> =>
  fc
    .array(fc.oneof({ weight: 6, arbitrary: fc.integer({ min: 1, max: 4 }) }, fc.constant(0)), {
      maxLength: 4,
    })
    .chain((shape) =>
      fc
        .tuple(
          fc.constantFrom(...types),
          fc.oneof(fc.constant(contiguousStrides(shape)), permutedStrides(shape), anyStrides(shape)),
          fc.nat(3),
        )
        .map(([dtype, strides, pad]) => counting(dtype, shape, strides, pad)),
    )

/** A view, a range [from, to) of its elements, and where the staged elements begin. */
const staged = (types: readonly DType[]) =>
  viewOfAny(types).chain((view) =>
    fc
      .tuple(fc.nat(sizeOf(view.shape)), fc.nat(sizeOf(view.shape)), fc.nat(2), fc.boolean())
      .map(([a, b, at, wide]) => ({ view, from: Math.min(a, b), to: Math.max(a, b), at, wide })),
  )

/** The values 0.5, 1.5, … where elements [from, to) are staged, and a place too many on either side. */
const stagedValues = (length: number, wide: boolean): Float32Array | Float64Array => {
  const values = Float64Array.from({ length }, (_, k) => k + 0.5)
  return wide ? values : Float32Array.from(values)
}

describe('for any shape, strides, range and dtype', () => {
  test('gather reads the elements that a loop over all indices reads', () => {
    fc.assert(
      fc.property(staged(dtypes), ({ view, from, to, at, wide }) => {
        const target = wide
          ? new Float64Array(at + to - from + 1).fill(-1)
          : new Float32Array(at + to - from + 1).fill(-1)
        gather(runsOf(view), from, to, target, at)
        const elements = positionsOf(view)
          .slice(from, to)
          .map((position) => decode(view.data[position]!, view.dtype))
        expect([...target]).toEqual([...new Array<number>(at).fill(-1), ...elements, -1])
      }),
      { numRuns: 1000 },
    )
  })

  test('scatter writes those elements, in order, and touches no other', () => {
    fc.assert(
      fc.property(staged(floats), ({ view, from, to, at, wide }) => {
        const source = stagedValues(at + to - from + 1, wide)
        const expected = view.data.slice()
        const rounded = encoded(source, view.dtype)
        positionsOf(view)
          .slice(from, to)
          .forEach((position, k) => {
            expected[position] = rounded[at + k]!
          })
        scatter(runsOf(view), from, to, source, at)
        expect(view.data).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('accumulate adds to those elements, so that what a stride of 0 repeats is summed', () => {
    fc.assert(
      fc.property(staged(['float64']), ({ view, from, to, at, wide }) => {
        const source = stagedValues(at + to - from + 1, wide)
        const expected = Array.from(view.data, Number)
        positionsOf(view)
          .slice(from, to)
          .forEach((position, k) => {
            expected[position]! += source[at + k]!
          })
        accumulate(runsOf(view), from, to, source, at)
        expect([...view.data]).toEqual(expected)
      }),
      { numRuns: 1000 },
    )
  })

  test('positionAt and elementsOf find them too', () => {
    fc.assert(
      fc.property(viewOfAny(dtypes), (view) => {
        const positions = positionsOf(view)
        expect(indicesOf(view.shape).map((index) => positionAt(view, index))).toEqual(positions)
        expect(Array.from(elementsOf(view), Number)).toEqual(
          positions.map((position) => decode(view.data[position]!, view.dtype)),
        )
      }),
    )
  })

  test('isContiguous holds just where the elements follow each other', () => {
    fc.assert(
      fc.property(viewOfAny(['float32']), (view) => {
        const positions = positionsOf(view)
        const follows = positions.every((position, k) => position === view.offset + k)
        // Of no elements nothing needs to be known.
        if (positions.length > 0)
          expect([isContiguous(view), isContiguous(runsOf(view))]).toEqual([follows, follows])
      }),
      { numRuns: 1000 },
    )
  })

  test('axisLast moves one axis behind the others', () => {
    fc.assert(
      fc.property(
        viewOfAny(dtypes).chain((view) =>
          fc.tuple(fc.constant(view), fc.nat(Math.max(0, view.shape.length - 1))),
        ),
        ([view, axis]) => {
          fc.pre(view.shape.length > 0)
          const moved = axisLast(view, axis)
          expect(moved.data).toBe(view.data)
          expect(moved.shape).toEqual([...view.shape.filter((_, k) => k !== axis), view.shape[axis]])
          const expected = indicesOf(moved.shape).map((index) =>
            index.toSpliced(axis, 0, index.at(-1)!).slice(0, -1),
          )
          const inPlace = new Map(
            indicesOf(view.shape).map((index, k) => [index.join(), positionsOf(view)[k]!]),
          )
          expect(positionsOf(moved)).toEqual(expected.map((index) => inPlace.get(index.join())))
        },
      ),
    )
  })
})

describe('runs merge neighbouring dimensions', () => {
  const data = zeros('float32', 120)
  const view = (shape: Shape, strides = contiguousStrides(shape)): View => ({
    ...contiguousView(data, 'float32', shape),
    strides,
  })
  const table: readonly (readonly [name: string, View, shape: Shape, strides: Shape])[] = [
    ['a scalar is a run of one', view([]), [1], [1]],
    ['dimensions of 1 are left out', view([1, 1]), [1], [1]],
    ['whatever their strides', view([1, 3, 1], [99, 1, -7]), [3], [1]],
    ['a contiguous array is one run', view([2, 3, 4, 5]), [120], [1]],
    ['so is one read backwards', view([2, 3], [-3, -1]), [6], [-1]],
    ['a scalar repeated is one run of stride 0', view([2, 3], [0, 0]), [6], [0]],
    ['a transposed matrix has a run for each column', view([3, 2], [1, 3]), [3, 2], [1, 3]],
    ['a row repeated', view([4, 3], [0, 1]), [4, 3], [0, 1]],
    ['a column repeated', view([4, 3], [1, 0]), [4, 3], [1, 0]],
    ['a block of whole rows is one run', view([2, 5], [5, 1]), [10], [1]],
    ['a block of parts of rows is not', view([2, 3], [5, 1]), [2, 3], [5, 1]],
    ['a swap of outer axes keeps the inner run', view([3, 2, 4, 5], [20, 60, 5, 1]), [3, 2, 20], [20, 60, 1]],
  ]
  test.each(table)('%s', (_name, of, shape, strides) => {
    expect(runsOf(of)).toMatchObject({ data, dtype: 'float32', offset: 0, shape, strides })
  })
})

describe('broadcastTo repeats elements by NumPy’s rules', () => {
  // From NumPy 2.4.6: numpy.broadcast_to(numpy.arange(size).reshape(from), to).ravel(), undefined where it raises.
  const table: readonly (readonly [from: Shape, to: Shape, elements: readonly number[] | undefined])[] = [
    [[], [], [0]],
    [[], [3], [0, 0, 0]],
    [[3], [3], [0, 1, 2]],
    [[1], [3], [0, 0, 0]],
    [[3], [2, 3], [0, 1, 2, 0, 1, 2]],
    [
      [2, 1],
      [2, 3],
      [0, 0, 0, 1, 1, 1],
    ],
    [[1], [1, 1], [0]],
    [[1], [0], []],
    [[], [0], []],
    [[1], [2, 0], []],
    [[3], [], undefined],
    [[3], [1], undefined],
    [[2, 3], [3], undefined],
    [[1, 1], [1], undefined],
    [[2, 1], [1, 3], undefined],
    [[2], [3], undefined],
    [[2], [2, 3], undefined],
    [[3, 2], [2, 3], undefined],
    [[0], [1], undefined],
    [[0], [2], undefined],
    [[3], [2, 0], undefined],
  ]
  test.each(table)('%j to %j', (from, to, elements) => {
    const data = Float32Array.from({ length: sizeOf(from) }, (_, k) => k)
    const view = broadcastTo(contiguousView(data, 'float32', from), to)
    expect(view && Array.from(elementsOf(view))).toEqual(elements)
    if (view) expect(view).toMatchObject({ data, shape: to })
  })

  test('also from strided views', () => {
    const column: View = {
      data: Float32Array.of(0, 1, 2, 3, 4, 5),
      dtype: 'float32',
      shape: [2, 1],
      strides: [-3, 5],
      offset: 4,
    }
    expect(Array.from(elementsOf(broadcastTo(column, [2, 2, 3])!))).toEqual([
      4, 4, 4, 1, 1, 1, 4, 4, 4, 1, 1, 1,
    ])
  })
})
