import { rounded } from '../tensor/encoding.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { meanOfErrors } from './elementwise.ts'
import type { LossKey } from './pair.ts'
import { axisPlan } from './rows.ts'

export interface HuberOptions {
  /** δ, where the loss turns from squared to absolute. Default 1. */
  readonly delta?: number
}

const definition: LossDefinition<HuberOptions, LossKey> = {
  name: 'huber',
  className: 'Huber',
  instanceName: 'huber_loss',
  options: { delta: 1 },
  keys: ['yTrue', 'yPred'],
  plan: (pair, { delta }) => {
    const bend = rounded(delta, pair.compute)
    return axisPlan(
      pair,
      -1,
      meanOfErrors(
        (error) => (Math.abs(error) <= bend ? error ** 2 / 2 : bend * Math.abs(error) - bend ** 2 / 2),
        (error) => (Math.abs(error) <= bend ? error : bend * Math.sign(error)),
      ),
    )
  },
}

/**
 * Squared errors where they are small, absolute errors where they are large.
 *
 * mean of e²/2 where |e| ≤ δ, else δ|e| − δ²/2, with e = y − p
 *
 * @returns the loss of each example, shape of yPred without the last axis
 * @see https://keras.io/api/losses/regression_losses/#huber-class
 */
export const huber: LossFunction<HuberOptions, LossKey> = /*#__PURE__*/ lossFunction(definition)

/** Squared errors where they are small, absolute errors where they are large. */
export class Huber extends DefinedLoss<HuberOptions, LossKey> {
  constructor(options?: ClassOptions<HuberOptions>) {
    super(definition, options)
  }
}
