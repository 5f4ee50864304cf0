import { type ClassOptions, DefinedLoss, type LossFunction, lossFunction } from './defined-loss.ts'
import type { LossKey } from './pair.ts'
import { plainLoss } from './plain-loss.ts'
import type { Row } from './rows.ts'

const row: Row = (t, p, { yTrue, yPred }) => {
  let right = 0
  let wrong = Number.NEGATIVE_INFINITY
  for (let j = 0; j < p.length; j++) {
    right += t[j]! * p[j]!
    wrong = Math.max(wrong, (1 - t[j]!) * p[j]!)
  }
  const margin = wrong - right + 1
  if (!yTrue && !yPred) return Math.max(margin, 0)
  const isWrong = (j: number): boolean => (1 - t[j]!) * p[j]! === wrong
  // the best of the wrong classes share the slope
  let ties = 0
  for (let j = 0; j < p.length; j++) if (isWrong(j)) ties++
  const counts = margin < 0 ? 0 : 1
  for (let j = 0; j < p.length; j++) {
    const share = isWrong(j) ? 1 / ties : 0
    if (yPred) yPred[j] = counts * (share * (1 - t[j]!) - t[j]!)
    if (yTrue) yTrue[j] = -counts * (share + 1) * p[j]!
  }
  return Math.max(margin, 0)
}

const definition = /*#__PURE__*/ plainLoss('categorical_hinge', 'CategoricalHinge', () => row)

/**
 * By how much the score of the right class fails to beat that of the best wrong one by 1.
 *
 * max(0, max (1 − y) · p − Σ y · p + 1), for one-hot labels
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/hinge_losses/#categoricalhinge-class
 */
export const categoricalHinge: LossFunction<object, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** By how much the score of the right class fails to beat that of the best wrong one by 1. */
export class CategoricalHinge extends DefinedLoss<object, LossKey> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
