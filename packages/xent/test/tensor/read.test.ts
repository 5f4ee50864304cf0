import { describe, expect, test } from 'vitest'
import { XentError, type XentErrorCode } from '../../src/error.ts'
import type { DType } from '../../src/tensor/dtype.ts'
import { numberToFloat16 } from '../../src/tensor/float16.ts'
import { checkShape, elementsOf, read, tensor } from '../../src/tensor/read.ts'
import type { Shape } from '../../src/tensor/shape.ts'
import { Tensor } from '../../src/tensor/tensor.ts'

const described = (like: unknown, nestedDType: DType = 'float32') => {
  const view = read('f', 'x', like, nestedDType)
  return { dtype: view.dtype, shape: [...view.shape], elements: Array.from(elementsOf(view)) }
}

describe('numbers, booleans, bigints and arrays of them', () => {
  const { NaN: nan, NEGATIVE_INFINITY: low } = Number
  type Row = readonly [name: string, like: unknown, dtype: DType, shape: Shape, elements: readonly unknown[]]
  const table: readonly Row[] = [
    ['a number', 1.5, 'float32', [], [1.5]],
    ['NaN', nan, 'float32', [], [nan]],
    ['a boolean', true, 'bool', [], [1]],
    ['a bigint', -(2n ** 62n) - 1n, 'int64', [], [-(2n ** 62n) - 1n]],
    ['a list', [1, low, nan], 'float32', [3], [1, low, nan]],
    ['a list of booleans', [true, false], 'bool', [2], [1, 0]],
    ['a list of bigints', [1n, 2n ** 62n + 1n], 'int64', [2], [1n, 2n ** 62n + 1n]],
    [
      'a matrix',
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      'float32',
      [2, 3],
      [1, 2, 3, 4, 5, 6],
    ],
    ['a matrix of booleans', [[true], [false]], 'bool', [2, 1], [1, 0]],
    ['rank 3', [[[1, 2]], [[3, 4]], [[5, 6]]], 'float32', [3, 1, 2], [1, 2, 3, 4, 5, 6]],
    ['rank 3 of bigints', [[[1n], [2n]]], 'int64', [1, 2, 1], [1n, 2n]],
    ['rank 4', [[[[1], [2]]], [[[3], [4]]]], 'float32', [2, 1, 2, 1], [1, 2, 3, 4]],
    ['an empty list', [], 'float32', [0], []],
    ['empty rows', [[], []], 'float32', [2, 0], []],
    ['empty rows of rows', [[[], []]], 'float32', [1, 2, 0], []],
  ]
  test.each(table)('%s', (_name, like, dtype, shape, elements) => {
    expect(described(like)).toEqual({ dtype, shape, elements })
  })

  test.each([
    ['float16', [0.1, 65504], [0.0999755859375, 65504]],
    ['bfloat16', [0.1, 1], [0.10009765625, 1]],
    ['float32', [0.1, 1], [Math.fround(0.1), 1]],
    ['float64', [0.1, 1], [0.1, 1]],
    ['int32', [-7, 8], [-7, 8]],
  ] as const)('plain numbers become %s where the function says so', (dtype, values, elements) => {
    expect(described(values, dtype)).toEqual({ dtype, shape: [2], elements })
  })

  test('booleans and bigints carry a type of their own', () => {
    expect(described([true], 'float64').dtype).toBe('bool')
    expect(described([1n], 'float64').dtype).toBe('int64')
  })
})

