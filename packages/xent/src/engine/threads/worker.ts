// What runs on each thread but the caller's. scripts/build-worker.mjs makes a text of it, so that it needs no file of its own:
// bundlers, and pages that are cross-origin isolated, take it as it is.
import { ofNode } from './node.ts'
import { AWAITED, type Callable, claim, execute, sleep, watch } from './ring.ts'

/** What a worker is told first. */
export interface Assignment {
  readonly memory: WebAssembly.Memory
  readonly modules: readonly WebAssembly.Module[]
  /** The functions that tasks call, each by its module and its name. */
  readonly functions: readonly (readonly [module: number, name: string])[]
  /** Where the ring is, in bytes, and how many words it has. */
  readonly ring: number
  readonly words: number
  readonly thread: number
}

const work = (
  tell: (message: string) => void,
  { memory, modules, functions, ring, words, thread }: Assignment,
): never => {
  const instances = modules.map((module) => new WebAssembly.Instance(module, { env: { memory } }))
  const callables = functions.map(([module, name]) => instances[module]!.exports[name] as Callable)
  const tasks = new Int32Array(memory.buffer, ring, words)
  tell('ready')
  let ticket: number | undefined
  const isThere = (): boolean => {
    ticket = claim(tasks)
    return ticket !== undefined
  }
  for (;;) {
    if (!isThere() && !watch(isThere)) {
      sleep(tasks)
      continue
    }
    execute(tasks, callables, thread, ticket!)
    if (Atomics.load(tasks, AWAITED) === ticket) tell('done')
  }
}

const port = ofNode('node:worker_threads')?.parentPort
if (port) {
  port.once('message', (assignment: Assignment) => work((text) => port.postMessage(text), assignment))
} else {
  globalThis.onmessage = ({ data }: MessageEvent<Assignment>) =>
    work((text) => globalThis.postMessage(text), data)
}
