import { epsilonOf } from './constants.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import type { LossKey } from './pair.ts'
import { axisPlan, type Row } from './rows.ts'

export interface CosineSimilarityOptions {
  /** The axis of the vectors. Default the last. */
  readonly axis?: number
}

const rowOf =
  (least: number): Row =>
  (t, p, slopes) => {
    const labels = directionOf(t, least)
    const predictions = directionOf(p, least)
    const cosine = dot(labels.unit, predictions.unit)
    if (slopes) {
      slideInto(slopes.yTrue, labels, predictions.unit, cosine)
      slideInto(slopes.yPred, predictions, labels.unit, cosine)
    }
    return -cosine
  }

interface Direction {
  readonly unit: Float64Array
  /** What one was divided by. */
  readonly norm: number
  /** Whether that is the vector's own norm, and so changes with it. */
  readonly isOwn: boolean
}

const directionOf = (vector: Float64Array, least: number): Direction => {
  const own = Math.sqrt(dot(vector, vector))
  const norm = Math.max(own, least)
  return { unit: vector.map((x) => x / norm), norm, isOwn: own >= least }
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, x, j) => sum + x * b[j]!, 0)

/** The derivative of −cosine by a vector, which turns but does not stretch where its norm is divided out. */
const slideInto = (
  slope: Float64Array,
  { unit, norm, isOwn }: Direction,
  other: Float64Array,
  cosine: number,
): void => {
  for (let j = 0; j < unit.length; j++) slope[j] = -(other[j]! - (isOwn ? cosine * unit[j]! : 0)) / norm
}

const definition: LossDefinition<CosineSimilarityOptions, LossKey> = {
  name: 'cosine_similarity',
  className: 'CosineSimilarity',
  options: { axis: -1 },
  keys: ['yTrue', 'yPred'],
  plan: (pair, { axis }) => axisPlan(pair, axis, rowOf(epsilonOf(pair.compute))),
}

/**
 * The negative cosine of the angle between labels and predictions along `axis`.
 *
 * −Σ y · p / (‖y‖ ‖p‖), norms being 1e-7 at least; −1 for the same direction, 0 for a zero vector
 *
 * @returns the loss of each example, shape of yPred without `axis`
 * @see https://keras.io/api/losses/regression_losses/#cosinesimilarity-function
 */
export const cosineSimilarity: LossFunction<CosineSimilarityOptions, LossKey> =
  /*#__PURE__*/ lossFunction(definition)

/** The negative cosine of the angle between labels and predictions. */
export class CosineSimilarity extends DefinedLoss<CosineSimilarityOptions, LossKey> {
  constructor(options?: ClassOptions<CosineSimilarityOptions>) {
    super(definition, options)
  }
}