describe('typed arrays', () => {
  test.each([
    ['float32', Float32Array.of(1.5, -2)],
    ['float64', Float64Array.of(0.1, -2)],
    ['int8', Int8Array.of(-128, 127)],
    ['int16', Int16Array.of(-32768, 32767)],
    ['int32', Int32Array.of(-(2 ** 31), 2 ** 31 - 1)],
    ['int64', BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n)],
    ['uint8', Uint8Array.of(0, 255)],
    ['uint8', Uint8ClampedArray.of(0, 255)],
    ['uint8', Buffer.from([0, 255])],
    ['uint16', Uint16Array.of(0, 65535)],
    ['uint32', Uint32Array.of(0, 2 ** 32 - 1)],
    ['float32', new Float32Array(0)],
    ['float32', new Float32Array(new SharedArrayBuffer(8))],
    ['float32', Float32Array.of(9, 1, 2, 9).subarray(1, 3)],
  ] as const)('%s of %o is a vector, read where it lies', (dtype, array) => {
    const view = read('f', 'x', array, 'float32')
    expect(view.data.buffer).toBe(array.buffer)
    expect(view).toMatchObject({ dtype, shape: [array.length], strides: [1], offset: 0 })
    expect(Array.from(elementsOf(view))).toEqual(Array.from<number | bigint>(array))
  })

  test('Float16Array is float16, and its bits are read where they lie', () => {
    const array = float16Array([9, 1.5, -2])
    const view = read('f', 'x', array, 'float32')
    expect(view.data.buffer).toBe(array.buffer)
    expect(described(array)).toEqual({ dtype: 'float16', shape: [3], elements: [9, 1.5, -2] })
    expect(described({ data: array, dims: [3], type: 'float16' }).dtype).toBe('float16')
  })
})

/** A Float16Array; where there is none, its bits under its name. */
function float16Array(values: number[]): ArrayBufferView {
  const Float16 = (globalThis as { Float16Array?: new (values: number[]) => ArrayBufferView }).Float16Array
  if (Float16) return new Float16(values)
  class Bits extends Uint16Array {}
  Object.defineProperty(Bits.prototype, Symbol.toStringTag, { value: 'Float16Array' })
  return new Bits(values.map(numberToFloat16))
}

