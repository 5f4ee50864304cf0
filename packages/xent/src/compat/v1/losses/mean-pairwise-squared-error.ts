import { complain } from '../../../error.ts'

import { type Row, rowsPlan } from '../../../keras/rows.ts'
import { type Shape, sizeOf } from '../../../tensor/shape.ts'
import { broadcastTo, contiguousView, elementsIn, type View } from '../../../tensor/strided.ts'
import type { ComparisonArgs } from './comparison.ts'
import { type LossFunction, lossFunction } from './loss-function.ts'
import { castPair } from './pair.ts'
import { Reduction } from './reduction.ts'
import { weightsFor } from './weights.ts'

/** `predictions` have examples along their first axis. */
export type PairwiseArgs = Omit<ComparisonArgs, 'reduction'>

const name = 'meanPairwiseSquaredError'

/**
 * How much the differences between the predictions of an example are not those between its labels, squared.
 *
 * Σ over examples of w · (2 Σ e² / (n − 1) − 2 (Σ e)² / (n (n − 1))), with e = p − y and n the number of elements whose
 * weight is not 0; 0 for an example with n < 2. Where weights differ within an example, w is their sum.
 *
 * @param labels y, the shape of predictions
 * @param predictions p, examples along the first axis
 * @returns a scalar; float32, float64 for float64
 * @throws XentError SHAPE_MISMATCH where the shapes differ or weights do not fit, and for a scalar; MISSING_ARGUMENT
 * @see https://www.tensorflow.org/api_docs/python/tf/compat/v1/losses/mean_pairwise_squared_error
 */
export const meanPairwiseSquaredError: LossFunction<PairwiseArgs, 'labels' | 'predictions'> =
  /*#__PURE__*/ lossFunction({
    name,
    required: ['labels', 'predictions'],
    optional: [],
    keys: { labels: 'yTrue', predictions: 'yPred' },
    plan: ({ labels, predictions, weights }: PairwiseArgs) => {
      const pair = castPair(name, { yTrue: 'labels', yPred: 'predictions' }, labels, predictions)
      const { shape } = pair.yPred
      if (shape.length === 0) throw noExamples()
      const { sums, counts } = byExample(weightsFor(name, weights, shape, pair.dtype), shape)
      const axes = shape.map((_, k) => k).slice(1)
      return { ...rowsPlan(pair, axes, rowOf(counts)), weight: sums, reduction: Reduction.SUM }
    },
  })

const noExamples = (): Error => {
  const text = 'Requires start <= limit when delta > 0: 1/0'
  return complain('SHAPE_MISMATCH', name, 'predictions', 'rank 1 or more', 'a scalar', text)
}

interface ExampleWeights {
  /** The sum of each example's weights, of which those that broadcast count once. */
  readonly sums: Float64Array
  /** How many of each example's elements have a weight that is not 0. */
  readonly counts: Float64Array
}

const byExample = (weights: View, [examples, ...rest]: Shape): ExampleWeights => {
  const own = weights.shape.length === 0 ? rest.map(() => 1) : weights.shape.slice(1)
  const size = sizeOf(own)
  const aligned =
    weights.shape.length === 0 ? contiguousView(weights.data, weights.dtype, [1, ...own]) : weights
  const elements = elementsIn('float64', broadcastTo(aligned, [examples!, ...own])!)
  const sums = new Float64Array(examples!)
  const counts = new Float64Array(examples!)
  const repeats = sizeOf(rest) / size
  elements.forEach((weight, k) => {
    const example = Math.floor(k / size)
    sums[example]! += weight
    if (weight !== 0) counts[example]! += repeats
  })
  return { sums, counts }
}

/** The mean is taken out of the errors first: their squares may be large where their differences are small. */
const rowOf =
  (counts: Float64Array): Row =>
  (t, p, { yTrue, yPred }, k) => {
    const n = counts[k]!
    const isPair = n > 1
    const errors = p.map((prediction, j) => prediction - t[j]!)
    const sum = errors.reduce((total, error) => total + error, 0)
    const mean = sum / errors.length
    for (let j = 0; j < errors.length; j++) {
      const slope = isPair ? (4 * (errors[j]! - sum / n)) / (n - 1) : 0
      if (yPred) yPred[j] = slope
      if (yTrue) yTrue[j] = -slope
    }
    if (!isPair) return 0
    const spread = errors.reduce((total, error) => total + (error - mean) ** 2, 0)
    return (2 * (spread + (sum * mean * (n - errors.length)) / n)) / (n - 1)
  }
