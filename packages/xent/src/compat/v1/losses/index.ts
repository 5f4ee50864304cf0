/**
 * The losses of `tf.compat.v1.losses`, weighted and reduced.
 *
 * @module
 */
export { absoluteDifference } from './absolute-difference.ts'
export type { ComparisonArgs } from './comparison.ts'
export { computeWeightedLoss, type WeightedLossArgs } from './compute-weighted-loss.ts'
export { type CosineArgs, cosineDistance } from './cosine-distance.ts'
export { type HingeArgs, hingeLoss } from './hinge-loss.ts'
export { type HuberArgs, huberLoss } from './huber-loss.ts'
export { type LogLossArgs, logLoss } from './log-loss.ts'
export type { GradientOptions, LossFunction } from './loss-function.ts'
export { meanPairwiseSquaredError, type PairwiseArgs } from './mean-pairwise-squared-error.ts'
export { meanSquaredError } from './mean-squared-error.ts'
export { Reduction } from './reduction.ts'
export { type SigmoidCrossEntropyArgs, sigmoidCrossEntropy } from './sigmoid-cross-entropy.ts'
export { type SoftmaxCrossEntropyArgs, softmaxCrossEntropy } from './softmax-cross-entropy.ts'
export {
  type SparseSoftmaxCrossEntropyArgs,
  sparseSoftmaxCrossEntropy,
} from './sparse-softmax-cross-entropy.ts'
