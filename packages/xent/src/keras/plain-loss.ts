import { epsilonOf } from './constants.ts'
import type { LossDefinition } from './defined-loss.ts'
import type { LossKey, Pair } from './pair.ts'
import { axisPlan, type Row } from './rows.ts'

/**
 * A loss without options, of labels and predictions along the last axis.
 *
 * @param name Keras' name of the function
 * @param className Keras' name of the class
 * @param rowOf makes the loss of an example, given Keras' fuzz factor
 * @param prepare what the loss sees instead of what is given
 */
export const plainLoss = (
  name: string,
  className: string,
  rowOf: (epsilon: number) => Row,
  prepare: (pair: Pair) => Pair = (pair) => pair,
): LossDefinition<object, LossKey> => ({
  name,
  className,
  options: {},
  keys: ['yTrue', 'yPred'],
  plan: (given) => {
    const pair = prepare(given)
    return axisPlan(pair, -1, rowOf(epsilonOf(pair.compute)))
  },
})
