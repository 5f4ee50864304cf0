import type { Kernel, KernelCall, Slot, Upstream } from './engine.ts'
import { referenceProbabilities } from './reference/probabilities.ts'
import { probabilitiesModules } from './wasm/generated/probabilities.ts'
import { planProbabilities } from './wasm/probabilities.ts'

/**
 * Softmax or log-softmax of each row, with its pull-back.
 *
 * With m, q and L as in `rows`: p = exp(xⱼ − m) / (1 + q), log p = (xⱼ − m) − L.
 */
export interface ProbabilitiesCall extends KernelCall {
  readonly axis: number
  readonly log: boolean
  /** One number, or an array of the logits' shape. */
  readonly upstream: Upstream
  readonly outputs: {
    readonly value?: Slot
    /** softmax: p(u − Σ p·u); log-softmax: u − p·Σu. */
    readonly logits?: Slot
  }
}

export const probabilities: Kernel<ProbabilitiesCall> = {
  name: 'probabilities',
  reference: referenceProbabilities,
  wasm: { modules: probabilitiesModules, plan: planProbabilities },
}
