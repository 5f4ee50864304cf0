import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The benchmark's folder, which has dependencies of its own: half a gigabyte that nothing else here wants. */
export const folder: string = import.meta.dirname

const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8')
/** Written last, so an installation that was cut off is not taken for a whole one. */
const stamp = join(folder, 'node_modules', 'installed.json')

/** Installs the JavaScript libraries that we are measured against, where that has not been done. */
export const install = (): void => {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return
  console.error('bench: installing the libraries to be measured against into bench/node_modules')
  const { error, status } = spawnSync(
    'npm',
    ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'],
    { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' },
  )
  if (error || status !== 0) throw new Error(`npm ci failed${error ? `: ${error.message}` : ''}`)
  writeFileSync(stamp, lock)
}
