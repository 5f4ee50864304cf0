import { describe, expect, test } from 'vitest'
import { XentError } from '../../src/error.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { type TensorLike, tensor } from '../../src/tensor/read.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { Tensor } from '../../src/tensor/tensor.ts'

const { NaN: nan, POSITIVE_INFINITY: high, NEGATIVE_INFINITY: low } = Number

// The bits of 1.5, -2, NaN and Infinity: from IEEE 754.
const halves = Uint16Array.of(0x3e00, 0xc000, 0x7e00, 0x7c00)
const brains = Uint16Array.of(0x3fc0, 0xc000, 0x7fc0, 0x7f80)

describe('a Tensor', () => {
  type Row = readonly [name: string, Tensor, array: unknown, json: readonly unknown[]]
  const table: readonly Row[] = [
    ['scalar', new Tensor(Float32Array.of(1.5), [], 'float32'), 1.5, [1.5]],
    [
      'vector',
      new Tensor(Float64Array.of(0.1, nan, low), [3], 'float64'),
      [0.1, nan, low],
      [0.1, 'NaN', '-Infinity'],
    ],
    [
      'matrix',
      new Tensor(Int32Array.of(1, 2, 3, 4, 5, 6), [2, 3], 'int32'),
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      [1, 2, 3, 4, 5, 6],
    ],
    ['rank 3', new Tensor(Uint8Array.of(1, 2, 3, 4), [2, 1, 2], 'uint8'), [[[1, 2]], [[3, 4]]], [1, 2, 3, 4]],
    ['empty', new Tensor(new Float32Array(0), [0], 'float32'), [], []],
    ['empty rows', new Tensor(new Float32Array(0), [2, 0], 'float32'), [[], []], []],
    ['no rows', new Tensor(new Float32Array(0), [0, 2], 'float32'), [], []],
    [
      'float16',
      new Tensor(halves, [2, 2], 'float16'),
      [
        [1.5, -2],
        [nan, high],
      ],
      [1.5, -2, 'NaN', 'Infinity'],
    ],
    ['bfloat16', new Tensor(brains, [4], 'bfloat16'), [1.5, -2, nan, high], [1.5, -2, 'NaN', 'Infinity']],
    ['bool', new Tensor(Uint8Array.of(1, 0), [2], 'bool'), [true, false], [true, false]],
    [
      'int64',
      new Tensor(BigInt64Array.of(1n, 2n ** 60n + 1n), [2], 'int64'),
      [1n, 2n ** 60n + 1n],
      [1, '1152921504606846977'],
    ],
  ]
  test.each(table)('%s: toArray() nests its elements, toJSON() lists them', (_name, made, array, json) => {
    expect(made.toArray()).toEqual(array)
    expect(made.toJSON()).toEqual({ dtype: made.dtype, shape: made.shape, data: json })
    expect(JSON.parse(JSON.stringify(made))).toEqual({ dtype: made.dtype, shape: made.shape, data: json })
  })

  test.each([
    [[], 1, 0],
    [[5], 5, 1],
    [[2, 3], 6, 2],
    [[2, 0, 3], 0, 3],
  ])('of shape %j has size %d and rank %d', (shape, size, rank) => {
    expect(new Tensor(new Float32Array(size), shape, 'float32')).toMatchObject({ size, rank, shape })
  })

  test('survives JSON where its elements do', () => {
    const some: readonly Tensor[] = table.map(([, made]) => made)
    const whole = some.filter((made) => made.toJSON().data.every((element) => typeof element !== 'string'))
    expect(whole.length).toBeGreaterThan(6)
    for (const made of whole) {
      const again = tensor(JSON.parse(JSON.stringify(made)))
      expect(again.data).toEqual(made.data)
      expect(again.toJSON()).toEqual(made.toJSON())
    }
  })

  test('finds its data anew where that may move', () => {
    let data = Float32Array.of(1)
    const made = new Tensor(() => data, [1], 'float32')
    data = Float32Array.of(2)
    expect([made.data, made.item()]).toEqual([data, 2])
  })

  test.each([
    [new Tensor(Float32Array.of(0.1, 0.25), [2], 'float32'), '[0.1  0.25]'],
    [new Tensor(brains.slice(0, 2), [2, 1], 'bfloat16'), '[[ 1.5]\n [-2. ]]'],
    [new Tensor(Uint8Array.of(0), [], 'bool'), 'False'],
  ])('prints as NumPy does', (made, text) => {
    expect(String(made)).toBe(text)
  })
})

describe('item()', () => {
  test.each([
    [tensor(2.5), 2.5],
    [tensor([[[-1]]]), -1],
    [tensor([7n]), 7n],
    [tensor([[true]]), true],
    [new Tensor(halves.slice(0, 1), [1], 'float16'), 1.5],
    [new Tensor(brains.slice(1, 2), [], 'bfloat16'), -2],
  ])('is the one element of %o', (made, item) => {
    expect(made.item()).toBe(item)
  })

  test.each([
    [tensor([1, 2]), '2 elements of shape [2]'],
    [tensor([[], []]), '0 elements of shape [2, 0]'],
  ])('refuses %s', (made, received) => {
    expect(() => made.item()).toThrow(XentError)
    expect(() => made.item()).toThrow(expect.objectContaining({ code: 'SHAPE_MISMATCH' }))
    expect(() => made.item()).toThrow(`Tensor.item: tensor: expected one element, received ${received}.`)
  })
})

