import type { WasmForm } from '../engine.ts'
import { fusionModules } from './generated/fusion.ts'
import type { LinearMemory } from './memory.ts'

let isFused: boolean | undefined

/** Whether relaxed SIMD is there and does fuse multiplications and additions: half as many instructions, rounded once. */
const fuses = (): boolean => {
  isFused ??= probe()
  return isFused
}

const probe = (): boolean => {
  try {
    const module = new WebAssembly.Module(bytesOf(fusionModules.relaxed))
    return Boolean((new WebAssembly.Instance(module).exports.isFused as () => number)())
  } catch {
    return false
  }
}

/** The bytes of the module to run here; `isDeterministic` wants the one whose bits are the same on every machine. */
export const moduleOf = ({ modules }: WasmForm, isDeterministic: boolean): Uint8Array<ArrayBuffer> =>
  bytesOf(!isDeterministic && fuses() ? modules.relaxed : modules.plain)

/** A small module on this memory, compiled at once. */
export const instanceOf = (hexadecimal: string, memory: LinearMemory): WebAssembly.Exports =>
  new WebAssembly.Instance(new WebAssembly.Module(bytesOf(hexadecimal)), { env: { memory: memory.wasm } })
    .exports

const bytesOf = (hexadecimal: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length: hexadecimal.length / 2 }, (_, k) =>
    Number.parseInt(hexadecimal.slice(2 * k, 2 * k + 2), 16),
  )
