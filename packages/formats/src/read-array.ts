import type { ByteSource } from './byte-source.ts'
import { readCsv } from './csv.ts'
import { FormatError } from './error.ts'
import { type JsonlOptions, readJsonl } from './jsonl.ts'
import { readNpy } from './npy.ts'
import { hasNpyMagic } from './npy-header.ts'
import type { NumericArray } from './numeric-array.ts'

/** `dtype` is for the text formats (a .npy has its own), `field` for JSON lines. */
export type ReadArrayOptions = JsonlOptions

type Reader = (source: ByteSource, options: ReadArrayOptions) => Promise<NumericArray>

const readersByExtension: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['.npy', readNpy],
  ['.csv', readCsv],
  ['.tsv', (source, options) => readCsv(source, { ...options, delimiter: '\t' })],
  ['.jsonl', readJsonl],
  ['.ndjson', readJsonl],
])

/**
 * The array in a file, by the extension of the source's name, else by the bytes with which a .npy begins.
 *
 * @throws FormatError lists the formats when neither is known; else as {@link readNpy}, {@link readCsv} and {@link readJsonl}
 */
export const readArray = async (
  source: ByteSource,
  options: ReadArrayOptions = {},
): Promise<NumericArray> => {
  const extension = /\.[^./\\]+$/.exec(source.name)?.[0].toLowerCase() ?? ''
  const read = readersByExtension.get(extension) ?? (await readerByMagic(source))
  if (read !== undefined) return read(source, options)
  throw new FormatError({
    source: source.name,
    expected: `one of ${[...readersByExtension.keys()].join(', ')}`,
    received: extension === '' ? 'no extension, and bytes that are no .npy' : extension,
  })
}

const readerByMagic = async (source: ByteSource): Promise<Reader | undefined> =>
  hasNpyMagic(await source.slice(0, Math.min(6, source.byteLength))) ? readNpy : undefined
