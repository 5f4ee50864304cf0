import {
  add,
  broadcast_util,
  mul,
  neg,
  reshape,
  sigmoid,
  softplus,
  sub,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core'
import { commonShape } from '../nn/common-shape.ts'
import { gradientInto } from '../nn/differentiable.ts'
import { weightedCrossEntropyWithLogits as xentWeighted } from '../nn/weighted-cross-entropy.ts'
import type { Shape } from '../tensor/shape.ts'
import { broadcast, floatsOf, operation, type TensorOrLike } from './arguments.ts'
import type { Kernel } from './kernel.ts'
import { runKernel } from './run-kernel.ts'
import {
  elementsOf,
  type SigmoidArgs,
  sigmoidOf,
  sigmoidSlopeOf,
  softplusOf,
} from './sigmoid-cross-entropy.ts'

export interface WeightedArgs extends SigmoidArgs {
  /** Multiplies the loss of the positive term: above 1 for fewer misses, below 1 for fewer false alarms. Broadcasts. */
  readonly posWeight: TensorOrLike
}

const name = 'weightedCrossEntropyWithLogits'

/** With posWeight q of any shape that broadcasts to that of logits and labels. */
const weightedKernel: Kernel<'labels' | 'logits' | 'posWeight', object> = {
  name: 'XentWeightedCrossEntropyWithLogits',
  inputs: ['labels', 'logits', 'posWeight'],
  shapeOf: ({ logits }) => logits.shape,
  host: (inputs, _, out) => void xentWeighted(inputs, { out }),
  gpu: (gpu, inputs) =>
    gpu.map(
      'share(1.0 - labels, softplus(logits)) + share(posWeight * labels, softplus(-logits))',
      inputs,
      inputs.logits.shape,
    ),
  native: (_, { labels, logits, posWeight }) =>
    add(mul(sub(1, labels), softplus(logits)), mul(mul(posWeight, labels), softplus(neg(logits)))),
  gradients: (dy, { labels, logits, posWeight }) => ({
    logits: () => runKernel(weightedGradientKernel, { dy, labels, logits, posWeight }, {}),
    labels: () => mul(dy, sub(mul(posWeight, softplusOf(neg(logits))), softplusOf(logits))),
    posWeight: () => sumTo(posWeight.shape, mul(mul(dy, labels), softplusOf(neg(logits)))),
  }),
}

/** dy((1 − z)σ(x) − qzσ(−x)) */
const weightedGradientKernel: Kernel<'dy' | 'labels' | 'logits' | 'posWeight', object> = {
  name: 'XentWeightedCrossEntropyWithLogitsGradient',
  inputs: ['dy', 'labels', 'logits', 'posWeight'],
  shapeOf: ({ logits }) => logits.shape,
  host: ({ dy, ...inputs }, _, out) => gradientInto(xentWeighted, 'logits', inputs, dy, out),
  gpu: (gpu, inputs) =>
    gpu.map(
      'dy * ((1.0 - labels) * sigmoid(logits) - posWeight * labels * sigmoid(-logits))',
      inputs,
      inputs.logits.shape,
    ),
  native: (_, { dy, labels, logits, posWeight }) =>
    mul(dy, sub(mul(sub(1, labels), sigmoid(logits)), mul(mul(posWeight, labels), sigmoid(neg(logits))))),
  gradients: (v, { dy, labels, logits, posWeight }) => ({
    dy: () => runKernel(weightedGradientKernel, { dy: v, labels, logits, posWeight }, {}),
    logits: () => {
      const curvature = mul(add(sub(1, labels), mul(posWeight, labels)), sigmoidSlopeOf(logits))
      return mul(mul(v, dy), curvature)
    },
    labels: () => {
      const slope = add(sigmoidOf(logits), mul(posWeight, sigmoidOf(neg(logits))))
      return neg(mul(mul(v, dy), slope))
    },
    posWeight: () => neg(sumTo(posWeight.shape, mul(mul(v, dy), mul(labels, sigmoidOf(neg(logits)))))),
  }),
}

/** Adds up what was broadcast from a shape. */
const sumTo = (shape: Shape, tensor: Tensor): Tensor => {
  const axes = broadcast_util.getReductionAxes([...shape], tensor.shape)
  return reshape(axes.length > 0 ? sum(tensor, axes) : tensor, [...shape])
}

/**
 * Sigmoid cross-entropy with a weight on the positive term, per element, as an operation of TensorFlow.js.
 *
 * loss = −z · q · log σ(x) − (1 − z) · log(1 − σ(x)) = (1 − z) · softplus(x) + q · z · softplus(−x)
 *
 * @param labels the probability z of each event, any real type, the shape of logits
 * @param logits unscaled scores x of float32, any rank; not the output of a sigmoid
 * @param posWeight q, any real type; broadcasts against logits
 * @returns loss in nats, shape of logits broadcast with posWeight, differentiable by all three to any order
 * @throws XentError DTYPE for logits of another type, SHAPE_MISMATCH where the shapes differ or posWeight does not broadcast
 * @see https://www.tensorflow.org/api_docs/python/tf/nn/weighted_cross_entropy_with_logits
 */
export const weightedCrossEntropyWithLogits: (args: WeightedArgs) => Tensor =
  /*#__PURE__*/ operation<WeightedArgs>(
    { name, required: ['labels', 'logits', 'posWeight'], optional: ['name'] },
    (args) => {
      const { labels, logits } = elementsOf(name, args)
      const posWeight = floatsOf(name, 'posWeight', args.posWeight)
      const shape = commonShape(name, 'posWeight', posWeight.shape, logits.shape, 'logits')
      const inputs = { labels: broadcast(labels, shape), logits: broadcast(logits, shape), posWeight }
      return runKernel(weightedKernel, inputs, {})
    },
  )
