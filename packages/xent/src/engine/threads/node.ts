interface Port {
  postMessage(message: unknown): void
  once(type: 'message', listen: (message: never) => void): void
}

interface NodeWorker {
  postMessage(message: unknown): void
  terminate(): unknown
  ref(): void
  unref(): void
  on(type: string, listen: (argument: never) => void): void
}

interface Modules {
  'node:worker_threads': {
    readonly Worker: new (text: string, options: object) => NodeWorker
    readonly parentPort: Port
  }
  'node:os': { availableParallelism(): number }
}

/** A module of Node, which Deno and Bun have as well, without an import that would trouble other places. */
export const ofNode = <Name extends keyof Modules>(name: Name): Modules[Name] | undefined => {
  const { process } = globalThis as { process?: { getBuiltinModule?(name: string): unknown } }
  return process?.getBuiltinModule?.(name) as Modules[Name] | undefined
}