describe('tensor()', () => {
  type Row = readonly [
    name: string,
    TensorLike,
    DType | undefined,
    dtype: DType,
    shape: Shape,
    array: unknown,
  ]
  const table: readonly Row[] = [
    ['numbers are float32', 0.1, undefined, 'float32', [], Math.fround(0.1)],
    ['booleans are bool', [true], undefined, 'bool', [1], [true]],
    ['bigints are int64', [[2n]], undefined, 'int64', [1, 1], [[2n]]],
    ['typed arrays keep their type', Int16Array.of(-1, 1), undefined, 'int16', [2], [-1, 1]],
    [
      '16-bit floats stay so',
      { data: halves, shape: [2, 2], dtype: 'float16' },
      undefined,
      'float16',
      [2, 2],
      [
        [1.5, -2],
        [nan, high],
      ],
    ],
    [
      'strides are straightened',
      { data: Float32Array.of(1, 2, 3, 4), shape: [2, 2], strides: [1, 2] },
      undefined,
      'float32',
      [2, 2],
      [
        [1, 3],
        [2, 4],
      ],
    ],
    [
      'also of int64',
      { data: BigInt64Array.of(1n, 2n), shape: [2], stride: [-1], offset: 1 },
      undefined,
      'int64',
      [2],
      [2n, 1n],
    ],
    ['numbers to float64', [0.1], 'float64', 'float64', [1], [0.1]],
    ['numbers to float16', [0.1, 65520], 'float16', 'float16', [2], [0.0999755859375, high]],
    ['numbers to bfloat16', [0.1], 'bfloat16', 'bfloat16', [1], [0.10009765625]],
    ['numbers to int64', [1, -2], 'int64', 'int64', [2], [1n, -2n]],
    ['fractions to int32 are cut', [1.9, -1.9], 'int32', 'int32', [2], [1, -1]],
    ['fractions to int64 are cut', [1.9, -1.9], 'int64', 'int64', [2], [1n, -1n]],
    ['numbers to bool', [0, 0.5, nan], 'bool', 'bool', [3], [false, true, true]],
    [
      'float64 to float16, rounded once',
      Float64Array.of(1 + 2 ** -11 + 2 ** -40),
      'float16',
      'float16',
      [1],
      [1 + 2 ** -10],
    ],
    [
      'bfloat16 to float32',
      { data: brains, shape: [4], dtype: 'bfloat16' },
      'float32',
      'float32',
      [4],
      [1.5, -2, nan, high],
    ],
    ['booleans to numbers', [true, false], 'float64', 'float64', [2], [1, 0]],
    ['int64 to float64', BigInt64Array.of(2n ** 53n), 'float64', 'float64', [1], [2 ** 53]],
    ['int64 to int32', [5n], 'int32', 'int32', [1], [5]],
    ['a Tensor', new Tensor(Uint8Array.of(3), [1, 1], 'uint8'), 'int64', 'int64', [1, 1], [[3n]]],
  ]
  test.each(table)('%s', (_name, like, wanted, dtype, shape, array) => {
    const made = tensor(like, wanted)
    expect({ dtype: made.dtype, shape: made.shape, array: made.toArray() }).toEqual({ dtype, shape, array })
  })

  test('what an int64 cannot hold is 0, as it is in an Int32Array', () => {
    expect(tensor([nan, high], 'int32').toArray()).toEqual([0, 0])
    expect(tensor([nan, high], 'int64').toArray()).toEqual([0n, 0n])
  })

  test.each<readonly [name: string, Float32Array, (data: Float32Array) => TensorLike]>([
    ['a typed array', Float32Array.of(1, 2), (data) => data],
    ['an object', Float32Array.of(1, 2), (data) => ({ data, shape: [2] })],
    ['a Tensor', Float32Array.of(1, 2), (data) => new Tensor(data, [2], 'float32')],
  ])('copies: what happens to %s afterwards changes nothing', (_name, data, like) => {
    const made = tensor(like(data))
    data.fill(9)
    expect(made.toArray()).toEqual([1, 2])
  })

  test('nor is a nested array written to or kept', () => {
    const nested = [[1, 2]]
    const made = tensor(nested)
    nested[0]![0] = 9
    made.data[1] = 7
    expect([made.toArray(), nested]).toEqual([[[1, 7]], [[9, 2]]])
  })

  test('refuses a dtype that is none', () => {
    const call = () => tensor([1], 'complex64' as never)
    expect(call).toThrow(XentError)
    expect(call).toThrow(expect.objectContaining({ code: 'DTYPE' }))
    expect(call).toThrow('complex64')
  })
})

test('a Tensor has as many elements as its shape says', () => {
  expect(() => new Tensor(new Float32Array(2), [3], 'float32')).toThrow(
    'expected 3 elements for shape [3], received 2',
  )
})
