import type { TensorLike } from '../tensor/read.ts'
import { type Differentiable, differentiable } from './differentiable.ts'
import { elementsDefinition, type SigmoidArgs } from './sigmoid-cross-entropy.ts'

export interface WeightedArgs extends SigmoidArgs {
  /** Multiplies the loss of the positive term: above 1 for fewer misses, below 1 for fewer false alarms. Broadcasts. */
  readonly posWeight: TensorLike
}

/**
 * Sigmoid cross-entropy with a weight on the positive term, per element.
 *
 * loss = −z · w · log σ(x) − (1 − z) · log(1 − σ(x)) = (1 − z) · softplus(x) + w · z · softplus(−x)
 *
 * @param labels the probability z of each event, any real type, the shape of logits
 * @param logits unscaled scores x, any rank; not the output of a sigmoid
 * @param posWeight w, any real type; broadcasts against logits
 * @returns loss in nats, shape of logits broadcast with posWeight, dtype of logits
 * @throws XentError DTYPE for integer logits, SHAPE_MISMATCH where the shapes differ or posWeight does not broadcast
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/weighted_cross_entropy_with_logits
 */
export const weightedCrossEntropyWithLogits: Differentiable<WeightedArgs, 'logits' | 'labels' | 'posWeight'> =
  /*#__PURE__*/ differentiable(
    /*#__PURE__*/ elementsDefinition<WeightedArgs, 'logits' | 'labels' | 'posWeight'>(
      'weightedCrossEntropyWithLogits',
      ['labels', 'logits', 'posWeight'],
      ['logits', 'labels', 'posWeight'],
    ),
  )
