/**
 * The loss functions of `tf.compat.v1.nn`: their argument names, their gradients, their notices.
 *
 * @module
 */
import type { Definition, Differentiable } from '../../nn/differentiable.ts'
import { differentiable } from '../../nn/differentiable.ts'
import { elementsDefinition, type SigmoidArgs } from '../../nn/sigmoid-cross-entropy.ts'
import { type SoftmaxArgs, softmaxDefinition } from '../../nn/softmax.ts'
import { type DenseArgs, denseDefinition } from '../../nn/softmax-cross-entropy.ts'
import type { WeightedArgs } from '../../nn/weighted-cross-entropy.ts'
import type { TensorLike } from '../../tensor/read.ts'
import { withAlias } from './alias.ts'
import { deprecated } from './notice.ts'

export { sigmoidCrossEntropyWithLogits } from '../../nn/sigmoid-cross-entropy.ts'
export { sparseSoftmaxCrossEntropyWithLogits } from '../../nn/sparse-softmax-cross-entropy.ts'
export * as losses from './losses/index.ts'

/** `dim` is version 1's old name of `axis`; give one of them at most. */
type Dim<Args> = Args & { readonly dim?: number }

export type DenseArgsV1 = Dim<Omit<DenseArgs, 'gradient'>>
export type SoftmaxArgsV1 = Dim<SoftmaxArgs>

export interface WeightedArgsV1 extends Omit<WeightedArgs, 'labels'> {
  readonly labels?: TensorLike
  /** The old name of `labels`; give one of them. */
  readonly targets?: TensorLike
}

const dim = { old: 'dim', current: 'axis' }

/** Version 1's gradient is softmax − labels, whatever the labels sum to. */
const dense = <Key extends 'logits' | 'labels'>(
  name: string,
  keys: readonly Key[],
): Definition<DenseArgsV1, Key> => {
  const def = denseDefinition(name, keys, 'tensorflow')
  return withAlias({ ...def, optional: ['axis', 'name'] }, dim)
}

/** Says that a function is deprecated when it is first used. */
const withNotice = <Args, Key extends string>(
  def: Definition<Args, Key>,
  instead: string,
): Definition<Args, Key> => ({
  ...def,
  plan: (args, request) => {
    deprecated(def.name, instead)
    return def.plan(args, request)
  },
})

/**
 * Cross-entropy between distributions and logits, with a gradient into the logits only.
 *
 * Arguments, value and errors are those of `softmaxCrossEntropyWithLogits` of `xent`, `dim` being another name of
 * `axis`; the gradient is TensorFlow's, softmax − labels.
 *
 * @deprecated Use `softmaxCrossEntropyWithLogits` of `xent`, or `softmaxCrossEntropyWithLogitsV2`.
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/softmax_cross_entropy_with_logits
 */
export const softmaxCrossEntropyWithLogits: Differentiable<DenseArgsV1, 'logits'> =
  /*#__PURE__*/ differentiable(
    /*#__PURE__*/ withNotice(
      /*#__PURE__*/ dense('softmaxCrossEntropyWithLogits', ['logits']),
      'Gradients flow into the labels too in softmaxCrossEntropyWithLogitsV2, and in xent itself.',
    ),
  )

/**
 * Cross-entropy between distributions and logits, with gradients into both.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/softmax_cross_entropy_with_logits_v2
 */
export const softmaxCrossEntropyWithLogitsV2: Differentiable<DenseArgsV1, 'logits' | 'labels'> =
  /*#__PURE__*/ differentiable(/*#__PURE__*/ dense('softmaxCrossEntropyWithLogitsV2', ['logits', 'labels']))

/**
 * Weighted sigmoid cross-entropy, whose labels may be called `targets`.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/weighted_cross_entropy_with_logits
 */
export const weightedCrossEntropyWithLogits: Differentiable<
  WeightedArgsV1,
  'logits' | 'labels' | 'posWeight'
> = /*#__PURE__*/ differentiable(
  /*#__PURE__*/ withAlias(
    /*#__PURE__*/ elementsDefinition<WeightedArgs, 'logits' | 'labels' | 'posWeight'>(
      'weightedCrossEntropyWithLogits',
      ['labels', 'logits', 'posWeight'],
      ['logits', 'labels', 'posWeight'],
    ),
    { old: 'targets', current: 'labels' },
  ),
)

/**
 * Softmax, whose `axis` may be called `dim`.
 *
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/nn/softmax
 */
export const softmax: Differentiable<SoftmaxArgsV1, 'logits'> = /*#__PURE__*/ differentiable(
  /*#__PURE__*/ withAlias(/*#__PURE__*/ softmaxDefinition('softmax', 'softmax'), dim),
)

export type { SigmoidArgs }
