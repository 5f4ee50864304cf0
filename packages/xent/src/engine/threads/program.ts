import type { LinearMemory } from '../wasm/memory.ts'
import type { Callable } from './ring.ts'
import { withSharedMemory } from './shared-memory.ts'

/** What threads run: kernel modules on a memory that they share. */
export interface Program {
  readonly memory: LinearMemory
  readonly modules: readonly WebAssembly.Module[]
  /** The modules' exports on the caller's thread. */
  readonly exports: readonly WebAssembly.Exports[]
  /** Their functions, each by its module and its name; its number stands for it in a task. */
  readonly functions: readonly (readonly [module: number, name: string])[]
  /** The same on the caller's thread. */
  readonly callables: readonly Callable[]
  /** The exports again, but of functions that only have their calls recorded. */
  recorders(record: (fn: number, args: readonly number[]) => void): readonly object[]
}

/** Starts modules on the caller's thread. */
export const load = async (memory: LinearMemory, bytes: readonly Uint8Array[]): Promise<Program> => {
  const modules = await Promise.all(bytes.map((module) => WebAssembly.compile(withSharedMemory(module))))
  const instances = await Promise.all(
    modules.map((module) => WebAssembly.instantiate(module, { env: { memory: memory.wasm } })),
  )
  const exports = instances.map((instance) => instance.exports)
  const functions: (readonly [module: number, name: string])[] = []
  const callables: Callable[] = []
  for (const [module, all] of exports.entries()) {
    for (const [name, value] of Object.entries(all)) {
      if (typeof value !== 'function') continue
      functions.push([module, name])
      callables.push(value as Callable)
    }
  }
  return {
    memory,
    modules,
    exports,
    functions,
    callables,
    recorders: (record) => {
      const all: Record<string, unknown>[] = exports.map((own) => ({ ...own }))
      for (const [fn, [module, name]] of functions.entries())
        all[module]![name] = (...args: number[]) => record(fn, args)
      return all
    },
  }
}