describe('objects with data', () => {
  const six = Float32Array.of(0, 1, 2, 3, 4, 5)
  const ids = BigInt64Array.of(0n, 1n, 2n, 2n ** 60n + 1n)
  // The bits of 1.5 and -2: from IEEE 754.
  const halves = Uint16Array.of(0x3e00, 0xc000)
  const brains = Uint16Array.of(0x3fc0, 0xc000)
  const bytes = Uint8Array.of(1, 0)
  type Data = Readonly<Record<string, unknown>>
  type Row = readonly [name: string, like: Data, dtype: DType, shape: Shape, elements: readonly unknown[]]
  const table: readonly Row[] = [
    ['a shape', { data: six, shape: [2, 3] }, 'float32', [2, 3], [0, 1, 2, 3, 4, 5]],
    ['the shape of a scalar', { data: six.subarray(4, 5), shape: [] }, 'float32', [], [4]],
    ['an empty shape', { data: six.subarray(0, 0), shape: [3, 0] }, 'float32', [3, 0], []],
    [
      'a shape in a typed array',
      { data: six, shape: Int32Array.of(2, 3) },
      'float32',
      [2, 3],
      [0, 1, 2, 3, 4, 5],
    ],
    [
      'dims and type, as ONNX Runtime',
      { data: six, dims: [3, 2], type: 'float32' },
      'float32',
      [3, 2],
      [...six],
    ],
    ['int64 of ONNX Runtime', { data: ids, dims: [2, 2], type: 'int64' }, 'int64', [2, 2], [...ids]],
    ['bool of ONNX Runtime', { data: bytes, dims: [2], type: 'bool' }, 'bool', [2], [1, 0]],
    ['float16 of ONNX Runtime', { data: halves, dims: [2], type: 'float16' }, 'float16', [2], [1.5, -2]],
    ['float16 bits', { data: halves, shape: [2], dtype: 'float16' }, 'float16', [2], [1.5, -2]],
    ['bfloat16 bits', { data: brains, shape: [2], dtype: 'bfloat16' }, 'bfloat16', [2], [1.5, -2]],
    ['16 bits that are integers', { data: halves, shape: [2] }, 'uint16', [2], [0x3e00, 0xc000]],
    ['clamped bytes', { data: Uint8ClampedArray.of(1, 0), shape: [2], dtype: 'uint8' }, 'uint8', [2], [1, 0]],
    ['a dtype that is an object', { data: six, shape: [6], dtype: { kind: 'f' } }, 'float32', [6], [...six]],
    ['what ndarray calls bigint64', { data: ids, shape: [4], dtype: 'bigint64' }, 'int64', [4], [...ids]],
    [
      'what ndarray calls uint8_clamped',
      { data: Uint8ClampedArray.of(7), shape: [1], dtype: 'uint8_clamped' },
      'uint8',
      [1],
      [7],
    ],
    ['what ndarray calls buffer', { data: Buffer.from([7]), shape: [1], dtype: 'buffer' }, 'uint8', [1], [7]],
    [
      'stride and offset, as ndarray',
      { data: six, shape: [2, 2], stride: [3, 1], offset: 1 },
      'float32',
      [2, 2],
      [1, 2, 4, 5],
    ],
    ['strides', { data: six, shape: [3, 2], strides: [1, 3] }, 'float32', [3, 2], [0, 3, 1, 4, 2, 5]],
    [
      'strides in a typed array',
      { data: six, shape: [3, 2], strides: Int32Array.of(1, 3) },
      'float32',
      [3, 2],
      [0, 3, 1, 4, 2, 5],
    ],
    [
      'negative strides',
      { data: six, shape: [2, 3], strides: [-3, -1], offset: 5 },
      'float32',
      [2, 3],
      [5, 4, 3, 2, 1, 0],
    ],
    ['a column', { data: six, shape: [2], strides: [3], offset: 2 }, 'float32', [2], [2, 5]],
    [
      'repeated elements',
      { data: six, shape: [2, 2], strides: [0, 1], offset: 3 },
      'float32',
      [2, 2],
      [3, 4, 3, 4],
    ],
    ['one element of many', { data: six, shape: [], strides: [], offset: 3 }, 'float32', [], [3]],
    ['an offset alone', { data: six, shape: [2], offset: 4 }, 'float32', [2], [4, 5]],
    [
      'no element, wherever it would lie',
      { data: six, shape: [0, 3], strides: [3, 1], offset: 6 },
      'float32',
      [0, 3],
      [],
    ],
    [
      'strided int64',
      { data: ids, shape: [2], strides: [-2], offset: 3 },
      'int64',
      [2],
      [2n ** 60n + 1n, 1n],
    ],
    [
      'strided float16',
      { data: halves, shape: [2], strides: [-1], offset: 1, dtype: 'float16' },
      'float16',
      [2],
      [-2, 1.5],
    ],
  ]
  test.each(table)('%s', (_name, like, dtype, shape, elements) => {
    expect(described(like)).toEqual({ dtype, shape, elements })
    expect(read('f', 'x', like, 'float32').data.buffer, 'is read where it lies').toBe(
      (like.data as Uint8Array).buffer,
    )
  })

  const plain: readonly Row[] = [
    ['numbers', { data: [1, 2, 3, 4], shape: [2, 2] }, 'float32', [2, 2], [1, 2, 3, 4]],
    ['booleans', { data: [true, false], shape: [2, 1] }, 'bool', [2, 1], [1, 0]],
    ['bigints', { data: [1n, 2n], shape: [2] }, 'int64', [2], [1n, 2n]],
    ['none', { data: [], shape: [0, 3] }, 'float32', [0, 3], []],
    ['a dtype', { data: [1, 0.1], shape: [2], dtype: 'float64' }, 'float64', [2], [1, 0.1]],
    ['numbers said to be booleans', { data: [1, 0], shape: [2], dtype: 'bool' }, 'bool', [2], [1, 0]],
    [
      'a 16-bit dtype',
      { data: [1.5, 0.1], shape: [2], dtype: 'float16' },
      'float16',
      [2],
      [1.5, 0.0999755859375],
    ],
    ['an integer dtype', { data: [1, 2], shape: [2], dtype: 'int64' }, 'int64', [2], [1n, 2n]],
    [
      'the array of an ndarray',
      { data: [1, 2, 3, 4], shape: [2, 2], stride: [1, 2], offset: 0, dtype: 'array' },
      'float32',
      [2, 2],
      [1, 3, 2, 4],
    ],
    [
      'the generic of a stdlib ndarray',
      { data: [1, 2], shape: [2], strides: [-1], offset: 1, dtype: 'generic' },
      'float32',
      [2],
      [2, 1],
    ],
  ]
  test.each(plain)('plain elements: %s', (_name, like, dtype, shape, elements) => {
    expect(described(like)).toEqual({ dtype, shape, elements })
  })

  test('a getter is as good as a property', () => {
    class RemoteTensor {
      readonly dims = [2]
      get data() {
        return Int32Array.of(3, 4)
      }
    }
    expect(described(new RemoteTensor())).toEqual({ dtype: 'int32', shape: [2], elements: [3, 4] })
  })

  test('the shape is taken over, not kept', () => {
    const shape = [2, 3]
    const made = tensor({ data: six, shape })
    const view = read('f', 'x', { data: six, shape }, 'float32')
    shape[0] = 99
    expect(made.shape).toEqual([2, 3])
    expect(view.shape).toEqual([2, 3])
  })

  test('a Tensor is described as it is', () => {
    const given = new Tensor(halves, [2, 1], 'bfloat16')
    const view = read('f', 'x', given, 'float64')
    expect(view).toEqual({ data: halves, dtype: 'bfloat16', shape: [2, 1], strides: [1, 1], offset: 0 })
    expect(view.data).toBe(halves)
  })
})

