import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The folder of the Python programs. */
export const folder: string = import.meta.dirname

const requirements = readFileSync(join(folder, 'requirements.txt'), 'utf8')
const environment = join(folder, '.venv')
const binaries = join(environment, process.platform === 'win32' ? 'Scripts' : 'bin')
/** Written last, so an installation that was cut off is not taken for a whole one. */
const stamp = join(environment, 'installed.txt')

/** The Python of a virtual environment that has the libraries of requirements.txt; makes it where it is missing. */
export const python = (): string => {
  const interpreter = join(binaries, 'python')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === requirements) return interpreter
  console.error(
    'oracle: installing TensorFlow, PyTorch, JAX and mpmath into oracle/.venv; this takes minutes',
  )
  run(process.env.PYTHON ?? 'python3', ['-m', 'venv', '--clear', environment])
  run(interpreter, ['-m', 'pip', 'install', '--quiet', '--requirement', join(folder, 'requirements.txt')])
  writeFileSync(stamp, requirements)
  return interpreter
}

const run = (command: string, args: readonly string[]): void => {
  const { error, status } = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'] })
  if (error || status !== 0) {
    throw new Error(
      `oracle: ${command} ${args.join(' ')} failed${error ? `: ${error.message}` : ''}. TensorFlow 2.21 runs on Python 3.10 to 3.13; PYTHON names another interpreter`,
    )
  }
}
