import { buffer } from 'node:stream/consumers'
import {
  bytesSource,
  FormatError,
  type NumericArray,
  type ReadArrayOptions,
  readArray,
  readCsv,
  readJsonl,
  readNpy,
} from 'xent-formats'
import { fileSource } from 'xent-formats/node'
import type { Io } from './io.ts'

export const STDIN = '-'

/** An array and the name of the file that it was read from. */
export interface Input {
  readonly name: string
  readonly array: NumericArray
}

/**
 * Reads the array in a file, or in standard input where the path is `-`.
 *
 * @throws FormatError for what is no array, and for a file that cannot be read
 */
export const readInput = async (path: string, io: Io, options: ReadArrayOptions = {}): Promise<Input> =>
  path === STDIN ? readStdin(io, options) : { name: path, array: await readFile(path, options) }

const readFile = async (path: string, options: ReadArrayOptions): Promise<NumericArray> => {
  try {
    const source = await fileSource(path)
    try {
      return await readArray(source, options)
    } finally {
      await source.close()
    }
  } catch (error) {
    throw isUnreadable(error) ? unreadable(path, error) : error
  }
}

/** Errors of the system (no such file, no permission), and of memory that the file does not fit in. */
const isUnreadable = (error: unknown): error is Error =>
  error instanceof RangeError || (error instanceof Error && 'syscall' in error)

const unreadable = (source: string, cause: Error): FormatError =>
  new FormatError({ source, expected: 'a file that can be read', received: cause.message }, { cause })

const readStdin = async ({ stdin }: Io, options: ReadArrayOptions): Promise<Input> => {
  const name = 'stdin'
  const bytes = stdin === undefined ? new Uint8Array() : await buffer(stdin)
  return { name, array: await readerOf(bytes)(bytesSource(bytes, name), options) }
}

const NPY_MAGIC = 0x93
const JSON_BRACKETS: readonly (number | undefined)[] = ['[', '{'].map((bracket) => bracket.charCodeAt(0))

/** There is no extension to go by, but each format begins with other bytes. */
const readerOf = (bytes: Uint8Array): typeof readJsonl => {
  const first = bytes.find((byte) => byte > 0x20)
  if (first === NPY_MAGIC) return readNpy
  return JSON_BRACKETS.includes(first) ? readJsonl : readCsv
}
