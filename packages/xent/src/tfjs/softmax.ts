import { mul, softmax as softmaxOfMatrix, sub, type Tensor } from '@tensorflow/tfjs-core'
import { gradientInto } from '../nn/differentiable.ts'
import { softmax as xentSoftmax } from '../nn/softmax.ts'
import { normalizeAxis } from '../tensor/shape.ts'
import { logitsWithClasses, operation, type TensorOrLike } from './arguments.ts'
import type { Kernel } from './kernel.ts'
import { type AlongAxis, alongClasses, asMatrix, rowsOf, softmaxParts, viewed } from './rows.ts'
import { runKernel } from './run-kernel.ts'

export interface SoftmaxArgs {
  /** Unscaled scores of float32, rank 1 or more. */
  readonly logits: TensorOrLike
  /** The class axis, in [-rank, rank). Default the last. */
  readonly axis?: number
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

const softmaxKernel: Kernel<'logits', AlongAxis> = {
  name: 'XentSoftmax',
  inputs: ['logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ logits }, { axis }, out) => void xentSoftmax({ logits, axis }, { out }),
  gpu: (gpu, inputs, { axis }) => {
    const shape = rowsOf(inputs.logits.shape, axis)
    const logits = viewed(inputs.logits, shape)
    return gpu.map('expOf(logits - peak) / total', { logits, ...softmaxParts(gpu, logits) }, shape)
  },
  native: (_, { logits }, { axis }) => asMatrix(logits, axis, (matrix) => softmaxOfMatrix(matrix)),
  gradients: (dy, { logits }, attributes) => ({
    logits: () => softmaxGradient(dy, logits, attributes),
  }),
}

/** p(v − Σpv): the Jacobian of softmax, which is symmetric, by a vector v. */
const softmaxGradientKernel: Kernel<'dy' | 'logits', AlongAxis> = {
  name: 'XentSoftmaxGradient',
  inputs: ['dy', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, logits }, { axis }, out) => gradientInto(xentSoftmax, 'logits', { logits, axis }, dy, out),
  gpu: (gpu, inputs, { axis }) => {
    const shape = rowsOf(inputs.logits.shape, axis)
    const logits = viewed(inputs.logits, shape)
    const dy = viewed(inputs.dy, shape)
    const { peak, total } = softmaxParts(gpu, logits)
    const projection = gpu.reduce('sum', 'dy * expOf(logits - peak)', { dy, logits, peak }, shape)
    return gpu.map(
      'expOf(logits - peak) / total * (dy - projection / total)',
      { dy, logits, peak, total, projection },
      shape,
    )
  },
  native: (_, { dy, logits }, attributes) => {
    const p = runKernel(softmaxKernel, { logits }, attributes)
    return mul(p, sub(dy, alongClasses(mul(p, dy), attributes)))
  },
  gradients: (v, { dy, logits }, attributes) => ({
    dy: () => softmaxGradient(v, logits, attributes),
    logits: () => {
      const p = runKernel(softmaxKernel, { logits }, attributes)
      const mean = (tensor: Tensor): Tensor => alongClasses(mul(p, tensor), attributes)
      const byProbability = sub(sub(mul(v, dy), mul(mean(v), dy)), mul(mean(dy), v))
      return softmaxGradient(byProbability, logits, attributes)
    },
  }),
}

/** The probabilities of logits, to compose derivatives of. */
export const probabilitiesOf = (logits: Tensor, attributes: AlongAxis): Tensor =>
  runKernel(softmaxKernel, { logits }, { axis: attributes.axis })

/** The Jacobian of softmax by a vector. */
export const softmaxGradient = (dy: Tensor, logits: Tensor, attributes: AlongAxis): Tensor =>
  runKernel(softmaxGradientKernel, { dy, logits }, { axis: attributes.axis })

/**
 * Probabilities of the classes, as an operation of TensorFlow.js, along any axis.
 *
 * pⱼ = exp(xⱼ) / Σₖ exp(xₖ)
 *
 * @param logits unscaled scores of float32, C along `axis`
 * @returns probabilities, shape of logits, differentiable to any order
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH for a scalar, AXIS for an axis outside [-rank, rank)
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/softmax
 */
export const softmax: (args: SoftmaxArgs) => Tensor = /*#__PURE__*/ operation<SoftmaxArgs>(
  { name: 'softmax', required: ['logits'], optional: ['axis', 'name'] },
  ({ logits, axis = -1 }) => {
    const x = logitsWithClasses('softmax', logits)
    return runKernel(softmaxKernel, { logits: x }, { axis: normalizeAxis('softmax', axis, x.rank) })
  },
)
