import { runInNewContext } from 'node:vm'
import { describe, expect, test } from 'vitest'
import {
  bytesPerElement,
  computeDType,
  type DType,
  isDType,
  isFloat,
  isInteger,
  isStoredAs,
  storageOf,
  type TypedArray,
  viewOf,
  zeros,
} from '../../src/tensor/dtype.ts'

type Class = new (length: number) => TypedArray

const table: readonly (readonly [dtype: DType, Class: Class, bytes: number, kind: string])[] = [
  ['float16', Uint16Array, 2, 'float'],
  ['bfloat16', Uint16Array, 2, 'float'],
  ['float32', Float32Array, 4, 'float'],
  ['float64', Float64Array, 8, 'float'],
  ['int8', Int8Array, 1, 'integer'],
  ['int16', Int16Array, 2, 'integer'],
  ['int32', Int32Array, 4, 'integer'],
  ['int64', BigInt64Array, 8, 'integer'],
  ['uint8', Uint8Array, 1, 'integer'],
  ['uint16', Uint16Array, 2, 'integer'],
  ['uint32', Uint32Array, 4, 'integer'],
  ['bool', Uint8Array, 1, 'boolean'],
]

describe.each(table)('%s', (dtype, Class, bytes, kind) => {
  test('is a dtype of its kind and width', () => {
    expect(isDType(dtype)).toBe(true)
    expect([isFloat(dtype), isInteger(dtype)]).toEqual([kind === 'float', kind === 'integer'])
    expect(bytesPerElement(dtype)).toBe(bytes)
  })

  test('is stored in its class and in no other', () => {
    expect(zeros(dtype, 3)).toEqual(new Class(3))
    expect(viewOf(dtype, new ArrayBuffer(32), 8, 2)).toMatchObject({ byteOffset: 8, length: 2 })
    for (const [other, Other] of table) expect(isStoredAs(dtype, other)).toBe(Class === Other)
  })
})

test('a class alone says an element type, but never booleans or bfloat16', () => {
  const classes = new Map<Class, DType>(table.toReversed().map(([dtype, Class]) => [Class, dtype]))
  classes.set(Uint16Array, 'uint16').set(Uint8Array, 'uint8')
  for (const [Class, dtype] of classes) {
    const array = new Class(2)
    expect(storageOf(array)).toEqual({ data: array, dtype })
    expect(storageOf(array)?.data).toBe(array)
  }
  expect(storageOf(new BigUint64Array(1))).toBeUndefined()
  expect(storageOf(new DataView(new ArrayBuffer(8)))).toBeUndefined()
})

test('clamped bytes are bytes, where they lie', () => {
  const clamped = Uint8ClampedArray.of(1, 2, 3).subarray(1)
  const { data, dtype } = storageOf(clamped)!
  expect([dtype, data]).toEqual(['uint8', Uint8Array.of(2, 3)])
  expect(data.buffer).toBe(clamped.buffer)
})

test('arrays of another realm are read where they lie', () => {
  const foreign = runInNewContext('Float32Array.of(1, 2.5)') as Float32Array
  expect(foreign instanceof Float32Array).toBe(false)
  const { data, dtype } = storageOf(foreign)!
  expect([dtype, data]).toEqual(['float32', Float32Array.of(1, 2.5)])
  expect(data.buffer).toBe(foreign.buffer)
})

test.each(['', 'float', 'Float32', 'uint64', 'complex64', 'toString', '__proto__', undefined, null, 32])(
  '%s is no dtype',
  (name) => {
    expect(isDType(name)).toBe(false)
  },
)

test('only float64 is computed in float64', () => {
  expect((['float16', 'bfloat16', 'float32', 'float64'] as const).map(computeDType)).toEqual([
    ...['float32', 'float32', 'float32', 'float64'],
  ])
})