describe('refuses', () => {
  const six = new Float32Array(6)
  type Row = readonly [name: string, like: unknown, code: XentErrorCode, ...texts: string[]]
  const ragged: readonly Row[] = [
    [
      'rows of different lengths',
      [[1, 2], [3]],
      'SHAPE_MISMATCH',
      'x[1]',
      'an array of length 2',
      'an array of length 1',
    ],
    ['a longer row', [[1], [2, 3]], 'SHAPE_MISMATCH', 'x[1]', 'an array of length 1', 'an array of length 2'],
    [
      'different lengths in depth',
      [
        [[1], [2]],
        [[3], [4, 5]],
      ],
      'SHAPE_MISMATCH',
      'x[1, 1]',
      'an array of length 1',
      'an array of length 2',
    ],
    [
      'different numbers of rows',
      [[[1], [2]], [[3]]],
      'SHAPE_MISMATCH',
      'x[1]',
      'an array of length 2',
      'an array of length 1',
    ],
    ['raggedness at depth four', [[[[1, 2], [3]]]], 'SHAPE_MISMATCH', 'x[0, 0, 1]', 'an array of length 2'],
    ['an array for a number', [1, [2]], 'SHAPE_MISMATCH', 'x[1]', 'a number', 'an array of length 1'],
    [
      'an array for a number in depth',
      [
        [1, 2],
        [3, [4]],
      ],
      'SHAPE_MISMATCH',
      'x[1, 1]',
      'a number',
      'an array of length 1',
    ],
    ['a number for an array', [[1], 2], 'SHAPE_MISMATCH', 'x[1]', 'an array of length 1', 'received 2'],
    [
      'a number for an array in depth',
      [
        [[1], [2]],
        [[3], 4],
      ],
      'SHAPE_MISMATCH',
      'x[1, 1]',
      'received 4',
    ],
    ['an empty row among others', [[1], []], 'SHAPE_MISMATCH', 'x[1]', 'an array of length 0'],
    [
      'a row among empty ones',
      [[], [1]],
      'SHAPE_MISMATCH',
      'x[1]',
      'an array of length 0',
      'an array of length 1',
    ],
  ]
  const elements: readonly Row[] = [
    ['a boolean among numbers', [1, true], 'DTYPE', 'x[1]', 'all of one type', 'received true'],
    ['a number among booleans', [[true], [0]], 'DTYPE', 'x[1, 0]', 'received 0'],
    ['a bigint among numbers', [1, 2n], 'DTYPE', 'x[1]', 'a bigint'],
    ['a number among bigints', [1n, 2], 'DTYPE', 'x[1]', 'received 2'],
    ['a string among numbers', [[1, '2']], 'DTYPE', 'x[0, 1]', 'a string'],
    ['strings', ['1', '2'], 'DTYPE', 'x[0]', 'a string'],
    ['null among numbers', [1, null], 'DTYPE', 'x[1]', 'received null'],
    ['a hole', [1, undefined, 3], 'DTYPE', 'x[1]', 'received undefined'],
    ['a list of undefined', [undefined], 'DTYPE', 'x[0]', 'received undefined'],
    ['a list of objects', [{}], 'DTYPE', 'x[0]', 'Object'],
    ['a list of typed arrays', [six, six], 'DTYPE', 'x[0]', 'Float32Array'],
    ['a list of functions', [() => 1], 'DTYPE', 'x[0]', 'a function'],
  ]
  const others: readonly Row[] = [
    ['undefined', undefined, 'DTYPE', 'f: x:', 'received undefined'],
    ['null', null, 'DTYPE', 'f: x:', 'received null'],
    ['a string', '1', 'DTYPE', 'a string'],
    ['a function', () => 1, 'DTYPE', 'a function'],
    ['a symbol', Symbol('1'), 'DTYPE', 'a symbol'],
    ['an object without data', {}, 'DTYPE', 'an object with data and shape', 'Object'],
    ['an object without a prototype', Object.create(null), 'DTYPE', 'an object'],
    ['a Map', new Map(), 'DTYPE', 'Map'],
    ['data without a shape', { data: six }, 'DTYPE', 'Object'],
    ['a shape without data', { shape: [6] }, 'DTYPE', 'Object'],
    ['an ArrayBuffer', six.buffer, 'DTYPE', 'ArrayBuffer'],
    ['a DataView', new DataView(six.buffer), 'DTYPE', 'DataView'],
    ['a BigUint64Array', new BigUint64Array(2), 'DTYPE', 'BigUint64Array'],
  ]
  const data: readonly Row[] = [
    ['a BigUint64Array in an object', { data: new BigUint64Array(2), shape: [2] }, 'DTYPE', 'BigUint64Array'],
    ['uint64 of ONNX Runtime', { data: new BigUint64Array(2), dims: [2], type: 'uint64' }, 'DTYPE', 'uint64'],
    ['a buffer as data', { data: six.buffer, shape: [6] }, 'DTYPE', 'ArrayBuffer'],
    [
      'a function as data, as TensorFlow.js',
      { data: () => six, shape: [6], dtype: 'float32' },
      'DTYPE',
      'a function',
    ],
    ['a string as data', { data: 'abc', shape: [3] }, 'DTYPE', 'a string'],
    ['null as data', { data: null, shape: [] }, 'DTYPE', 'received null'],
    ['undefined as data', { data: undefined, shape: [] }, 'DTYPE', 'received undefined'],
    ['strings of ONNX Runtime', { data: ['a', 'b'], dims: [2], type: 'string' }, 'DTYPE', 'string'],
    [
      'another element type than the class holds',
      { data: six, shape: [6], dtype: 'int32' },
      'DTYPE',
      'Float32Array said to hold int32',
    ],
    [
      'float32 in a Uint16Array',
      { data: new Uint16Array(2), shape: [2], dtype: 'float32' },
      'DTYPE',
      'Uint16Array said to hold float32',
    ],
    [
      'float16 in a Float32Array',
      { data: six, shape: [6], type: 'float16' },
      'DTYPE',
      'Float32Array said to hold float16',
    ],
    ['bool in a Float32Array', { data: six, shape: [6], dtype: 'bool' }, 'DTYPE', 'said to hold bool'],
    ['an unknown dtype', { data: six, shape: [6], dtype: 'complex64' }, 'DTYPE', 'complex64'],
    [
      'an unknown dtype of plain elements',
      { data: [1, 2], shape: [2], dtype: 'complex64' },
      'DTYPE',
      'complex64',
    ],
    ['bigints said to be floats', { data: [1n, 2n], shape: [2], dtype: 'float32' }, 'DTYPE', 'float32'],
    ['booleans said to be integers', { data: [true, false], shape: [2], dtype: 'int32' }, 'DTYPE', 'int32'],
    [
      'too few elements',
      { data: six, shape: [7] },
      'SHAPE_MISMATCH',
      '7 elements for shape [7]',
      '6 elements',
    ],
    [
      'too many elements',
      { data: six, shape: [2, 2] },
      'SHAPE_MISMATCH',
      '4 elements for shape [2, 2]',
      '6 elements',
    ],
    ['elements for no place', { data: six, shape: [0] }, 'SHAPE_MISMATCH', '0 elements for shape [0]'],
    ['several elements for a scalar', { data: six, shape: [] }, 'SHAPE_MISMATCH', '1 elements for shape []'],
    ['too few plain elements', { data: [1, 2], shape: [3] }, 'SHAPE_MISMATCH', '3 elements', '2 elements'],
    ['ragged plain elements', { data: [[1, 2], [3]], shape: [3] }, 'SHAPE_MISMATCH', 'x[1]'],
  ]
  const shapes: readonly Row[] = [
    ['a negative dimension', { data: six, shape: [-2, -3] }, 'SHAPE_MISMATCH', 'not negative', '[-2, -3]'],
    ['a dimension left open', { data: six, shape: [-1, 6] }, 'SHAPE_MISMATCH', '[-1, 6]'],
    ['a fractional dimension', { data: six, shape: [1.5, 4] }, 'SHAPE_MISMATCH', 'whole numbers', '[1.5, 4]'],
    ['a dimension of NaN', { data: six, shape: [Number.NaN] }, 'SHAPE_MISMATCH', '[NaN]'],
    ['a dimension beyond counting', { data: six, shape: [2 ** 53] }, 'SHAPE_MISMATCH', '[9007199254740992]'],
    ['a dimension that is a string', { data: six, shape: ['6'] }, 'SHAPE_MISMATCH', 'whole numbers'],
    ['a dimension that is a bigint', { data: six, dims: [6n] }, 'SHAPE_MISMATCH', 'whole numbers'],
    ['a number as shape', { data: six, shape: 6 }, 'SHAPE_MISMATCH', 'a shape of whole numbers', '6'],
    ['a string as shape', { data: six, shape: '6' }, 'SHAPE_MISMATCH', 'a shape of whole numbers'],
    [
      'null as shape',
      { data: six.subarray(0, 1), shape: null },
      'SHAPE_MISMATCH',
      'a shape of whole numbers',
    ],
    [
      'undefined as shape',
      { data: [5], shape: undefined },
      'SHAPE_MISMATCH',
      'a shape of whole numbers',
      'undefined',
    ],
  ]
  const strided = (shape: Shape, strides: unknown, offset: unknown, ...texts: string[]): Row => [
    `shape ${JSON.stringify(shape)}, strides ${JSON.stringify(strides)}, offset ${offset}`,
    { data: six, shape, strides, offset },
    'SHAPE_MISMATCH',
    ...texts,
  ]
  const outside = 'stay inside the 6 elements of data'
  const strides: readonly Row[] = [
    strided([2, 3], [1], 0, outside, 'shape [2, 3], strides [1], offset 0'),
    strided([2, 3], [3, 1, 1], 0, outside),
    strided([], [1], 0, outside),
    strided([2, 3], [4, 1], 0, outside),
    strided([2, 3], [3, 1], 1, outside, 'offset 1'),
    strided([2, 3], [3, 1], -1, outside, 'offset -1'),
    strided([2, 3], [-3, -1], 4, outside),
    strided([3], [-1], 1, outside),
    strided([3], undefined, 4, outside, 'offset 4'),
    strided([1], [1], 6, outside),
    strided([], [], 6, outside),
    strided([2], [0.5], 0, outside, '0.5'),
    strided([2], [1], 0.5, outside, '0.5'),
    strided([1], [Number.NaN], 0, outside, 'NaN'),
    strided([2], [Number.POSITIVE_INFINITY], 0, outside),
    strided([2], [1], Number.NaN, outside),
    strided([2], [1], '1', outside),
    strided([2], ['1'], 0, outside),
    strided([2], 1, 0, outside),
  ]
  test.for([...ragged, ...elements, ...others, ...data, ...shapes, ...strides])(
    '%s',
    ([_name, like, code, ...texts]) => {
      const call = () => read('f', 'x', like, 'float32')
      expect(call).toThrow(XentError)
      expect(call).toThrow(expect.objectContaining({ code }))
      for (const text of ['f: x', ...texts]) expect(call).toThrow(text)
    },
  )
})

test('checkShape passes shapes and no others', () => {
  for (const shape of [[], [0], [2, 3], [2 ** 40]])
    expect(() => checkShape('f', 'shape', shape)).not.toThrow()
  for (const shape of [
    [-1],
    [0.5],
    [Number.NaN],
    [2 ** 53],
    'no shape' as never,
    undefined as never,
    3 as never,
  ])
    expect(() => checkShape('f', 'shape', shape), String(shape)).toThrow(XentError)
})

test('nesting without an end is refused', () => {
  const endless: unknown[] = []
  endless.push(endless)
  expect(() => read('f', 'x', endless, 'float32')).toThrow('expected a number, as its neighbours have it')
})
