import type { View } from '../tensor/strided.ts'
import type { Kernel, KernelCall, Slot, Upstream } from './engine.ts'
import { referenceElementCurvature, referenceRowCurvature } from './reference/curvature.ts'
import type { DenseTarget, SparseTarget } from './rows.ts'

/**
 * The product of a row function's Hessian with tangents. Rare enough that the reference serves every host engine.
 *
 * With v the tangent of the logits, v̄ = Σ p·v and w the tangent of the labels:
 * - cross-entropy: logits f·p(v − v̄) + u(p·Σw − w), labels u(v̄ − v), where f is u for sparse and u·Σt for dense
 * - log-softmax: −Σu · p(v − v̄)
 * - softmax: p((u − ū)(v − v̄) − Σ p(u − ū)(v − v̄))
 */
export interface RowCurvatureCall extends KernelCall {
  readonly axis: number
  /** A target as in `rows`, or the function whose Hessian is meant. */
  readonly target: SparseTarget | DenseTarget | { readonly kind: 'softmax' | 'logSoftmax' }
  readonly upstream: Upstream
  readonly tangents: { readonly logits?: View | undefined; readonly labels?: View | undefined }
  readonly outputs: {
    readonly logits?: Slot
    /** Zero where the target is `normalized`: TensorFlow's gradient of the logits does not see the labels' sum. */
    readonly labels?: Slot
  }
}

export const rowCurvature: Kernel<RowCurvatureCall> = {
  name: 'rowCurvature',
  reference: referenceRowCurvature,
}

/**
 * The product of the Hessian of `elements` with tangents a, b, c of logits, labels and posWeight.
 *
 * - logits: u(((1 − z) + wz)σ(x)σ(−x)·a − (σ(x) + wσ(−x))·b − zσ(−x)·c)
 * - labels: u(−(σ(x) + wσ(−x))·a + s(−x)·c)
 * - posWeight: u(−zσ(−x)·a + s(−x)·b)
 */
export interface ElementCurvatureCall extends KernelCall {
  readonly shape: readonly number[]
  readonly labels: View
  readonly posWeight?: View
  readonly upstream: Upstream
  readonly tangents: {
    readonly logits?: View | undefined
    readonly labels?: View | undefined
    readonly posWeight?: View | undefined
  }
  readonly outputs: { readonly logits?: Slot; readonly labels?: Slot; readonly posWeight?: Slot }
}

export const elementCurvature: Kernel<ElementCurvatureCall> = {
  name: 'elementCurvature',
  reference: referenceElementCurvature,
}
