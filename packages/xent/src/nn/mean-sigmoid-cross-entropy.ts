import { defaultEngine } from '../engine/default.ts'
import type { Upstream } from '../engine/engine.ts'
import type { TensorLike } from '../tensor/read.ts'
import { contiguousStrides, type Shape } from '../tensor/shape.ts'
import { elementsIn } from '../tensor/strided.ts'
import { finishValueAndGrad, request, type ValueAndGrad } from './differentiable.ts'
import { elementsDefinition, type SigmoidArgs } from './sigmoid-cross-entropy.ts'

/**
 * The mean of the sigmoid cross-entropies along the last dimension, which the kernels sum, and its gradients: the core of
 * Keras' binary cross-entropy.
 *
 * @param fn what errors name
 * @param args rank 1 or more
 * @param upstream the factor of each mean
 * @returns means in nats, shape of logits without the last dimension; NaN where that is empty
 */
export const meanSigmoidCrossEntropy = <Key extends 'logits' | 'labels'>(
  fn: string,
  args: SigmoidArgs,
  wrt: readonly Key[],
  upstream: TensorLike,
): ValueAndGrad<Key> => {
  const asked = request(fn, ['value', ...wrt], {}, upstream)
  const def = elementsDefinition<SigmoidArgs, 'logits' | 'labels'>(fn, [], [])
  const call = def.plan(args, {
    upstream: (shape) => shared(asked.upstream(shape.slice(0, -1)), shape),
    outputs: ({ value, ...gradients }, inputs) => {
      const means = { shape: value!.shape.slice(0, -1), dtype: value!.dtype }
      const { value: mean, ...slots } = asked.outputs({ value: means, ...gradients }, inputs)
      return { mean: mean!, ...slots }
    },
  })
  const { mean, ...gradients } = defaultEngine().runSync(call)
  return finishValueAndGrad({ value: mean!, ...gradients })
}

/** The factors of means as those of the elements that each is the mean of. */
const shared = (upstream: Upstream, shape: Shape): Upstream => {
  const length = shape.at(-1)!
  if (typeof upstream === 'number') return upstream / length
  const data = elementsIn('float64', upstream).map((factor) => factor / length)
  return { data, dtype: 'float64', shape, strides: [...contiguousStrides(upstream.shape), 0], offset: 0 }
}
