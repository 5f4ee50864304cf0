import {
  add,
  mul,
  onesLike,
  reshape,
  sum,
  type Tensor,
  type TensorInfo,
  tensor,
  tensor1d,
} from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { checkChoice, readClassLabels } from '../nn/arguments.ts'
import { gradientInto } from '../nn/differentiable.ts'
import {
  type SparseArgs as XentSparseArgs,
  sparseSoftmaxCrossEntropyWithLogits as xentSparse,
} from '../nn/sparse-softmax-cross-entropy.ts'
import { formatShape, indexAt, normalizeAxis, placeIn, sameShape, withoutAxis } from '../tensor/shape.ts'
import { logitsWithClasses, numbersOf, operation, type TensorOrLike } from './arguments.ts'
import type { Gpu, HostArray, Kernel, Native, Operands, Tensors } from './kernel.ts'
import { type AlongAxis, matrixAlong, perClass, rowsOf, viewed } from './rows.ts'
import { runKernel } from './run-kernel.ts'
import { softmaxGradient } from './softmax.ts'

export interface SparseArgs {
  /** Class indices in [0, C): int32, or float32 that is whole; the shape of logits without `axis`. */
  readonly labels: TensorOrLike
  /** Unscaled scores of float32, rank 1 or more, C along `axis`. */
  readonly logits: TensorOrLike
  /** The class axis, in [-rank, rank). Default the last. */
  readonly axis?: number
  /**
   * What an index outside [0, C) does: an error, or NaN for its row. Default 'throw'. On webgl and webgpu, where reading
   * the labels would stop the device, it always is NaN.
   */
  readonly outOfRange?: 'throw' | 'nan'
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

interface Attributes extends AlongAxis {
  readonly outOfRange: 'throw' | 'nan'
}

const name = 'sparseSoftmaxCrossEntropyWithLogits'

const sparseKernel: Kernel<'labels' | 'logits', Attributes> = {
  name: 'XentSparseSoftmaxCrossEntropyWithLogits',
  inputs: ['labels', 'logits'],
  shapeOf: ({ labels }) => labels.shape,
  host: (inputs, attributes, out) => void xentSparse(hostArguments(inputs, attributes), { out }),
  gpu: (gpu, inputs, { axis }) => {
    const { rest, own, rows } = partsOf(gpu, inputs, axis)
    // where the label is far below the peak, its own exponential may be too small a divisor
    const loss = 'choose(own > -20.0, log1p(rest * expOf(-own)), logOf(rest + expOf(own)) - own)'
    return gpu.map(loss, { rest, own }, rows)
  },
  native: (native, inputs, attributes) => runNative(native, inputs, attributes).loss,
  gradients: (dy, inputs, attributes) => ({
    logits: () => runKernel(sparseGradientKernel, { dy, ...inputs }, attributes),
  }),
}

/** dy(p − onehot) */
const sparseGradientKernel: Kernel<'dy' | 'labels' | 'logits', Attributes> = {
  name: 'XentSparseSoftmaxCrossEntropyWithLogitsGradient',
  inputs: ['dy', 'labels', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, ...inputs }, attributes, out) =>
    gradientInto(xentSparse, 'logits', hostArguments(inputs, attributes), dy, out),
  gpu: (gpu, inputs, { axis }) => {
    const { rest, own, rows, operands, shape } = partsOf(gpu, inputs, axis)
    return gpu.map(
      'dy * choose(index == labels, -rest, expOf(logits - peak)) / (rest + expOf(own))',
      { dy: viewed(inputs.dy, rows), ...operands, rest, own },
      shape,
    )
  },
  native: (native, { dy, ...inputs }, attributes) =>
    mul(perClass(dy, attributes), runNative(native, inputs, attributes).backprop),
  gradients: (v, { dy, labels, logits }, attributes) => ({
    dy: () => {
      const gradient = runKernel(sparseGradientKernel, { dy: onesLike(dy), labels, logits }, attributes)
      return sum(mul(v, gradient), attributes.axis)
    },
    logits: () => softmaxGradient(mul(v, perClass(dy, attributes)), logits, attributes),
  }),
}

const hostArguments = (
  { labels, logits }: Readonly<Record<'labels' | 'logits', HostArray>>,
  { axis, outOfRange }: Attributes,
): XentSparseArgs => ({ labels: classIdsOf(labels), logits, axis, outOfRange })

/** Class indices as xent takes them: float32 that is whole becomes int32. */
const classIdsOf = ({ data, shape }: HostArray): HostArray => {
  if (!(data instanceof Float32Array)) return { data, shape }
  const k = data.findIndex((label) => !Number.isInteger(label))
  if (k < 0) return { data: Int32Array.from(data), shape }
  throw complain('DTYPE', name, placeIn('labels', indexAt(k, shape)), 'a whole number', data[k])
}

