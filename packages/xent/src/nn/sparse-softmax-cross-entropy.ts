import { type SparseCall, sparseRows } from '../engine/rows.ts'
import { complain } from '../error.ts'
import { computeDType } from '../tensor/dtype.ts'
import type { TensorLike } from '../tensor/read.ts'
import { formatShape, normalizeAxis, type Shape, withoutAxis } from '../tensor/shape.ts'
import { readClassLabels, readRowLogits } from './arguments.ts'
import { type Definition, type Differentiable, differentiable } from './differentiable.ts'

export interface SparseArgs {
  /** Class indices in [0, C): an integer type, or nested whole numbers; the shape of logits without `axis`. */
  readonly labels: TensorLike
  /** Unscaled scores: float16, bfloat16, float32 or float64, rank 1 or more, C along `axis`. */
  readonly logits: TensorLike
  /** The class axis, in [-rank, rank). Default the last. */
  readonly axis?: number
  /** What an index outside [0, C) does: an error, or NaN for its row. Default 'throw'. */
  readonly outOfRange?: 'throw' | 'nan'
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

const name = 'sparseSoftmaxCrossEntropyWithLogits'

const sparse: Definition<SparseArgs, 'logits'> = {
  name,
  required: ['labels', 'logits'],
  optional: ['axis', 'outOfRange', 'name'],
  keys: ['logits'],
  plan: ({ labels, logits, axis = -1, outOfRange = 'throw' }, request): SparseCall => {
    const x = readRowLogits(name, logits, '`logits` cannot be a scalar.')
    const classAxis = normalizeAxis(name, axis, x.shape.length)
    if (x.shape[classAxis] === 0) throw noClasses(x.shape)
    const shape = withoutAxis(x.shape, classAxis)
    const classLabels = readClassLabels(name, labels, x.shape, classAxis, shape, outOfRange)
    return {
      kernel: sparseRows,
      compute: computeDType(x.dtype),
      logits: x,
      axis: classAxis,
      target: { kind: 'sparse', labels: classLabels },
      upstream: request.upstream(shape),
      outputs: request.outputs({ value: { shape, dtype: x.dtype }, logits: x }, [x.data, classLabels]),
    }
  },
}

const noClasses = (shape: Shape): Error =>
  complain(
    'SHAPE_MISMATCH',
    name,
    'logits',
    'at least one class',
    `shape ${formatShape(shape)}`,
    `Must have at least one class, but got logits shape [${shape.join(',')}]`,
  )

/**
 * Cross-entropy between class indices and logits, per example.
 *
 * loss = log Σⱼ exp(xⱼ) − x[label]
 *
 * @param labels class indices in [0, C): an integer type, the shape of logits without the axis
 * @param logits unscaled scores, C along `axis`; not the output of a softmax
 * @returns loss in nats, shape of labels, dtype of logits
 * @throws XentError LABEL_OUT_OF_RANGE names the first offending position; with `outOfRange: 'nan'` that row is NaN instead
 * @throws XentError DTYPE for labels of a floating type, a fraction or NaN, and for integer logits; SHAPE_MISMATCH; AXIS
 * @example sparseSoftmaxCrossEntropyWithLogits({ labels: [0], logits: [[2, 0.5, 1]] }).item() // 0.4643688
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/sparse_softmax_cross_entropy_with_logits
 */
export const sparseSoftmaxCrossEntropyWithLogits: Differentiable<SparseArgs, 'logits'> =
  /*#__PURE__*/ differentiable(sparse)
