/**
 * The losses of xent as operations of TensorFlow.js.
 *
 * @module
 */
export type { TensorOrLike } from './arguments.ts'
export {
  type ByOutput,
  type CompileWithArgs,
  compileWith,
  type LossOrMetric,
  type Metrics,
  type Model,
} from './compile-with.ts'
export { logSoftmax } from './log-softmax.ts'
export * as losses from './losses/index.ts'
export type { Comparison, LossFunction } from './losses/loss-function.ts'
export * as metrics from './metrics/index.ts'
export type { ClassWeight } from './output-weights.ts'
export { type SigmoidArgs, sigmoidCrossEntropyWithLogits } from './sigmoid-cross-entropy.ts'
export { type SoftmaxArgs, softmax } from './softmax.ts'
export { type DenseArgs, softmaxCrossEntropyWithLogits } from './softmax-cross-entropy.ts'
export { type SparseArgs, sparseSoftmaxCrossEntropyWithLogits } from './sparse-softmax-cross-entropy.ts'
export { type WeightedArgs, weightedCrossEntropyWithLogits } from './weighted-cross-entropy.ts'
export { computeWeightedLoss, type WeightedReduction } from './weighted-loss.ts'