/** What the programs of the loss and of its gradient share, over rows of the shape [outer, classes, inner]. */
const partsOf = (gpu: Gpu, inputs: Readonly<Record<'labels' | 'logits', TensorInfo>>, axis: number) => {
  const shape = rowsOf(inputs.logits.shape, axis)
  const [outer, classes, inner] = shape
  const rows = [outer, 1, inner]
  const logits = viewed(inputs.logits, shape)
  const labels = viewed(inputs.labels, rows)
  const peak = gpu.reduce('max', 'logits', { logits }, shape)
  const operands: Operands = { labels, logits, peak }
  // without the label's own, which may be all that their sum would show
  const others = 'choose(index == labels, 0.0, expOf(logits - peak))'
  const isClass = `labels >= 0.0 && labels < ${classes}.0 && floor(labels) == labels`
  const atLabel = `getLogits(at.x, whole(clamp(labels, 0.0, ${classes - 1}.0)), at.z)`
  return {
    shape,
    rows,
    operands,
    rest: gpu.reduce('sum', others, operands, shape),
    own: gpu.map(`choose(${isClass}, ${atLabel} - peak, nan())`, operands, rows),
  }
}

/** The operation of libtensorflow, which knows a matrix and a vector, and labels that are classes. */
const runNative = (
  native: Native,
  { labels, logits }: Tensors<'labels' | 'logits'>,
  { axis, outOfRange }: Attributes,
): { readonly loss: Tensor; readonly backprop: Tensor } => {
  const { toMatrix, fromMatrix } = matrixAlong(logits.shape, axis)
  const { shape } = labels
  const given = classIdsOf({ data: labels.dataSync() as HostArray['data'], shape })
  const ids = readClassLabels(name, given, logits.shape, axis, shape, outOfRange)
  const isClass = (id: number): boolean => id >= 0 && id < logits.shape[axis]!
  const classes = tensor1d(
    ids.map((id) => (isClass(id) ? id : 0)),
    'int32',
  )
  const types = { T: 'float32', Tlabels: 'int32' }
  const operands = [toMatrix(logits), classes]
  const [loss, backprop] = native('SparseSoftmaxCrossEntropyWithLogits', types, operands, 2)
  const results = { loss: reshape(loss!, shape), backprop: fromMatrix(backprop!) }
  if (outOfRange === 'throw') return results
  const strange = tensor(
    Float32Array.from(ids, (id) => (isClass(id) ? 0 : Number.NaN)),
    shape,
  )
  return {
    loss: add(results.loss, strange),
    backprop: add(results.backprop, perClass(strange, { axis })),
  }
}

/**
 * Cross-entropy between class indices and logits, per example, as an operation of TensorFlow.js.
 *
 * loss = log Σⱼ exp(xⱼ) − x[label]
 *
 * @param labels class indices in [0, C): int32, or whole numbers of float32; the shape of logits without the axis
 * @param logits unscaled scores of float32, C along `axis`; not the output of a softmax
 * @returns loss in nats, shape of labels, differentiable by logits to any order
 * @throws XentError LABEL_OUT_OF_RANGE and, for a fraction, DTYPE name the first offending position. On webgl and webgpu
 *   such rows are NaN instead, and with `outOfRange: 'nan'` everywhere where the index is whole
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH, AXIS
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/sparse_softmax_cross_entropy_with_logits
 */
export const sparseSoftmaxCrossEntropyWithLogits: (args: SparseArgs) => Tensor =
  /*#__PURE__*/ operation<SparseArgs>(
    { name, required: ['labels', 'logits'], optional: ['axis', 'outOfRange', 'name'] },
    ({ labels, logits, axis = -1, outOfRange = 'throw' }) => {
      checkChoice(name, 'outOfRange', outOfRange, ['throw', 'nan'])
      const x = logitsWithClasses(name, logits)
      const classAxis = normalizeAxis(name, axis, x.rank)
      const ids = numbersOf(name, 'labels', labels)
      const shape = withoutAxis(x.shape, classAxis)
      if (!sameShape(ids.shape, shape))
        throw complain(
          'SHAPE_MISMATCH',
          name,
          'labels',
          `shape ${formatShape(shape)}, that of logits ${formatShape(x.shape)} without axis ${classAxis}`,
          `shape ${formatShape(ids.shape)}`,
        )
      return runKernel(sparseKernel, { labels: ids, logits: x }, { axis: classAxis, outOfRange })
    },
  )
