import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { type EncodableArray, encodeNpy } from 'xent-formats'
import { run } from '../src/run.ts'

export interface Finished {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs a command line, given word by word, with what it would find on stdin. */
export const xent = async (argv: readonly string[], stdin?: string | Uint8Array): Promise<Finished> => {
  const written = { stdout: '', stderr: '' }
  const code = await run(argv, {
    stdout: { write: (text) => (written.stdout += text) },
    stderr: { write: (text) => (written.stderr += text) },
    ...(stdin !== undefined && { stdin: Readable.from([Buffer.from(stdin)]) }),
  })
  return { code, ...written }
}

export interface Folder {
  /** Writes a file and returns its path. */
  add(name: string, content: string | EncodableArray): Promise<string>
  remove(): Promise<void>
}

export const temporaryFolder = async (): Promise<Folder> => {
  const folder = await mkdtemp(join(tmpdir(), 'xent-cli-'))
  return {
    async add(name, content) {
      const path = join(folder, name)
      await writeFile(path, typeof content === 'string' ? content : encodeNpy(content))
      return path
    },
    remove: () => rm(folder, { recursive: true }),
  }
}

export type Matrix = readonly (readonly number[])[]

export const toCsv = (rows: Matrix): string => rows.map((row) => `${row.join(',')}\n`).join('')

export const toJsonl = (rows: Matrix): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

export const transpose = (rows: Matrix): Matrix => rows[0]!.map((_, k) => rows.map((row) => row[k]!))
