import { type ElementsCall, elements } from '../engine/elements.ts'
import { complain } from '../error.ts'
import { computeDType } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { formatShape, formatTuple, sameShape } from '../tensor/shape.ts'
import { broadcastTo, type View } from '../tensor/strided.ts'
import { gradientDType, readLogits } from './arguments.ts'
import { commonShape } from './common-shape.ts'
import { type Definition, type Differentiable, differentiable, type ResultKind } from './differentiable.ts'

export interface SigmoidArgs {
  /** The probability of each event, in [0, 1]: any real type, the shape of logits. */
  readonly labels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, any rank. */
  readonly logits: TensorLike
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

export interface PosWeightArgs extends SigmoidArgs {
  /** Multiplies the loss of the positive term; broadcasts against logits. */
  readonly posWeight?: TensorLike
}

/** Sigmoid cross-entropy is weighted cross-entropy without a weight. */
export const elementsDefinition = <Args extends PosWeightArgs, Key extends 'logits' | 'labels' | 'posWeight'>(
  name: string,
  required: readonly string[],
  keys: readonly Key[],
): Definition<Args, Key> => ({
  name,
  required,
  optional: ['name'],
  keys,
  plan: ({ labels, logits, posWeight }, request): ElementsCall => {
    const x = readLogits(name, logits)
    const z = read(name, 'labels', labels, x.dtype)
    if (!sameShape(x.shape, z.shape)) throw differentShapes(name, x, z)
    const w = posWeight === undefined ? undefined : read(name, 'posWeight', posWeight, x.dtype)
    const shape = w ? commonShape(name, 'posWeight', w.shape, x.shape, 'logits') : x.shape
    const gradientOf = (view: View): ResultKind => ({ shape: view.shape, dtype: gradientDType(view, x) })
    return {
      kernel: elements,
      compute: computeDType(x.dtype),
      shape,
      logits: broadcastTo(x, shape)!,
      labels: broadcastTo(z, shape)!,
      ...(w && { posWeight: broadcastTo(w, shape)! }),
      upstream: request.upstream(shape),
      outputs: request.outputs(
        {
          value: { shape, dtype: x.dtype },
          logits: x,
          labels: gradientOf(z),
          ...(w && { posWeight: gradientOf(w) }),
        },
        [x, z, ...(w ? [w] : [])].map(({ data }) => data),
      ),
    }
  },
})

const differentShapes = (fn: string, logits: View, labels: View): Error =>
  complain(
    'SHAPE_MISMATCH',
    fn,
    'labels',
    `the shape of logits, ${formatShape(logits.shape)}`,
    formatShape(labels.shape),
    `\`logits\` and \`labels\` must have the same shape, received (${formatTuple(logits.shape)} vs ${formatTuple(labels.shape)}).`,
  )

/**
 * Cross-entropy of independent events, per element: for classes that do not exclude each other.
 *
 * loss = −z · log σ(x) − (1 − z) · log(1 − σ(x)) = (1 − z) · softplus(x) + z · softplus(−x)
 *
 * @param labels the probability z of each event, any real type, the shape of logits
 * @param logits unscaled scores x, any rank; not the output of a sigmoid
 * @returns loss in nats, shape and dtype of logits; at ±Infinity the limit
 * @throws XentError DTYPE for integer logits, SHAPE_MISMATCH where the shapes differ
 * @example sigmoidCrossEntropyWithLogits({ labels: [1, 0], logits: [12, 3] }).toString() // [6.1441933e-06 3.0485873e+00]
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits
 */
export const sigmoidCrossEntropyWithLogits: Differentiable<SigmoidArgs, 'logits' | 'labels'> =
  /*#__PURE__*/ differentiable(
    /*#__PURE__*/ elementsDefinition<SigmoidArgs, 'logits' | 'labels'>(
      'sigmoidCrossEntropyWithLogits',
      ['labels', 'logits'],
      ['logits', 'labels'],
    ),
  )
