import { describe, expect, it } from 'vitest'
import { blobSource, bytesSource, encodeNpy, readArray } from '../src/index.ts'
import { expectFormatError, textSource } from './helpers.ts'

const array = { data: Int32Array.of(1, 2), shape: [1, 2], dtype: 'int32' }
const npy = encodeNpy({ data: Int32Array.of(1, 2), shape: [1, 2] })

describe('readArray', () => {
  it.each([
    ['x.csv', '1,2\n'],
    ['folder.old/X.CSV', '1,2\n'],
    ['x.tsv', '1\t2\n'],
    ['x.jsonl', '[1, 2]\n'],
    ['x.ndjson', '[1, 2]\n'],
  ])('reads %s by its extension', async (name, text) => {
    expect(await readArray(textSource(text, name))).toEqual(array)
  })

  it.each(['x.npy', 'stdin', 'x.bin', 'folder.csv/x'])('reads the bytes of a .npy named %s', async (name) => {
    expect(await readArray(bytesSource(npy, name))).toEqual(array)
  })

  it('hands the options to the reader', async () => {
    expect(await readArray(textSource('{"a": 1}\n', 'x.jsonl'), { field: 'a', dtype: 'float32' })).toEqual({
      data: Float32Array.of(1),
      shape: [1],
      dtype: 'float32',
    })
  })

  it.each([
    ['x.txt', '.txt'],
    ['x.constructor', '.constructor'],
    ['stdin', 'no extension, and bytes that are no .npy'],
  ])('lists the formats when it does not know that of %s', async (name, received) => {
    await expectFormatError(
      readArray(textSource('1', name)),
      `${name}: expected one of .npy, .csv, .tsv, .jsonl, .ndjson, got ${received}`,
    )
  })
})

describe('blobSource', () => {
  it('gives the bytes of a range', async () => {
    const source = blobSource(new Blob(['hello']))
    expect(source).toMatchObject({ name: 'blob', byteLength: 5 })
    expect(await source.slice(1, 3)).toEqual(new TextEncoder().encode('el'))
  })

  it('is named as the File that it is over', async () => {
    expect(await readArray(blobSource(new File([npy], 'x.npy')))).toEqual(array)
    expect(await readArray(blobSource(new File(['1,2'], 'x.csv')))).toEqual(array)
  })
})
