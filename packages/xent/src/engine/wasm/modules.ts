import type { WasmForm } from '../engine.ts'
import { fusionModules } from './generated/fusion.ts'

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
export const moduleOf = (
  { modules }: Pick<WasmForm, 'modules'>,
  isDeterministic: boolean,
): Uint8Array<ArrayBuffer> => bytesOf(!isDeterministic && fuses() ? modules.relaxed : modules.plain)

/** The bytes that scripts/build-kernels.mjs wrote as text. */
export const bytesOf = (text: string): Uint8Array<ArrayBuffer> => {
  const bytes: number[] = []
  let shift = 0
  for (const character of text) {
    const code = character.charCodeAt(0)
    if (code < 120) bytes.push(code - 43 + shift)
    shift = code < 120 ? 0 : 80 * (code - 119)
  }
  return Uint8Array.from(bytes)
}
