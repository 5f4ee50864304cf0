import { logSoftmax as logSoftmaxOfMatrix, mul, neg, sub, type Tensor } from '@tensorflow/tfjs-core'
import { gradientInto } from '../nn/differentiable.ts'
import { logSoftmax as xentLogSoftmax } from '../nn/log-softmax.ts'
import { normalizeAxis } from '../tensor/shape.ts'
import { logitsWithClasses, operation } from './arguments.ts'
import type { Kernel } from './kernel.ts'
import { type AlongAxis, alongClasses, asMatrix, rowsOf, softmaxParts, viewed } from './rows.ts'
import { runKernel } from './run-kernel.ts'
import { probabilitiesOf, type SoftmaxArgs, softmaxGradient } from './softmax.ts'

const logSoftmaxKernel: Kernel<'logits', AlongAxis> = {
  name: 'XentLogSoftmax',
  inputs: ['logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ logits }, { axis }, out) => void xentLogSoftmax({ logits, axis }, { out }),
  gpu: (gpu, inputs, { axis }) => {
    const shape = rowsOf(inputs.logits.shape, axis)
    const logits = viewed(inputs.logits, shape)
    return gpu.map('logits - peak - logOf(total)', { logits, ...softmaxParts(gpu, logits) }, shape)
  },
  native: (_, { logits }, { axis }) => asMatrix(logits, axis, (matrix) => logSoftmaxOfMatrix(matrix)),
  gradients: (dy, { logits }, attributes) => ({
    logits: () => runKernel(logSoftmaxGradientKernel, { dy, logits }, attributes),
  }),
}

/** v − p·Σv */
const logSoftmaxGradientKernel: Kernel<'dy' | 'logits', AlongAxis> = {
  name: 'XentLogSoftmaxGradient',
  inputs: ['dy', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, logits }, { axis }, out) => gradientInto(xentLogSoftmax, 'logits', { logits, axis }, dy, out),
  gpu: (gpu, inputs, { axis }) => {
    const shape = rowsOf(inputs.logits.shape, axis)
    const logits = viewed(inputs.logits, shape)
    const dy = viewed(inputs.dy, shape)
    const { peak, total } = softmaxParts(gpu, logits)
    const mass = gpu.reduce('sum', 'dy', { dy }, shape)
    return gpu.map('dy - expOf(logits - peak) / total * mass', { dy, logits, peak, total, mass }, shape)
  },
  native: (_, { dy, logits }, attributes) =>
    sub(dy, mul(probabilitiesOf(logits, attributes), alongClasses(dy, attributes))),
  gradients: (v, { dy, logits }, attributes) => ({
    dy: () => sub(v, alongClasses(mul(v, probabilitiesOf(logits, attributes)), attributes)),
    logits: () => neg(softmaxGradient(mul(v, alongClasses(dy, attributes)), logits, attributes)),
  }),
}

/** The logarithms of the probabilities of logits, to compose derivatives of. */
export const logProbabilitiesOf = (logits: Tensor, { axis }: AlongAxis): Tensor =>
  runKernel(logSoftmaxKernel, { logits }, { axis })

/**
 * Logarithms of the probabilities of the classes, as an operation of TensorFlow.js, along any axis.
 *
 * log pⱼ = xⱼ − log Σₖ exp(xₖ)
 *
 * @param logits unscaled scores of float32, C along `axis`
 * @returns log-probabilities, shape of logits, differentiable to any order
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH for a scalar, AXIS for an axis outside [-rank, rank)
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/log_softmax
 */
export const logSoftmax: (args: SoftmaxArgs) => Tensor = /*#__PURE__*/ operation<SoftmaxArgs>(
  { name: 'logSoftmax', required: ['logits'], optional: ['axis', 'name'] },
  ({ logits, axis = -1 }) => {
    const x = logitsWithClasses('logSoftmax', logits)
    return runKernel(logSoftmaxKernel, { logits: x }, { axis: normalizeAxis('logSoftmax', axis, x.rank) })
  },
)
