import { relabeled } from '../../../keras/pair.ts'
import type { TensorLike } from '../../../tensor/read.ts'
import { elementsPlan } from './comparison.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { castPair } from './pair.ts'
import { type ReducedArgs, weighted } from './weighting.ts'

export interface HingeArgs extends ReducedArgs {
  /** 0 or 1, any real type: the shape of logits. */
  readonly labels: TensorLike
  /** Scores around 0: any real type, any shape. Computed as float32, or float64 where it is that. */
  readonly logits: TensorLike
}

const name = 'hingeLoss'

/**
 * The margins that are missed, per element.
 *
 * max(1 − (2y − 1) · x, 0)
 *
 * @param labels y of 0 and 1, the shape of logits
 * @param logits scores x, any shape
 * @returns a scalar, or with `reduction: 'none'` the weighted losses, shape of logits; float32, float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, MISSING_ARGUMENT, REDUCTION
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/hinge_loss
 */
export const hingeLoss: LossFunction<HingeArgs, 'labels' | 'logits'> = /*#__PURE__*/ lossFunction({
  name,
  required: ['labels', 'logits'],
  optional: ['reduction'],
  keys: { labels: 'yTrue', logits: 'yPred' },
  plan: (args: HingeArgs) => {
    const pair = castPair(name, { yTrue: 'labels', yPred: 'logits' }, args.labels, args.logits)
    const plan = elementsPlan(
      relabeled(pair, 2, -1),
      (y, x) => Math.max(1 - y * x, 0),
      (y, x) => (1 - y * x <= 0 ? 0 : -x),
      (y, x) => (1 - y * x <= 0 ? 0 : -y),
    )
    return weighted(name, plan, args)
  },
})
