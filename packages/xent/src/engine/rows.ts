import type { View } from '../tensor/strided.ts'
import type { Kernel, KernelCall, Slot, Upstream } from './engine.ts'
import { referenceDense, referenceSparse } from './reference/rows.ts'
import { denseModules } from './wasm/generated/dense.ts'
import { sparseModules } from './wasm/generated/sparse.ts'
import { planDense, planSparse } from './wasm/rows.ts'

/**
 * Cross-entropy of each row of logits against a target, with its gradients.
 *
 * With m the maximum of the row, q = Σ exp(xⱼ − m) over all classes but the first that has it, and L = log1p(q):
 * - sparse: value = L + (m − x_y); a row whose label is outside [0, classes) is NaN
 * - dense: value = Σ tⱼ(L + (m − xⱼ)), where a term with tⱼ = 0 is 0
 *
 * No step subtracts two large numbers, so a confident row keeps its digits.
 */
export type RowsCall = SparseCall | DenseCall

export interface SparseCall extends KernelCall {
  /** The class axis, in [0, rank). */
  readonly axis: number
  readonly target: SparseTarget
  readonly upstream: Upstream
  readonly outputs: {
    readonly value?: Slot
    /** u(p − onehot) */
    readonly logits?: Slot
  }
}

export interface DenseCall extends KernelCall {
  /** The class axis, in [0, rank). */
  readonly axis: number
  readonly target: DenseTarget
  readonly upstream: Upstream
  readonly outputs: {
    readonly value?: Slot
    /** u(Σt·p − t), or u(p − t) where the target says `normalized` */
    readonly logits?: Slot
    /** u(L + m − xⱼ), which is −u·log pⱼ */
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

export const sparseRows: Kernel<SparseCall> = {
  name: 'sparseRows',
  reference: referenceSparse,
  wasm: { modules: sparseModules, plan: planSparse },
}

export const denseRows: Kernel<DenseCall> = {
  name: 'denseRows',
  reference: referenceDense,
  wasm: { modules: denseModules, plan: planDense },
}
