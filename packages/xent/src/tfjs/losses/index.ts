/**
 * The losses of Keras for TensorFlow.js.
 *
 * @module
 */
export { circle } from './circle.ts'
export { cosineSimilarity } from './cosine-similarity.ts'
export {
  binaryCrossentropy,
  categoricalCrossentropy,
  categoricalGeneralizedCrossEntropy,
  sparseCategoricalCrossentropy,
} from './crossentropies.ts'
export { ctc } from './ctc.ts'
export { klDivergence, poisson } from './divergences.ts'
export {
  huber,
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
} from './errors.ts'
export { binaryFocalCrossentropy, categoricalFocalCrossentropy } from './focal.ts'
export { categoricalHinge, hinge, squaredHinge } from './hinges.ts'
export type { LossFunction } from './loss-function.ts'
export { dice, tversky } from './overlap.ts'
