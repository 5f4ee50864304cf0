import { complain } from '../error.ts'
import { classIdsOf } from './class-ids.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { powerSlope } from './power.ts'
import { axisPlan, predictionsAlone } from './rows.ts'

export interface CategoricalGeneralizedCrossEntropyOptions {
  /** In (0, 1): near 0 the loss is the cross-entropy, near 1 the mean absolute error. Default 0.5. */
  readonly q?: number
}

const definition: LossDefinition<CategoricalGeneralizedCrossEntropyOptions, 'yPred'> = {
  name: 'categorical_generalized_cross_entropy',
  className: 'CategoricalGeneralizedCrossEntropy',
  options: { q: 0.5 },
  keys: ['yPred'],
  isOfClassIds: true,
  check: (fn, { q }) => {
    if (!(q > 0 && q < 1))
      throw complain('VALUE', fn, 'q', 'a number between 0 and 1', q, 'q must be in the interval (0, 1)')
  },
  plan: (pair, { q }) => {
    const { ids, shape } = classIdsOf(pair, pair.yPred.shape.length - 1)
    const plan = axisPlan(predictionsAlone(pair), -1, (_, p, { yPred }, k) => {
      const right = p[ids[k]!]!
      if (yPred) yPred.fill(0)[ids[k]!] = -powerSlope(right, q) / q
      return (1 - right ** q) / q
    })
    return { ...plan, shape }
  },
}

/**
 * A loss of class indices and probabilities that suffers little from wrong labels.
 *
 * (1 − p[y]^q) / q
 *
 * @param yTrue class indices, whole numbers of any type
 * @param yPred the predicted probabilities, classes along the last axis
 * @returns losses, shape of yPred without the last axis
 * @throws XentError VALUE for q outside (0, 1), LABEL_OUT_OF_RANGE
 * @see https://arxiv.org/abs/1805.07836
 */
export const categoricalGeneralizedCrossEntropy: LossFunction<
  CategoricalGeneralizedCrossEntropyOptions,
  'yPred'
> = /*#__PURE__*/ lossFunction(definition)

/** A loss of class indices and probabilities that suffers little from wrong labels. */
export class CategoricalGeneralizedCrossEntropy extends DefinedLoss<
  CategoricalGeneralizedCrossEntropyOptions,
  'yPred'
> {
  constructor(options?: ClassOptions<CategoricalGeneralizedCrossEntropyOptions>) {
    super(definition, options)
  }
}
