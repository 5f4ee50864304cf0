import { describe, expect, test } from 'vitest'
import {
  bytesPerElement,
  computeDType,
  type DType,
  dtypeOfArray,
  isDType,
  isFloat,
  isInteger,
  stores,
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
    const classes = new Set(table.map(([, Other]) => Other))
    expect([...classes].filter((Other) => stores(dtype, new Other(1)))).toEqual([Class])
    expect(stores(dtype, new Uint8ClampedArray(1))).toBe(dtype === 'uint8')
  })
})

test('a class alone says an element type, but never booleans or bfloat16', () => {
  const byClass = [...table.map(([, Class]) => Class), Uint8ClampedArray].map((Class) =>
    dtypeOfArray(new Class(1)),
  )
  expect(byClass).toEqual([
    ...['uint16', 'uint16', 'float32', 'float64', 'int8', 'int16', 'int32', 'int64'],
    ...['uint8', 'uint16', 'uint32', 'uint8', 'uint8'],
  ])
  expect(dtypeOfArray(new BigUint64Array(1))).toBeUndefined()
  expect(dtypeOfArray(new DataView(new ArrayBuffer(8)))).toBeUndefined()
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
