import { describe, expect, it } from 'vitest'
import { type JsonlOptions, readJsonl } from '../src/index.ts'
import { expectFormatError, textSource } from './helpers.ts'

const read = (text: string, options?: JsonlOptions) => readJsonl(textSource(text, 'x.jsonl'), options)

describe('readJsonl', () => {
  it.each([
    ['numbers', '1.5\n2\n', [2], [1.5, 2]],
    ['arrays', '[1.5, 2]\n[3, 4]\n', [2, 2], [1.5, 2, 3, 4]],
    ['nested arrays', '[[1.5, 2], [3, 4], [5, 6]]', [1, 3, 2], [1.5, 2, 3, 4, 5, 6]],
    ['blank lines, Windows line ends and a byte order mark', '\ufeff1.5\r\n\r\n  \r\n2', [2], [1.5, 2]],
    ['NaN and infinities as strings', '["NaN", "Infinity", "-Infinity"]', [1, 3], [NaN, Infinity, -Infinity]],
    [
      'NaN and infinities as Python writes them',
      '[NaN, Infinity,-Infinity]',
      [1, 3],
      [NaN, Infinity, -Infinity],
    ],
  ])('reads %s', async (_, text, shape, values) => {
    expect(await read(text)).toEqual({ data: Float64Array.from(values), shape, dtype: 'float64' })
  })

  it.each([
    ['[]\n[]\n', [2, 0]],
    ['[[], []]\n', [1, 2, 0]],
  ])('reads the empty arrays of %j', async (text, shape) => {
    expect(await read(text)).toMatchObject({ data: { length: 0 }, shape })
  })

  it('reads the field that is named, and no string beside it', async () => {
    const text = '{"id": "NaN \\" Infinity 1.5", "logits": [NaN, 1.5], "label": 1, "weight": 0.5}\n'
    expect(await read(text, { field: 'logits' })).toEqual({
      data: Float64Array.of(NaN, 1.5),
      shape: [1, 2],
      dtype: 'float64',
    })
    expect(await read(text, { field: 'label' })).toEqual({
      data: Int32Array.of(1),
      shape: [1],
      dtype: 'int32',
    })
  })

  it('reads a field beside a string of many escapes', async () => {
    const text = JSON.stringify({ text: 'NaN "1.5"\n'.repeat(1_000_000), label: 1 })
    expect(await read(text, { field: 'label' })).toHaveProperty('dtype', 'int32')
  })

  it.each([
    ['[0, -2147483648]\n[1, 2147483647]\n', 'int32'],
    ['[0, 1]\n[1, 2.0]\n', 'float64'],
    ['1\n1e3\n', 'float64'],
    ['-1E3\n', 'float64'],
    ['1\n2147483648\n', 'float64'],
    ['1\nNaN\n', 'float64'],
    ['-0\n', 'float64'],
  ])('detects the dtype of %j as %s', async (text, dtype) => {
    expect(await read(text)).toHaveProperty('dtype', dtype)
  })

  it.each([
    ['float32', Float32Array.of(1, 2)],
    ['float64', Float64Array.of(1, 2)],
    ['int32', Int32Array.of(1, 2)],
  ] as const)('gives %s when it is asked for', async (dtype, data) => {
    expect(await read('1\n2.0\n', { dtype })).toEqual({ data, shape: [2], dtype })
  })

  const nesting = 'since the first line begins with shape'
  it.each([
    [
      'a shorter line',
      '[1, 2]\n\n[3]\n',
      `line 3: expected an array of length 2 ${nesting} [2], got an array of length 1`,
    ],
    ['a number after arrays', '[1]\n2\n', `line 2: expected an array of length 1 ${nesting} [1], got 2`],
    [
      'a ragged first line',
      '[[1, 2], [3]]',
      `line 1, element [1]: expected an array of length 2 ${nesting} [2, 2], got an array of length 1`,
    ],
    [
      'an array among numbers',
      '[[1, 2], [3, [4]]]',
      'line 1, element [1, 1]: expected a number, got an array of length 1',
    ],
    ['an array after numbers', '1\n[2]\n', 'line 2: expected a number, got an array of length 1'],
    ['null', '[1, null]', 'line 1, element [1]: expected a number, got null'],
    ['a string', '[1, "2"]', 'line 1, element [1]: expected a number, got "2"'],
    ['an object', '{"logits": 1}', 'line 1: expected a number, got an object with the fields "logits"'],
    ['broken JSON', '1\n[1, 2', 'line 2: expected JSON, got "[1, 2"'],
    ['two values on a line', '1 2\n', 'line 1: expected JSON, got "1 2"'],
    ['no lines', '\n', 'expected at least one line of JSON, got none'],
  ])('refuses %s', async (_, text, message) => {
    await expectFormatError(read(text), `x.jsonl: ${message}`)
  })

  it('refuses a line without the field', async () => {
    const expected = 'x.jsonl: line 1: expected an object with the field "label", got'
    await expectFormatError(
      read('{"logit": 1}', { field: 'label' }),
      `${expected} an object with the fields "logit"`,
    )
    await expectFormatError(read('[1, 2]', { field: 'label' }), `${expected} an array of length 2`)
  })

  it('refuses what int32 cannot hold when it is asked for', async () => {
    await expectFormatError(
      read('[[0, 1, 2], [3, 4, 1.5]]', { dtype: 'int32' }),
      'x.jsonl: line 1, element [1, 2]: expected a whole number within int32, got 1.5',
    )
  })
})
