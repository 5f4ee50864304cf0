import { type ArrayOf, type ComputeDType, type FloatDType, zeros } from '../tensor/dtype.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import type { View } from '../tensor/strided.ts'
import { Tensor } from '../tensor/tensor.ts'
import type { LinearMemory } from './wasm/memory.ts'
import type { Host, Work } from './wasm/work.ts'

/**
 * The contract between the functions (`nn/`) and the machines (`engine/<name>/`).
 *
 * A function checks its arguments and plans one KernelCall: a small value that says which kernel family runs over which
 * views and which results are wanted. An engine runs it in one pass over the logits and gives the results by name:
 * `value`, and a gradient under the name of its argument. Checks come first, so a call that throws has written nothing.
 *
 * Invariants of every engine, for every kernel:
 * - A row's bits depend on that row alone: not on its position, the batch, staging blocks or the number of threads.
 * - Inputs are never written to. Results are rounded once to their type.
 * - 0 · ∞ is 0 where a label or a weight is the 0: an impossible class that nobody claims costs nothing.
 * - A row that holds NaN or +Infinity, or only -Infinity, has NaN for its value and for its whole gradient.
 */
export interface KernelCall {
  readonly kernel: Kernel
  readonly logits: View
  /** The precision that inputs are cast to. */
  readonly compute: ComputeDType
  /** What is wanted, by name. */
  readonly outputs: Readonly<Record<string, Slot>>
}

/** Where a result goes: an array of the caller, or one that the engine makes. */
export interface Slot {
  readonly shape: Shape
  readonly dtype: FloatDType
  readonly data?: ArrayOf<FloatDType> | undefined
}

/** Results by the names of the call's outputs. */
export type Results = Readonly<Record<string, Tensor<FloatDType>>>

/** The factor that each value's gradient is multiplied with: one number, or an array of the value's shape. */
export type Upstream = number | View

/** The families of kernels. Each has its second order in `curvature.ts`. */
export type Family = 'sparseRows' | 'denseRows' | 'probabilities' | 'elements'

/**
 * A kernel family and what runs it. An engine looks up its form by the kernel that the call carries, so a bundle holds
 * the kernels of the functions it uses and no other. A family without a form for an engine runs as the reference.
 */
export interface Kernel<Call extends KernelCall = never> {
  readonly name: Family
  readonly reference: (call: Call, results: Results) => void
  readonly wasm?: WasmForm<Call>
}

/** A compiled kernel module and the code that feeds it. */
export interface WasmForm<Call extends KernelCall = never, Exports = never> {
  /** The module's bytes as text, with relaxed SIMD, which fuses multiplications and additions, and without. */
  readonly modules: { readonly relaxed: string; readonly plain: string }
  /** Cuts a call into blocks, on which its bits do not depend. */
  readonly plan: (exports: Exports, host: Host, call: Call, results: Results) => Work
}

export interface Engine {
  readonly name: string
  run(call: KernelCall): Promise<Results>
  /** Where the engine uses arrays in place, if that is a memory of its own. */
  readonly memory?: LinearMemory
}

/** An engine that the synchronous functions can use. */
export interface SyncEngine extends Engine {
  runSync(call: KernelCall): Results
  /** How many threads compute, if more than the caller's may. */
  readonly threads?: number
  /** Gives up what the engine holds besides memory. */
  close?(): void
}

/**
 * The arrays of a call's results: the caller's, or new ones. Where there are no logits all results are 0.
 *
 * @param locate finds the caller's arrays again where they may move
 */
export const resultsOf = (
  call: KernelCall,
  locate: (data: ArrayOf<FloatDType>) => ArrayOf<FloatDType> | (() => ArrayOf<FloatDType>) = (data) => data,
): Results => {
  const results: Record<string, Tensor<FloatDType>> = {}
  const isEmpty = sizeOf(call.logits.shape) === 0
  for (const name in call.outputs) {
    const { shape, dtype, data } = call.outputs[name]!
    if (isEmpty) data?.fill(0)
    results[name] = new Tensor(data ? locate(data) : zeros(dtype, sizeOf(shape)), shape, dtype)
  }
  return results
}
