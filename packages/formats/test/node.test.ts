import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { encodeNpy, readNpy } from '../src/index.ts'
import { fileSource, stdinSource, writeFileAtomic } from '../src/node.ts'
import { expectFormatError } from './helpers.ts'

const array = { data: Float32Array.of(1, 2, 3), shape: [3], dtype: 'float32' } as const

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'xent-formats-'))
})
afterEach(() => rm(folder, { recursive: true }))

describe('fileSource', () => {
  it('reads an array from a file and closes it', async () => {
    const path = join(folder, 'x.npy')
    await writeFile(path, encodeNpy(array))
    const source = await fileSource(path)
    expect(source).toMatchObject({ name: path, byteLength: 140 })
    expect(await readNpy(source)).toEqual(array)
    await source.close()
    await expect(source.slice(0, 1)).rejects.toThrow()
  })

  it('rejects where there is no file', async () => {
    await expect(fileSource(join(folder, 'none.npy'))).rejects.toThrow('ENOENT')
  })

  it('says so when the file becomes shorter while it is read', async () => {
    const path = join(folder, 'x.npy')
    await writeFile(path, encodeNpy(array))
    const source = await fileSource(path)
    await truncate(path, 130)
    await expectFormatError(
      readNpy(source),
      `${path}: byte 130: expected 10 more bytes, got the end of the file, which became shorter while it was read`,
    )
    await source.close()
  })
})

describe('stdinSource', () => {
  it('collects standard input from all its pieces', async () => {
    const bytes = encodeNpy(array)
    const stdin = Readable.from([bytes.subarray(0, 5), bytes.subarray(5)].map((piece) => Buffer.from(piece)))
    const spy = vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin)
    const source = await stdinSource()
    spy.mockRestore()
    expect(source.name).toBe('stdin')
    expect(await readNpy(source)).toEqual(array)
  })
})

describe('writeFileAtomic', () => {
  it('replaces a file and leaves nothing beside it', async () => {
    const path = join(folder, 'x.npy')
    await writeFile(path, 'old')
    await writeFileAtomic(path, Uint8Array.of(1, 2))
    expect([...(await readFile(path))]).toEqual([1, 2])
    expect(await readdir(folder)).toEqual(['x.npy'])
  })

  it('leaves nothing beside a path that it cannot replace', async () => {
    await expect(writeFileAtomic(folder, Uint8Array.of(1))).rejects.toThrow()
    expect(await readdir(folder)).toEqual([])
    await expect(readdir(join(folder, '..'))).resolves.not.toContainEqual(
      expect.stringContaining(`${folder.split('/').at(-1)}.`),
    )
  })
})
