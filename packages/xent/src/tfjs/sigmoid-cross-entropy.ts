import {
  abs,
  add,
  exp,
  log1p,
  mul,
  neg,
  onesLike,
  relu,
  sigmoid,
  sub,
  type Tensor,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { gradientInto } from '../nn/differentiable.ts'
import { sigmoidCrossEntropyWithLogits as xentSigmoid } from '../nn/sigmoid-cross-entropy.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import { floatsOf, logitsOf, operation, type TensorOrLike } from './arguments.ts'
import type { Kernel, Tensors } from './kernel.ts'
import { runKernel } from './run-kernel.ts'

export interface SigmoidArgs {
  /** The probability of each event, in [0, 1]: any real type, the shape of logits. */
  readonly labels: TensorOrLike
  /** Unscaled scores of float32, any rank. */
  readonly logits: TensorOrLike
  /** Taken as TensorFlow takes it; it has no effect. */
  readonly name?: string
}

const name = 'sigmoidCrossEntropyWithLogits'

const sigmoidKernel: Kernel<'labels' | 'logits', object> = {
  name: 'XentSigmoidCrossEntropyWithLogits',
  inputs: ['labels', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: (inputs, _, out) => void xentSigmoid(inputs, { out }),
  gpu: (gpu, inputs) =>
    gpu.map(
      'share(1.0 - labels, softplus(logits)) + share(labels, softplus(-logits))',
      inputs,
      inputs.logits.shape,
    ),
  // what TensorFlow composes it of
  native: (_, { labels, logits }) =>
    add(sub(relu(logits), mul(logits, labels)), log1p(exp(neg(abs(logits))))),
  gradients: (dy, inputs) => ({
    logits: () => runKernel(sigmoidGradientKernel, { dy, ...inputs }, {}),
    labels: () => neg(mul(dy, inputs.logits)),
  }),
}

/** dy(σ(x) − z) */
const sigmoidGradientKernel: Kernel<'dy' | 'labels' | 'logits', object> = {
  name: 'XentSigmoidCrossEntropyWithLogitsGradient',
  inputs: ['dy', 'labels', 'logits'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, ...inputs }, _, out) => gradientInto(xentSigmoid, 'logits', inputs, dy, out),
  gpu: (gpu, inputs) =>
    gpu.map(
      'dy * ((1.0 - labels) * sigmoid(logits) - labels * sigmoid(-logits))',
      inputs,
      inputs.logits.shape,
    ),
  native: (_, { dy, labels, logits }) => mul(dy, sub(sigmoid(logits), labels)),
  gradients: (v, { dy, labels, logits }) => ({
    dy: () => runKernel(sigmoidGradientKernel, { dy: v, labels, logits }, {}),
    labels: () => neg(mul(v, dy)),
    logits: () => mul(mul(v, dy), sigmoidSlopeOf(logits)),
  }),
}

/** σ(x), which is the gradient where the label is 0: unlike TensorFlow.js's own it can be differentiated to any order. */
export const sigmoidOf = (logits: Tensor): Tensor =>
  runKernel(sigmoidGradientKernel, { dy: onesLike(logits), labels: zerosLike(logits), logits }, {})

/** σ(x)σ(−x), the slope of σ. */
export const sigmoidSlopeOf = (logits: Tensor): Tensor => mul(sigmoidOf(logits), sigmoidOf(neg(logits)))

/** log(1 + exp x), which is the loss where the label is 0. */
export const softplusOf = (logits: Tensor): Tensor =>
  runKernel(sigmoidKernel, { labels: zerosLike(logits), logits }, {})

/** The arguments of both functions of this family as float32, labels of the shape of logits. */
export const elementsOf = (fn: string, { labels, logits }: SigmoidArgs): Tensors<'labels' | 'logits'> => {
  const x = logitsOf(fn, logits)
  const z = floatsOf(fn, 'labels', labels)
  if (sameShape(z.shape, x.shape)) return { labels: z, logits: x }
  const expected = `the shape of logits, ${formatShape(x.shape)}`
  throw complain('SHAPE_MISMATCH', fn, 'labels', expected, formatShape(z.shape))
}

/**
 * Cross-entropy of independent events, per element, as an operation of TensorFlow.js: for classes that do not exclude
 * each other.
 *
 * loss = −z · log σ(x) − (1 − z) · log(1 − σ(x)) = (1 − z) · softplus(x) + z · softplus(−x)
 *
 * @param labels the probability z of each event, any real type, the shape of logits
 * @param logits unscaled scores x of float32, any rank; not the output of a sigmoid
 * @returns loss in nats, shape of logits, differentiable by logits and labels to any order
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH where the shapes differ
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/sigmoid_cross_entropy_with_logits
 */
export const sigmoidCrossEntropyWithLogits: (args: SigmoidArgs) => Tensor =
  /*#__PURE__*/ operation<SigmoidArgs>({ name, required: ['labels', 'logits'], optional: ['name'] }, (args) =>
    runKernel(sigmoidKernel, elementsOf(name, args), {}),
  )
