/** The names of `tf.compat.v2.nn`: the functions of `xent` themselves. */
export { computeAverageLoss } from '../nn/average-loss.ts'
export { logSoftmax } from '../nn/log-softmax.ts'
export { sigmoidCrossEntropyWithLogits } from '../nn/sigmoid-cross-entropy.ts'
export { softmax } from '../nn/softmax.ts'
export { softmaxCrossEntropyWithLogits } from '../nn/softmax-cross-entropy.ts'
export { sparseSoftmaxCrossEntropyWithLogits } from '../nn/sparse-softmax-cross-entropy.ts'
export { weightedCrossEntropyWithLogits } from '../nn/weighted-cross-entropy.ts'
