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
  (t, p, { yTrue, yPred }) => {
    const [labels, predictions] = [normOf(t, least), normOf(p, least)]
    const cosine = dot(t, p) / (labels.norm * predictions.norm)
    if (yTrue) slide(yTrue, t, labels, p, predictions.norm, cosine)
    if (yPred) slide(yPred, p, predictions, t, labels.norm, cosine)
    return -cosine
  }

interface Norm {
  /** What a vector is divided by. */
  readonly norm: number
  /** Whether that is the vector's own norm, and so changes with it. */
  readonly isOwn: boolean
}

const normOf = (vector: Float64Array, least: number): Norm => {
  const own = Math.sqrt(dot(vector, vector))
  return { norm: Math.max(own, least), isOwn: own >= least }
}

const dot = (a: Float64Array, b: Float64Array): number => {
  let sum = 0
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!
  return sum
}

/** The derivative of −cosine by a vector, which turns but does not stretch where its norm is divided out. */
const slide = (
  slope: Float64Array,
  vector: Float64Array,
  { norm, isOwn }: Norm,
  other: Float64Array,
  otherNorm: number,
  cosine: number,
): void => {
  for (let j = 0; j < slope.length; j++)
    slope[j] = ((isOwn ? (cosine * vector[j]!) / norm : 0) - other[j]! / otherNorm) / norm
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
