import { div, maximum, mul, neg, sqrt, square, sum, type Tensor } from '@tensorflow/tfjs-core'
import { axisOf } from '../../keras/axes.ts'
import type { CosineSimilarityOptions } from '../../keras/cosine-similarity.ts'
import { type LossFunction, lossFactory } from './loss-function.ts'
import { broadcasted } from './pair.ts'
import { epsilon } from './steady.ts'

/** A vector divided by its norm, which is limited before the root: that has no slope at 0. */
const direction = (vector: Tensor, axis: number): Tensor =>
  div(vector, sqrt(maximum(sum(square(vector), axis, true), epsilon ** 2)))

/**
 * The negative cosine of the angle between labels and predictions along `axis`.
 *
 * −Σ y · p / (‖y‖ ‖p‖), norms being 1e-7 at least; −1 for the same direction, 0 for a zero vector
 *
 * @param options axis
 * @returns a loss of yTrue and yPred: shape of yPred without `axis`
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast, AXIS
 * @see https://keras.io/api/losses/regression_losses/#cosinesimilarity-function
 */
export const cosineSimilarity: (options?: CosineSimilarityOptions) => LossFunction =
  /*#__PURE__*/ lossFactory<CosineSimilarityOptions>({
    name: 'cosineSimilarity',
    options: { axis: -1 },
    compute: (given, options) => {
      const { fn, yTrue, yPred } = broadcasted(given)
      const axis = axisOf(fn, options.axis, yPred.rank)
      return neg(sum(mul(direction(yTrue, axis), direction(yPred, axis)), axis))
    },
  })
