import { valueAndGrad } from '../nn/differentiable.ts'
import { sparseSoftmaxCrossEntropyWithLogits } from '../nn/sparse-softmax-cross-entropy.ts'
import { sizeOf, withoutAxis } from '../tensor/shape.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import { axisOf } from './axes.ts'
import { type ClassIds, classIdsOf } from './class-ids.ts'
import { boundsOf, clip, clipSlope } from './constants.ts'
import type { CrossentropyOptions } from './crossentropy-options.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { kernelPlan } from './kernel.ts'
import type { Pair } from './pair.ts'
import type { Plan } from './plan.ts'
import { axisPlan, predictionsAlone, type Row } from './rows.ts'

export interface SparseCategoricalCrossentropyOptions extends Omit<CrossentropyOptions, 'labelSmoothing'> {
  /** A class index whose examples do not count: their loss is 0, and a mean leaves them out. Default null, none. */
  readonly ignoreClass?: number | null
}

const definition: LossDefinition<SparseCategoricalCrossentropyOptions, 'yPred'> = {
  name: 'sparse_categorical_crossentropy',
  className: 'SparseCategoricalCrossentropy',
  options: { fromLogits: false, ignoreClass: null, axis: -1 },
  keys: ['yPred'],
  isOfClassIds: true,
  plan: (pair, { fromLogits, ignoreClass, axis }) => {
    const classAxis = axisOf(pair.fn, axis, pair.yPred.shape.length)
    const labels = classIdsOf(pair, classAxis, ignoreClass)
    const plan = fromLogits
      ? logitsPlan(pair, classAxis, labels)
      : axisPlan(predictionsAlone(pair), classAxis, rowOf(pair, labels), labels.valid)
    return { ...plan, shape: labels.shape, valid: labels.valid }
  },
}

const logitsPlan = (pair: Pair, axis: number, { ids, valid }: ClassIds): Plan => {
  const { yPred } = pair
  const shape = withoutAxis(yPred.shape, axis)
  const args = { labels: { data: ids, shape }, logits: yPred, axis }
  return kernelPlan(pair, shape, (wrt, upstream) => {
    const logits = wrt.filter((key) => key === 'logits')
    const found = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, logits)(args, { upstream })
    if (valid) {
      clearIgnored(found.value, valid, 1, 1)
      const inner = sizeOf(yPred.shape.slice(axis + 1))
      for (const key of logits) clearIgnored(found.grad[key], valid, yPred.shape[axis]!, inner)
    }
    return found
  })
}

/** Sets to 0 what belongs to rows that do not count. */
const clearIgnored = ({ data }: FloatTensor, valid: Uint8Array, classes: number, inner: number): void => {
  for (let k = 0; k < valid.length; k++) {
    const start = k + (k - (k % inner)) * (classes - 1)
    if (!valid[k]) for (let c = 0; c < classes; c++) data[start + c * inner] = 0
  }
}

/** Clipped probabilities count as they are, which divides them by their sum once more. */
const rowOf = (pair: Pair, { ids }: ClassIds): Row => {
  const bounds = boundsOf(pair.compute)
  return (_, p, { yPred }, k) => {
    const label = ids[k]!
    let sum = 0
    for (let j = 0; j < p.length; j++) sum += clip(p[j]!, bounds)
    const right = clip(p[label]!, bounds)
    if (yPred)
      for (let j = 0; j < p.length; j++)
        yPred[j] = clipSlope(p[j]!, bounds) * (1 / sum - (j === label ? 1 / right : 0))
    return Math.log(sum / right)
  }
}

/**
 * Cross-entropy between class indices and predictions.
 *
 * log Σ p − log p[y], with p clipped to [1e-7, 1 − 1e-7], or log Σ exp(p) − p[y] where predictions are logits
 *
 * @param yTrue class indices, whole numbers of any type; the shape of yPred without `axis`, or as many in another rank
 * @param yPred the predicted probabilities, or logits with `fromLogits`
 * @returns losses in nats, shape of yPred without `axis`
 * @throws XentError LABEL_OUT_OF_RANGE names the first index that is neither a class nor ignored; DTYPE for a fraction
 * @see https://keras.io/api/losses/probabilistic_losses/#sparsecategoricalcrossentropy-class
 */
export const sparseCategoricalCrossentropy: LossFunction<SparseCategoricalCrossentropyOptions, 'yPred'> =
  /*#__PURE__*/ lossFunction(definition)

/** Cross-entropy between class indices and predictions. */
export class SparseCategoricalCrossentropy extends DefinedLoss<
  SparseCategoricalCrossentropyOptions,
  'yPred'
> {
  constructor(options?: ClassOptions<SparseCategoricalCrossentropyOptions>) {
    super(definition, options)
  }
}
