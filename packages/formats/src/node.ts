import { randomUUID } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import process from 'node:process'
import { buffer } from 'node:stream/consumers'
import { type ByteSource, bytesSource } from './byte-source.ts'
import { FormatError } from './error.ts'

/** A source over an open file. */
export interface FileSource extends ByteSource {
  /** Gives the file handle back; the source reads no more after that. */
  close(): Promise<void>
}

/**
 * Opens a file for reading; its name is the path as given.
 *
 * @throws the error of node:fs when it cannot be opened
 */
export const fileSource = async (path: string): Promise<FileSource> => {
  const file = await open(path)
  const { size } = await file.stat()
  return {
    name: path,
    byteLength: size,
    slice: (start, end) => readRange(file, path, start, end),
    close: () => file.close(),
  }
}

const readRange = async (file: FileHandle, path: string, start: number, end: number): Promise<Uint8Array> => {
  const bytes = new Uint8Array(end - start)
  let length = 0
  // one read takes at most 2 GiB, and may take less
  while (length < bytes.length) {
    const { bytesRead } = await file.read(
      bytes,
      length,
      Math.min(bytes.length - length, 2 ** 30),
      start + length,
    )
    if (bytesRead === 0) {
      throw new FormatError({
        source: path,
        position: `byte ${start + length}`,
        expected: `${bytes.length - length} more bytes`,
        received: 'the end of the file, which became shorter while it was read',
      })
    }
    length += bytesRead
  }
  return bytes
}

/** Collects standard input up to its end. */
export const stdinSource = async (): Promise<ByteSource> => bytesSource(await buffer(process.stdin), 'stdin')

/**
 * Writes a file so that `path` holds either what it held before or all of `bytes`, never a part.
 *
 * @throws the error of node:fs; nothing is left beside `path` then
 */
export const writeFileAtomic = async (path: string, bytes: Uint8Array): Promise<void> => {
  // in the same folder, since a rename is atomic only within one file system
  const temporary = `${path}.${randomUUID()}.tmp`
  try {
    await writeAndSync(temporary, bytes)
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

const writeAndSync = async (path: string, bytes: Uint8Array): Promise<void> => {
  const file = await open(path, 'wx')
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}
