/**
 * The losses of xent as operations of TensorFlow.js.
 *
 * @module
 */
export type { TensorOrLike } from './arguments.ts'
export { logSoftmax } from './log-softmax.ts'
export { type SigmoidArgs, sigmoidCrossEntropyWithLogits } from './sigmoid-cross-entropy.ts'
export { type SoftmaxArgs, softmax } from './softmax.ts'
export { type DenseArgs, softmaxCrossEntropyWithLogits } from './softmax-cross-entropy.ts'
export { type SparseArgs, sparseSoftmaxCrossEntropyWithLogits } from './sparse-softmax-cross-entropy.ts'
export { type WeightedArgs, weightedCrossEntropyWithLogits } from './weighted-cross-entropy.ts'
