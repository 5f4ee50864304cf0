export { AllocatedTensor } from './engine/allocated-tensor.ts'
export { XentError, type XentErrorCode } from './error.ts'
export { allocate } from './nn/allocate.ts'
export { type AverageLossArgs, computeAverageLoss } from './nn/average-loss.ts'
export {
  type AsyncDifferentiable,
  createEngine,
  type EngineName,
  type EngineOptions,
  type XentEngine,
} from './nn/create-engine.ts'
export {
  type CallOptions,
  type Defined,
  type Derived,
  type Differentiable,
  type GradOptions,
  type OutArray,
  type ValueAndGrad,
  valueAndGrad,
} from './nn/differentiable.ts'
export {
  type CurvatureOptions,
  hessianVectorProduct,
  type Products,
  type Tangents,
} from './nn/hessian-vector-product.ts'
export { logSoftmax } from './nn/log-softmax.ts'
export { reduceMean, reduceSum } from './nn/reduce.ts'
export { type SigmoidArgs, sigmoidCrossEntropyWithLogits } from './nn/sigmoid-cross-entropy.ts'
export { type SoftmaxArgs, softmax } from './nn/softmax.ts'
export { type DenseArgs, softmaxCrossEntropyWithLogits } from './nn/softmax-cross-entropy.ts'
export { type SparseArgs, sparseSoftmaxCrossEntropyWithLogits } from './nn/sparse-softmax-cross-entropy.ts'
export { type WeightedArgs, weightedCrossEntropyWithLogits } from './nn/weighted-cross-entropy.ts'
export type { ArrayOf, DType, ElementOf, FloatDType, TypedArray } from './tensor/dtype.ts'
export { type ArrayObject, type NestedInput, type TensorLike, tensor } from './tensor/read.ts'
export type { Shape } from './tensor/shape.ts'
export { type FloatTensor, type NestedArray, Tensor, type TensorJSON } from './tensor/tensor.ts'
