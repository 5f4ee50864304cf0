import { describe, expect, it } from 'vitest'
import { type CsvOptions, readCsv } from '../src/index.ts'
import { expectFormatError, textSource } from './helpers.ts'

const read = (text: string, options?: CsvOptions) => readCsv(textSource(text, 'x.csv'), options)

describe('readCsv', () => {
  const table = { data: Float64Array.of(1.5, 2, 3, 4), shape: [2, 2], dtype: 'float64' }
  it.each([
    ['rows', '1.5,2\n3,4\n'],
    ['a last line without its end', '1.5,2\n3,4'],
    ['a header', 'a,b\n1.5,2\n3,4\n'],
    ['a header with an empty field', ',b\n1.5,2\n3,4\n'],
    ['Windows line ends', 'a,b\r\n1.5,2\r\n3,4\r\n'],
    ['line ends of several systems', 'a,b\r\n1.5,2\n3,4\r'],
    ['a byte order mark', '\ufeff1.5,2\n3,4\n'],
    ['blank lines', '\n1.5,2\n\n  \n3,4\n\n'],
    ['quotes and spaces', '"a, or", "b"\n 1.5 ,"2"\n "3", 4\n'],
    ['signs, exponents and bare points', '+15e-1,2.\n.3E1,4.0\n'],
  ])('reads %s', async (_, text) => {
    expect(await read(text)).toEqual(table)
  })

  it('reads tabs when they are the delimiter', async () => {
    expect(await read('a\tb\n1.5\t2\n3\t4\n', { delimiter: '\t' })).toEqual(table)
  })

  it('gives a single column the shape [rows]', async () => {
    expect(await read('label\n3\n-1\n')).toEqual({ data: Int32Array.of(3, -1), shape: [2], dtype: 'int32' })
  })

  it('gives a single row the shape [1, columns]', async () => {
    expect(await read('1,2,3')).toHaveProperty('shape', [1, 3])
  })

  it('reads a row that is longer than a vocabulary', async () => {
    const row = Array.from({ length: 60_000 }, (_, i) => i + 0.25)
    expect(await read(`${row.join(',')}\n`)).toEqual({
      data: Float64Array.from(row),
      shape: [1, row.length],
      dtype: 'float64',
    })
  })

  it('takes nan and infinities in any case for numbers, in the first line too', async () => {
    const { data } = await read('nan,NaN,-nan\ninf,-Inf,+INF\nInfinity,-INFINITY,+infinity\n')
    expect([...data]).toEqual([NaN, NaN, NaN, Infinity, -Infinity, Infinity, Infinity, -Infinity, Infinity])
  })

  it.each([
    ['0\n+7\n-2147483648\n2147483647\n', 'int32'],
    ['1\n2.0\n', 'float64'],
    ['1\n2e0\n', 'float64'],
    ['1\n2147483648\n', 'float64'],
    ['1\nnan\n', 'float64'],
    ['1\n-0\n', 'float64'],
  ])('detects the dtype of %j as %s', async (text, dtype) => {
    expect(await read(text)).toHaveProperty('dtype', dtype)
  })

  it.each([
    ['float32', Float32Array.of(1, 2)],
    ['float64', Float64Array.of(1, 2)],
    ['int32', Int32Array.of(1, 2)],
  ] as const)('gives %s when it is asked for', async (dtype, data) => {
    expect(await read('1\n2\n', { dtype })).toEqual({ data, shape: [2], dtype })
    expect(await read('1.0\n2e0\n', { dtype })).toEqual({ data, shape: [2], dtype })
  })

  it.each([
    ['a row that is too short', 'a,b\n1,2\n\n3\n', 'line 4: expected 2 columns as in the first line, got 1'],
    ['a row that is too long', '1,2\n3,4,5\n', 'line 2: expected 2 columns as in the first line, got 3'],
    ['a word', 'a,b\n1,2\n3,x\n', 'line 3, column 2: expected a number, got "x"'],
    ['a word after Windows line ends', 'a\r\n\r\n1\r\nx\r\n', 'line 4, column 1: expected a number, got "x"'],
    ['a hexadecimal number', '1\n0x10\n', 'line 2, column 1: expected a number, got "0x10"'],
    ['an empty field', '1,2\n,4\n', 'line 2, column 1: expected a number, got ""'],
    ['a first line that is a number only in part', '1,x\n', 'line 1, column 2: expected a number, got "x"'],
    ['a first line of empty fields', ',\n1,2\n', 'line 1, column 1: expected a number, got ""'],
    ['no bytes', '', 'expected at least one row of numbers, got none'],
    ['a header alone', 'a,b\n', 'expected at least one row of numbers, got none'],
  ])('refuses %s', async (_, text, message) => {
    await expectFormatError(read(text), `x.csv: ${message}`)
  })

  it.each(['1.5', '2147483648', 'nan'])('refuses %s when int32 is asked for', async (field) => {
    await expectFormatError(
      read(`label\n0\n${field}\n`, { dtype: 'int32' }),
      `x.csv: line 3, column 1: expected a whole number within int32, got "${field}"`,
    )
  })

  it('refuses a quote that is not closed', async () => {
    await expect(read('1\n"2\n')).rejects.toThrow(
      /^x\.csv: expected quotes as in RFC 4180, got Quote Not Closed.*line/,
    )
  })
})
