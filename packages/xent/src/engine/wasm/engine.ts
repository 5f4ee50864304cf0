import { type KernelCall, type Results, resultsOf, type SyncEngine, type WasmForm } from '../engine.ts'
import { referenceEngine } from '../reference/engine.ts'
import { layoutModules } from './generated/layout.ts'
import type { LayoutExports } from './layout.ts'
import { createMemory } from './memory.ts'
import { bytesOf, moduleOf } from './modules.ts'
import { locator } from './operands.ts'
import { type Host, runAtOnce } from './work.ts'

/** A SyncEngine whose kernels may still be compiling. */
export interface WasmEngine extends SyncEngine {
  /** Resolves when these kernels run as WebAssembly, and rejects where they cannot. */
  ready(forms: readonly WasmForm[]): Promise<void>
}

/** Runs a call's kernel on the thread that calls. */
export const runOn = (host: Host, exports: WebAssembly.Exports, call: KernelCall): Results => {
  const { memory } = host
  const results = resultsOf(call, (data) => locator(memory, data))
  const { plan } = call.kernel.wasm!
  runAtOnce(memory, plan(exports as never, host, call as never, results))
  return results
}

/**
 * WebAssembly with 128-bit vectors. A kernel module is compiled when first used: at once where that is allowed, else
 * (a browser's main thread may refuse) in the background, and the reference runs until then, or for good where
 * WebAssembly or its vectors are missing.
 *
 * @param isDeterministic plain SIMD also where relaxed SIMD would do
 */
export const wasmEngine = (isDeterministic = false): WasmEngine => {
  const memory = createMemory()
  const reference = referenceEngine()
  const loaded = new Map<WasmForm, WebAssembly.Exports>()
  const pending = new Map<WasmForm, Promise<void>>()
  const imports = { env: { memory: memory.wasm } }
  let layout: LayoutExports | undefined
  const host: Host = {
    memory,
    get layout() {
      layout ??= new WebAssembly.Instance(new WebAssembly.Module(bytesOf(layoutModules.plain)), imports)
        .exports as unknown as LayoutExports
      return layout
    },
  }

  const load = (form: WasmForm): WebAssembly.Exports | undefined => {
    const exports = loaded.get(form)
    if (exports || pending.has(form)) return exports
    const bytes = moduleOf(form, isDeterministic)
    try {
      loaded.set(form, new WebAssembly.Instance(new WebAssembly.Module(bytes), imports).exports)
    } catch {
      const later = WebAssembly.instantiate(bytes, imports).then(({ instance }) => {
        loaded.set(form, instance.exports)
      })
      later.catch(() => {})
      pending.set(form, later)
    }
    return loaded.get(form)
  }

  const runSync = (call: KernelCall): Results => {
    const form = call.kernel.wasm
    const exports = form && load(form)
    if (!exports) return reference.runSync(call)
    return runOn(host, exports, call)
  }

  return {
    name: 'wasm',
    runSync,
    run: async (call) => runSync(call),
    ready: async (forms) => {
      for (const form of forms) if (!load(form)) await pending.get(form)
    },
    memory,
  }
}
