import type { View } from '../tensor/strided.ts'
import type { Kernel, KernelCall, Slot, Upstream } from './engine.ts'
import { referenceRows } from './reference/rows.ts'
import { denseModules } from './wasm/generated/dense.ts'
import { sparseModules } from './wasm/generated/sparse.ts'
import { runDense, runSparse } from './wasm/rows.ts'

/**
 * Cross-entropy of each row of logits against a target, with its gradients.
 *
 * With m the maximum of the row, q = Σ exp(xⱼ − m) over all classes but the first that has it, and L = log1p(q):
 * - sparse: value = L + (m − x_y); a row whose label is outside [0, classes) is NaN
 * - dense: value = Σ tⱼ(L + (m − xⱼ)), where a term with tⱼ = 0 is 0
 *
 * No step subtracts two large numbers, so a confident row keeps its digits.
 */
export interface RowsCall extends KernelCall {
  /** The class axis, in [0, rank). */
  readonly axis: number
  readonly target: SparseTarget | DenseTarget
  readonly upstream: Upstream
  readonly outputs: {
    readonly value?: Slot
    /** sparse: u(p − onehot); dense: u(Σt·p − t), or u(p − t) where the target says `normalized`. */
    readonly logits?: Slot
    /** dense only: u(L + m − xⱼ), which is −u·log pⱼ. */
    readonly labels?: Slot
  }
}

export interface SparseTarget {
  readonly kind: 'sparse'
  /** A label for each row, in row order. */
  readonly labels: Int32Array
}

export interface DenseTarget {
  readonly kind: 'dense'
  /** The labels, broadcast to the shape of the logits. */
  readonly labels: View
  /** Take Σt for 1 in the gradient, as TensorFlow does. */
  readonly normalized: boolean
}

/** The kernel of sparse targets. */
export const sparseRows: Kernel<RowsCall> = {
  name: 'sparseRows',
  reference: referenceRows,
  wasm: { modules: sparseModules, run: runSparse },
}

/** The kernel of dense targets. */
export const denseRows: Kernel<RowsCall> = {
  name: 'denseRows',
  reference: referenceRows,
  wasm: { modules: denseModules, run: runDense },
}
