import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** The processor core that everything measured runs on: the last that this process may use, and none without taskset. */
export const chosenCore = (): number | undefined => {
  if (process.platform !== 'linux' || spawnSync('taskset', ['--version']).error) return undefined
  const list = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]
  const last = list?.split(/[,-]/).at(-1)
  return last === undefined ? undefined : Number(last)
}

/** A command and its arguments, on that core alone. */
export const pinned = (core: number | undefined, command: readonly string[]): readonly string[] =>
  core === undefined ? command : ['taskset', '--cpu-list', String(core), ...command]
