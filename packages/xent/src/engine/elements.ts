import type { View } from '../tensor/strided.ts'
import type { Kernel, KernelCall, Slot, Upstream } from './engine.ts'
import { referenceElements } from './reference/elements.ts'
import { planElements } from './wasm/elements.ts'
import { elementsModules } from './wasm/generated/elements.ts'

/**
 * Sigmoid cross-entropy of each element, with a weight w on the positive term.
 *
 * value = (1 − z)·s(x) + w·z·s(−x), where s(x) = max(x, 0) + log1p(exp(−|x|)) is softplus. For z in [0, 1] and w ≥ 0
 * both terms are at least 0, so nothing cancels. Where a coefficient is 0 its term is 0, also against an infinite s.
 */
export interface ElementsCall extends KernelCall {
  /** The shape of the value; the views are broadcast to it. */
  readonly shape: readonly number[]
  readonly labels: View
  /** w, or 1 where it is missing. */
  readonly posWeight?: View
  readonly upstream: Upstream
  readonly outputs: {
    readonly value?: Slot
    /**
     * The mean of the values along the last dimension, whose shape lacks that dimension; the value itself where there is
     * none. NaN where the dimension is empty.
     */
    readonly mean?: Slot
    /** u((1 − z)σ(x) − w·z·σ(−x)) */
    readonly logits?: Slot
    /** u(w·s(−x) − s(x)) */
    readonly labels?: Slot
    /** u·z·s(−x) */
    readonly posWeight?: Slot
  }
}

export const elements: Kernel<ElementsCall> = {
  name: 'elements',
  reference: referenceElements,
  wasm: { modules: elementsModules, plan: planElements },
}
