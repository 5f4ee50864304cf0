import { mul, neg, onesLike, reshape, sub, sum, type Tensor, type TensorInfo } from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { checkChoice } from '../nn/arguments.ts'
import { gradientInto } from '../nn/differentiable.ts'
import { softmaxCrossEntropyWithLogits as xentDense } from '../nn/softmax-cross-entropy.ts'
import { broadcastShapes, formatShape, normalizeAxis, sameShape, withoutAxis } from '../tensor/shape.ts'
import { broadcast, floatsOf, logitsWithClasses, operation, type TensorOrLike } from './arguments.ts'
import type { Gpu, Kernel } from './kernel.ts'
import { logProbabilitiesOf } from './log-softmax.ts'
import { type AlongAxis, alongClasses, matrixAlong, perClass, rowsOf, softmaxParts, viewed } from './rows.ts'
import { runKernel } from './run-kernel.ts'
import { probabilitiesOf, softmaxGradient } from './softmax.ts'

export interface DenseArgs {
  /** A distribution over the classes for each example: any real type, a shape that broadcasts to that of logits. */
  readonly labels: TensorOrLike
  /** Unscaled scores of float32, rank 1 or more, C along `axis`. */
  readonly logits: TensorOrLike
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

interface Attributes extends AlongAxis {
  readonly gradient: 'exact' | 'tensorflow'
}

const name = 'softmaxCrossEntropyWithLogits'

const denseKernel: Kernel<'labels' | 'logits', Attributes> = {
  name: 'XentSoftmaxCrossEntropyWithLogits',
  inputs: ['labels', 'logits'],
  shapeOf: ({ logits }, { axis }) => withoutAxis(logits.shape, axis),
  host: (inputs, attributes, out) => void xentDense({ ...inputs, ...attributes }, { out }),
  gpu: (gpu, inputs, { axis }) => {
    const { shape, labels, logits, peak, total } = partsOf(gpu, inputs, axis)
    return gpu.reduce(
      'sum',
      'share(labels, logOf(total) - (logits - peak))',
      { labels, logits, peak, total },
      shape,
    )
  },
  native: (native, { labels, logits }, { axis }) => {
    const { toMatrix } = matrixAlong(logits.shape, axis)
    const [loss] = native(
      'SoftmaxCrossEntropyWithLogits',
      { T: 'float32' },
      [toMatrix(logits), toMatrix(labels)],
      2,
    )
    return reshape(loss!, withoutAxis(logits.shape, axis))
  },
  gradients: (dy, { labels, logits }, attributes) => ({
    logits: () => runKernel(denseGradientKernel, { dy, labels, logits }, attributes),
    labels: () => neg(mul(perClass(dy, attributes), logProbabilitiesOf(logits, attributes))),
  }),
}

/** dy(mp − t), where m is the sum of the labels t, or 1 for TensorFlow */
const denseGradientKernel: Kernel<'dy' | 'labels' | 'logits', Attributes> = {
  name: 'XentSoftmaxCrossEntropyWithLogitsGradient',
  inputs: ['dy', 'labels', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, ...inputs }, attributes, out) =>
    gradientInto(xentDense, 'logits', { ...inputs, ...attributes }, dy, out),
  gpu: (gpu, inputs, { axis, gradient }) => {
    const { shape, labels, logits, peak, total } = partsOf(gpu, inputs, axis)
    const [outer, , inner] = shape
    const dy = viewed(inputs.dy, [outer, 1, inner])
    const operands = { dy, labels, logits, peak, total }
    if (gradient === 'tensorflow')
      return gpu.map('dy * (expOf(logits - peak) / total - labels)', operands, shape)
    const mass = gpu.reduce('sum', 'labels', { labels }, shape)
    return gpu.map('dy * (mass * expOf(logits - peak) / total - labels)', { ...operands, mass }, shape)
  },
  native: (_, { dy, labels, logits }, attributes) => {
    const p = probabilitiesOf(logits, attributes)
    return mul(perClass(dy, attributes), sub(mul(massOf(labels, attributes), p), labels))
  },
  gradients: (v, { dy, labels, logits }, attributes) => ({
    dy: () => {
      const inputs = { dy: onesLike(dy), labels, logits }
      return sum(mul(v, runKernel(denseGradientKernel, inputs, attributes)), attributes.axis)
    },
    logits: () => {
      const factor = mul(perClass(dy, attributes), massOf(labels, attributes))
      return softmaxGradient(mul(v, factor), logits, attributes)
    },
    labels: () => {
      const p = probabilitiesOf(logits, attributes)
      const byMass = attributes.gradient === 'exact' ? alongClasses(mul(v, p), attributes) : 0
      return mul(perClass(dy, attributes), sub(byMass, v))
    },
  }),
}

/** What multiplies the probabilities in the gradient. */
const massOf = (labels: Tensor, attributes: Attributes): Tensor | number =>
  attributes.gradient === 'exact' ? alongClasses(labels, attributes) : 1

const partsOf = (gpu: Gpu, inputs: Readonly<Record<'labels' | 'logits', TensorInfo>>, axis: number) => {
  const shape = rowsOf(inputs.logits.shape, axis)
  const logits = viewed(inputs.logits, shape)
  return { shape, logits, labels: viewed(inputs.labels, shape), ...softmaxParts(gpu, logits) }
}

/**
 * Cross-entropy between distributions over the classes and logits, per example, as an operation of TensorFlow.js.
 *
 * loss = Σⱼ tⱼ · (log Σₖ exp(xₖ) − xⱼ)
 *
 * @param labels a distribution t for each example: any real type, broadcast to the shape of logits
 * @param logits unscaled scores x of float32, C along `axis`; not the output of a softmax
 * @returns loss in nats, shape of logits without the axis, differentiable by logits and labels to any order; a class with
 *   label 0 adds nothing, also at -Infinity
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH where labels do not broadcast, AXIS
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/softmax_cross_entropy_with_logits
 */
export const softmaxCrossEntropyWithLogits: (args: DenseArgs) => Tensor = /*#__PURE__*/ operation<DenseArgs>(
  { name, required: ['labels', 'logits'], optional: ['axis', 'gradient', 'name'] },
  ({ labels, logits, axis = -1, gradient = 'exact' }) => {
    checkChoice(name, 'gradient', gradient, ['exact', 'tensorflow'])
    const x = logitsWithClasses(name, logits)
    const classAxis = normalizeAxis(name, axis, x.rank)
    const given = floatsOf(name, 'labels', labels)
    const common = broadcastShapes(given.shape, x.shape)
    if (!common || !sameShape(common, x.shape))
      throw complain(
        'SHAPE_MISMATCH',
        name,
        'labels',
        `a shape that broadcasts to that of logits, ${formatShape(x.shape)}`,
        formatShape(given.shape),
      )
    const t = broadcast(given, x.shape)
    return runKernel(denseKernel, { labels: t, logits: x }, { axis: classAxis, gradient })
  },
)
