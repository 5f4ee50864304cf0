import { type DenseCall, denseRows } from '../engine/rows.ts'
import { complain } from '../error.ts'
import { computeDType } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { formatShape, normalizeAxis, type Shape, sizeOf, withoutAxis } from '../tensor/shape.ts'
import { broadcastTo } from '../tensor/strided.ts'
import { checkChoice, gradientDType, readRowLogits } from './arguments.ts'
import { type Definition, type Differentiable, differentiable } from './differentiable.ts'

export interface DenseArgs {
  /** A distribution over the classes for each example: any real type, a shape that broadcasts to that of logits. */
  readonly labels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, rank 1 or more, C along `axis`. */
  readonly logits: TensorLike
  /** The class axis, in [-rank, rank). Default the last. */
  readonly axis?: number
  /**
   * 'exact' is the derivative of the loss, Σt·softmax − t. 'tensorflow' is softmax − t, which TensorFlow returns and
   * which is the derivative only where the labels t of a row sum to 1. Default 'exact'.
   */
  readonly gradient?: 'exact' | 'tensorflow'
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

/**
 * @param name the public name, which errors carry
 * @param keys the arguments that a gradient flows into
 * @param defaultGradient what `gradient` is where the caller does not say
 */
export const denseDefinition = <Key extends 'logits' | 'labels'>(
  name: string,
  keys: readonly Key[],
  defaultGradient: 'exact' | 'tensorflow',
): Definition<DenseArgs, Key> => ({
  name,
  required: ['labels', 'logits'],
  optional: ['axis', 'gradient', 'name'],
  keys,
  plan: ({ labels, logits, axis = -1, gradient = defaultGradient }, request): DenseCall => {
    checkChoice(name, 'gradient', gradient, ['exact', 'tensorflow'])
    const x = readRowLogits(name, logits, scalarLogits)
    const rank = x.shape.length
    const classAxis = normalizeAxis(name, axis, rank, emptyRange(axis, rank))
    const given = read(name, 'labels', labels, x.dtype)
    const t = broadcastTo(given, x.shape)
    if (!t) throw notBroadcastable(name, given.shape, x.shape, classAxis)
    const shape = withoutAxis(x.shape, classAxis)
    return {
      kernel: denseRows,
      compute: computeDType(x.dtype),
      logits: x,
      axis: classAxis,
      target: { kind: 'dense', labels: t, normalized: gradient === 'tensorflow' },
      upstream: request.upstream(shape),
      outputs: request.outputs(
        {
          value: { shape, dtype: x.dtype },
          logits: x,
          labels: { shape: given.shape, dtype: gradientDType(given, x) },
        },
        [x.data, given.data],
      ),
    }
  },
})

// TensorFlow checks late here: what it says is about its own steps, the slice, the range and the rows made of the shape.
const scalarLogits =
  'logits must have >= 1 dimension, got []. Expected begin[0] == 0 (got -1) and size[0] == 0 (got 1) when input.dim_size(0) == 0'

const emptyRange = (axis: number, rank: number): string =>
  `. Requires start <= limit when delta > 0: ${axis < 0 ? `0/${axis}` : `${axis + 1}/${rank}`}`

const notBroadcastable = (fn: string, labels: Shape, logits: Shape, axis: number): Error => {
  const [logitsSize, labelsSize] = [logits, labels].map((shape) => asMatrix(shape, axis - logits.length))
  return complain(
    'SHAPE_MISMATCH',
    fn,
    'labels',
    `a shape that broadcasts to that of logits, ${formatShape(logits)}`,
    formatShape(labels),
    // TensorFlow takes shapes that are the same once flattened
    logitsSize === labelsSize
      ? ''
      : `logits and labels must be broadcastable: logits_size=${logitsSize} labels_size=${labelsSize}`,
  )
}

/** The rows and classes of a shape, as TensorFlow prints them; the class axis is counted from the end. */
const asMatrix = (shape: Shape, axis: number): string => {
  const classes = shape.at(axis) ?? 1
  return `[${sizeOf(shape) / (classes || 1)},${classes}]`
}

/**
 * Cross-entropy between distributions over the classes and logits, per example.
 *
 * loss = Σⱼ tⱼ · (log Σₖ exp(xₖ) − xⱼ)
 *
 * @param labels a distribution t for each example: any real type, broadcast to the shape of logits
 * @param logits unscaled scores x, C along `axis`; not the output of a softmax
 * @returns loss in nats, shape of logits without the axis, dtype of logits; a class with label 0 adds nothing, also at
 *   -Infinity
 * @throws XentError DTYPE for integer logits, SHAPE_MISMATCH where labels do not broadcast, AXIS
 * @example softmaxCrossEntropyWithLogits({ labels: [[1, 0, 0]], logits: [[4, 6.5, 1.2]] }).item() // 2.583492
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits
 */
export const softmaxCrossEntropyWithLogits: Differentiable<DenseArgs, 'logits' | 'labels'> =
  /*#__PURE__*/ differentiable(
    /*#__PURE__*/ denseDefinition('softmaxCrossEntropyWithLogits', ['logits', 'labels'], 'exact'),
  )
