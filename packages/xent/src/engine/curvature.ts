import type { View } from '../tensor/strided.ts'
import type { ElementsCall } from './elements.ts'
import type { Family, Kernel, KernelCall } from './engine.ts'
import type { ProbabilitiesCall } from './probabilities.ts'
import { referenceElementCurvature, referenceRowCurvature } from './reference/curvature.ts'
import type { RowsCall } from './rows.ts'

/** Directions in some of the arguments, each in its argument's shape. */
export interface Tangents {
  readonly tangents: Readonly<Record<string, View>>
}

/**
 * The product of a row function's Hessian with tangents. Rare enough that the reference serves every host engine.
 *
 * With v the tangent of the logits, v̄ = Σ p·v and w the tangent of the labels:
 * - cross-entropy: logits f·p(v − v̄) + u(p·Σw − w), labels u(v̄ − v), where f is u for sparse and u·Σt for dense; zero
 *   for labels where the target is `normalized`: TensorFlow's gradient of the logits does not see the labels' sum
 * - log-softmax: −Σu · p(v − v̄)
 * - softmax: p((u − ū)(v − v̄) − Σ p(u − ū)(v − v̄))
 */
export type RowCurvatureCall = (RowsCall | ProbabilitiesCall) & Tangents

/**
 * The product of the Hessian of `elements` with tangents a, b, c of logits, labels and posWeight.
 *
 * - logits: u(((1 − z) + wz)σ(x)σ(−x)·a − (σ(x) + wσ(−x))·b − zσ(−x)·c)
 * - labels: u(−(σ(x) + wσ(−x))·a + s(−x)·c)
 * - posWeight: u(−zσ(−x)·a + s(−x)·b)
 */
export type ElementCurvatureCall = ElementsCall & Tangents

/** What computes the second order of each family. A bundle that never asks for it has none of it. */
const curvatures: Readonly<Record<Family, Kernel['reference']>> = {
  sparseRows: referenceRowCurvature,
  denseRows: referenceRowCurvature,
  probabilities: referenceRowCurvature,
  elements: referenceElementCurvature,
}

/** From a call for gradients, the call for the products of their derivatives with tangents of the arguments. */
export const curvatureOf = (call: KernelCall, tangents: Tangents['tangents']): KernelCall & Tangents => {
  const { name } = call.kernel
  return { ...call, kernel: { name, reference: curvatures[name] }, tangents }
}
