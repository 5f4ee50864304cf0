import { type ProbabilitiesCall, probabilities } from '../engine/probabilities.ts'
import { computeDType } from '../tensor/dtype.ts'
import type { TensorLike } from '../tensor/read.ts'
import { normalizeAxis } from '../tensor/shape.ts'
import { readRowLogits } from './arguments.ts'
import { type Definition, type Differentiable, differentiable } from './differentiable.ts'

export interface SoftmaxArgs {
  /** Unscaled scores: float16, bfloat16, float32 or float64, rank 1 or more. */
  readonly logits: TensorLike
  /** The class axis, in [-rank, rank). Default the last. */
  readonly axis?: number
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

/** Softmax and log-softmax differ in one word. */
export const softmaxDefinition = (
  name: string,
  kind: 'softmax' | 'logSoftmax',
): Definition<SoftmaxArgs, 'logits'> => ({
  name,
  required: ['logits'],
  optional: ['axis', 'name'],
  keys: ['logits'],
  plan: ({ logits, axis = -1 }, request): ProbabilitiesCall => {
    const x = readRowLogits(name, logits, 'logits must have >= 1 dimension, got []')
    return {
      kernel: probabilities,
      compute: computeDType(x.dtype),
      logits: x,
      axis: normalizeAxis(name, axis, x.shape.length),
      log: kind === 'logSoftmax',
      upstream: request.upstream(x.shape),
      outputs: request.outputs({ value: x, logits: x }, [x.data]),
    }
  },
})

/**
 * Probabilities of the classes.
 *
 * pⱼ = exp(xⱼ) / Σₖ exp(xₖ)
 *
 * @param logits unscaled scores, C along `axis`
 * @returns probabilities, shape and dtype of logits; a row with NaN, with +Infinity or of only -Infinity is NaN
 * @throws XentError DTYPE for integer logits, SHAPE_MISMATCH for a scalar, AXIS for an axis outside [-rank, rank)
 * @example softmax({ logits: [0.1, 0.3, 0.5, 0.9] }).toString() // [0.16838509 0.20566601 0.251201   0.37474793]
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/softmax
 */
export const softmax: Differentiable<SoftmaxArgs, 'logits'> = /*#__PURE__*/ differentiable(
  /*#__PURE__*/ softmaxDefinition('softmax', 'softmax'),
)
