import type { SyncEngine } from './engine.ts'
import { referenceEngine } from './reference/engine.ts'
import { wasmEngine } from './wasm/engine.ts'

let engine: SyncEngine | undefined

/** The engine of the synchronous functions: WebAssembly where it exists, else plain TypeScript. Made at the first call. */
export const defaultEngine = (): SyncEngine => {
  engine ??= typeof WebAssembly === 'object' ? wasmEngine() : referenceEngine()
  return engine
}
