/**
 * The losses of Keras: as classes, as functions, and by their names.
 *
 * @module
 */
export {
  BinaryCrossentropy,
  binaryCrossentropy,
  binaryCrossentropy as BCE,
  binaryCrossentropy as bce,
} from './binary-crossentropy.ts'
export {
  BinaryFocalCrossentropy,
  type BinaryFocalCrossentropyOptions,
  binaryFocalCrossentropy,
} from './binary-focal-crossentropy.ts'
export { CategoricalCrossentropy, categoricalCrossentropy } from './categorical-crossentropy.ts'
export {
  CategoricalFocalCrossentropy,
  type CategoricalFocalCrossentropyOptions,
  categoricalFocalCrossentropy,
} from './categorical-focal-crossentropy.ts'
export {
  CategoricalGeneralizedCrossEntropy,
  type CategoricalGeneralizedCrossEntropyOptions,
  categoricalGeneralizedCrossEntropy,
} from './categorical-generalized-cross-entropy.ts'
export { CategoricalHinge, categoricalHinge } from './categorical-hinge.ts'
export { Circle, type CircleOptions, type CircleReferences, circle } from './circle.ts'
export {
  type CompiledCallOptions,
  type CompiledGradientOptions,
  type CompiledLoss,
  type CompileOptions,
  compileLoss,
  type OutputLoss,
  type OutputLosses,
  type PerOutput,
} from './compile-loss.ts'
export { CosineSimilarity, type CosineSimilarityOptions, cosineSimilarity } from './cosine-similarity.ts'
export type { CrossentropyOptions } from './crossentropy-options.ts'
export { CTC, ctc } from './ctc.ts'
export type { ClassOptions, LossFunction } from './defined-loss.ts'
export { Dice, type DiceOptions, dice } from './dice.ts'
export { distributionStrategy } from './distribution-strategy.ts'
export { Hinge, hinge } from './hinge.ts'
export { Huber, type HuberOptions, huber } from './huber.ts'
export {
  KLDivergence,
  klDivergence,
  klDivergence as KLD,
  klDivergence as kld,
  klDivergence as kullbackLeiblerDivergence,
} from './kl-divergence.ts'
export { LogCosh, logCosh, logCosh as logcosh } from './log-cosh.ts'
export { type GradientOptions, Loss, type LossOptions, type Pullback } from './loss.ts'
export {
  MeanAbsoluteError,
  meanAbsoluteError,
  meanAbsoluteError as MAE,
  meanAbsoluteError as mae,
} from './mean-absolute-error.ts'
export {
  MeanAbsolutePercentageError,
  meanAbsolutePercentageError,
  meanAbsolutePercentageError as MAPE,
  meanAbsolutePercentageError as mape,
} from './mean-absolute-percentage-error.ts'
export {
  MeanSquaredError,
  meanSquaredError,
  meanSquaredError as MSE,
  meanSquaredError as mse,
} from './mean-squared-error.ts'
export {
  MeanSquaredLogarithmicError,
  meanSquaredLogarithmicError,
  meanSquaredLogarithmicError as MSLE,
  meanSquaredLogarithmicError as msle,
} from './mean-squared-logarithmic-error.ts'
export type { BothSpellings } from './options.ts'
export type { LossKey } from './pair.ts'
export { Poisson, poisson } from './poisson.ts'
export { Reduction } from './reduction.ts'
export {
  type AnyLoss,
  type CustomLoss,
  type CustomObjects,
  deserialize,
  type FoundLoss,
  get,
  type LossIdentifier,
  type SerializedLoss,
  serialize,
} from './registry.ts'
export {
  SparseCategoricalCrossentropy,
  type SparseCategoricalCrossentropyOptions,
  sparseCategoricalCrossentropy,
} from './sparse-categorical-crossentropy.ts'
export { SquaredHinge, squaredHinge } from './squared-hinge.ts'
export { Tversky, type TverskyOptions, tversky } from './tversky.ts'
export type { WeightOptions } from './weighting.ts'
