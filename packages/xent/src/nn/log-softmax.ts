import { type Differentiable, differentiable } from './differentiable.ts'
import { type SoftmaxArgs, softmaxDefinition } from './softmax.ts'

/**
 * Logarithms of the classes' probabilities, in nats.
 *
 * log pⱼ = xⱼ − log Σₖ exp(xₖ), computed as (xⱼ − max) − log1p(the odds against the maximum), which never cancels
 *
 * @param logits unscaled scores, C along `axis`
 * @returns log-probabilities, shape and dtype of logits; a row with NaN, with +Infinity or of only -Infinity is NaN
 * @throws XentError DTYPE for integer logits, SHAPE_MISMATCH for a scalar, AXIS for an axis outside [-rank, rank)
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/log_softmax
 */
export const logSoftmax: Differentiable<SoftmaxArgs, 'logits'> = /*#__PURE__*/ differentiable(
  /*#__PURE__*/ softmaxDefinition('logSoftmax', 'logSoftmax'),
)
