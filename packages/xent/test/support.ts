import type { SyncEngine } from '../src/engine/engine.ts'
import { referenceEngine } from '../src/engine/reference/engine.ts'
import { type Limits, threadsEngine } from '../src/engine/threads/engine.ts'
import { wasmEngine } from '../src/engine/wasm/engine.ts'
import { createEngine, type EngineName, type TensorLike, tensor, type XentEngine } from '../src/index.ts'
import { functionsOn, kernels } from '../src/nn/create-engine.ts'

export { normal, randomStream } from './random.ts'

const titled = (engine: XentEngine, title: string): XentEngine => ({ ...engine, name: title as EngineName })

/** Everything goes to threads, however small. */
const smallest: Limits = { call: 1, wake: 1, task: 1, row: 2048, piece: 2048 }

/** Three threads that share even the smallest of calls. */
export const sharing: SyncEngine = await threadsEngine(kernels, { threads: 3, limits: smallest })

/** Every engine that exists, and wasm in both of its forms; a new one joins all of these tests here. */
export const engines: readonly XentEngine[] = [
  await createEngine('reference'),
  await createEngine('wasm'),
  titled(await createEngine('wasm', { deterministic: true }), 'wasm, deterministic'),
  functionsOn(sharing, 'threads'),
]

export const reference: XentEngine = engines[0]!

/** The same as the functions see them, for what no function asks of them. */
export const machines: readonly SyncEngine[] = [
  referenceEngine(),
  wasmEngine(),
  { ...wasmEngine(true), name: 'wasm, deterministic' },
  sharing,
]

/** The elements as plain numbers, in row-major order; those of nested arrays as they are. */
export const numbers = (like: TensorLike): number[] =>
  flatten(Array.isArray(like) || typeof like === 'number' ? like : tensor(like).toArray())

const flatten = (nested: unknown): number[] =>
  Array.isArray(nested) ? nested.flatMap(flatten) : [Number(nested as number)]

export type FloatName = 'float16' | 'bfloat16' | 'float32' | 'float64'

const significandBits: Readonly<Record<FloatName, number>> = {
  float16: 11,
  bfloat16: 8,
  float32: 24,
  float64: 53,
}
const minExponents: Readonly<Record<FloatName, number>> = {
  float16: -14,
  bfloat16: -126,
  float32: -126,
  float64: -1022,
}

/** The distance between neighbouring numbers of a type at a magnitude. */
export const ulp = (value: number, dtype: FloatName): number => {
  const exponent = value === 0 ? -Infinity : Math.floor(Math.log2(Math.abs(value)))
  return 2 ** (Math.max(exponent, minExponents[dtype]) - significandBits[dtype] + 1)
}

/**
 * Throws unless each pair is within `ulps` at its own magnitude, or at `scale` where that is larger; NaN and
 * infinities must be the same.
 */
export const expectClose = (
  actual: TensorLike,
  expected: TensorLike,
  dtype: FloatName,
  ulps: number,
  scale: (index: number) => number = () => 0,
): void => {
  const a = numbers(actual)
  const b = numbers(expected)
  if (a.length !== b.length) throw new Error(`${a.length} elements, expected ${b.length}`)
  b.forEach((truth, k) => {
    const value = a[k]!
    if (Object.is(value, truth) || value === truth) return
    const bound = ulps * ulp(Math.max(Math.abs(truth), scale(k)), dtype)
    if (Number.isFinite(truth) && Math.abs(value - truth) <= bound) return
    const off = Math.abs(value - truth) / ulp(truth, dtype)
    throw new Error(
      `element ${k}: ${value}, expected ${truth}, ${off} ulp of ${dtype} away (${ulps} allowed)`,
    )
  })
}
