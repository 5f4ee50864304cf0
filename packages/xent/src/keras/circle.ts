import { complain } from '../error.ts'
import { encoded } from '../tensor/encoding.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { formatShape, sizeOf } from '../tensor/shape.ts'
import type { View } from '../tensor/strided.ts'
import { Tensor } from '../tensor/tensor.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import { elementsIn, type Pair } from './pair.ts'
import type { Factors, Outcome, Plan } from './plan.ts'

export interface CircleOptions {
  /** How steep the loss is. Default 80. */
  readonly gamma?: number
  /** How far from perfect similarities may stay. Default 0.4. */
  readonly margin?: number
  /** Whether an example is not compared with itself. Default true. */
  readonly removeDiagonal?: boolean
}

/** What only the function takes. */
export interface CircleReferences {
  /** The classes of the embeddings to compare with. Default those of the examples. */
  readonly refLabels?: TensorLike | null
  /** The embeddings to compare with, [M, D]. Default those of the examples. */
  readonly refEmbeddings?: TensorLike | null
}

const options: Required<CircleOptions> = { gamma: 80, margin: 0.4, removeDiagonal: true }
const common = { name: 'circle', className: 'Circle', keys: ['yPred'], isOfClassIds: true } as const

const definition: LossDefinition<CircleOptions, 'yPred'> = {
  ...common,
  options,
  plan: (pair, settings) => circlePlan(pair, settings, {}),
}

const withReferences: LossDefinition<CircleOptions & CircleReferences, 'yPred'> = {
  ...common,
  options: { ...options, refLabels: null, refEmbeddings: null },
  plan: (pair, settings) => circlePlan(pair, settings, settings),
}

/** Rows of a matrix. */
interface Embeddings {
  readonly data: Float64Array
  readonly count: number
  readonly size: number
}

const circlePlan = (
  pair: Pair,
  settings: Required<CircleOptions>,
  { refLabels, refEmbeddings }: CircleReferences,
): Plan => {
  const { fn, yTrue, yPred, dtype } = pair
  const queries = embeddingsOf(fn, 'yPred', yPred, pair.gradients.yPred.shape)
  const labels = labelsOf(fn, 'yTrue', yTrue, queries.count)
  const given = refEmbeddings == null ? undefined : read(fn, 'refEmbeddings', refEmbeddings, dtype)
  const references = given ? embeddingsOf(fn, 'refEmbeddings', given, given.shape) : queries
  const classes =
    refLabels == null
      ? labels
      : labelsOf(fn, 'refLabels', read(fn, 'refLabels', refLabels, 'float64'), references.count)
  if (classes.length !== references.count || references.size !== queries.size)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'refEmbeddings',
      `shape ${formatShape([classes.length, queries.size])}`,
      formatShape(given?.shape ?? []),
    )
  const rows = Array.from(labels, (label, i) =>
    rowOf(queries, references, i, (j) => classes[j] === label, settings),
  )
  const values = rows.map(({ loss }) => loss)
  // examples without a loss, such as those without a partner, are left out of a mean, unless all are
  const valid = values.some((loss) => loss > 0)
    ? Uint8Array.from(values, (loss) => (loss > 0 ? 1 : 0))
    : undefined
  const run = (factors: Factors, keys: readonly string[]): Outcome => ({
    values,
    gradients: keys.length > 0 ? { yPred: gradientOf(pair, queries, references, rows, factors) } : {},
  })
  return { shape: [queries.count], dtype, valid, run }
}

interface CircleRow {
  readonly loss: number
  /** The derivative of the loss by the similarity to each reference. */
  readonly slopes: () => Float64Array
}

/** The loss of an example: softplus(log Σ exp(how far its likes are) + log Σ exp(how near the others are)). */
const rowOf = (
  queries: Embeddings,
  references: Embeddings,
  i: number,
  isAlike: (j: number) => boolean,
  { gamma, margin, removeDiagonal }: Required<CircleOptions>,
): CircleRow => {
  const similarities = Float64Array.from({ length: references.count }, (_, j) =>
    dot(queries, i, references, j),
  )
  const distances = similarities.map((similarity) => Math.max(1 - similarity, 0))
  const alike: number[] = []
  const others: number[] = []
  for (let j = 0; j < distances.length; j++) {
    if (!isAlike(j)) others.push(j)
    else if (!(removeDiagonal && i === j)) alike.push(j)
  }
  const pull = alike.map((j) => gamma * Math.max(margin + distances[j]!, 0) * (distances[j]! - margin))
  const push = others.map(
    (j) => gamma * Math.max(1 + margin - distances[j]!, 0) * (1 - margin - distances[j]!),
  )
  const sum = logSumExp(pull) + logSumExp(push)
  const slopes = (): Float64Array => {
    const byDistance = new Float64Array(distances.length)
    const chance = 1 / (1 + Math.exp(-sum))
    const shares = (
      terms: readonly number[],
      indices: readonly number[],
      slope: (d: number) => number,
    ): void => {
      const total = logSumExp(terms)
      indices.forEach((j, k) => {
        byDistance[j] = chance * Math.exp(terms[k]! - total) * gamma * slope(distances[j]!)
      })
    }
    shares(pull, alike, (d) => (margin + d < 0 ? 0 : 2 * d))
    shares(push, others, (d) => (1 + margin - d < 0 ? 0 : 2 * d - 2))
    return byDistance.map((slope, j) => (1 - similarities[j]! < 0 ? 0 : -slope))
  }
  return { loss: softplus(sum), slopes }
}

const gradientOf = (
  pair: Pair,
  queries: Embeddings,
  references: Embeddings,
  rows: readonly CircleRow[],
  factors: Factors,
): Tensor<Pair['dtype']> => {
  const { size } = queries
  const gradient = new Float64Array(queries.data.length)
  rows.forEach(({ loss, slopes }, i) => {
    if (loss === 0) return
    const factor = typeof factors === 'number' ? factors : factors[i]!
    slopes().forEach((slope, j) => {
      for (let d = 0; d < size; d++) {
        gradient[i * size + d]! += factor * slope * references.data[j * size + d]!
        // an example is also what others are compared with
        if (references === queries) gradient[j * size + d]! += factor * slope * queries.data[i * size + d]!
      }
    })
  })
  return new Tensor(encoded(gradient, pair.dtype), pair.gradients.yPred.shape, pair.dtype)
}

const dot = (a: Embeddings, i: number, b: Embeddings, j: number): number => {
  let sum = 0
  for (let d = 0; d < a.size; d++) sum += a.data[i * a.size + d]! * b.data[j * b.size + d]!
  return sum
}

const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))

/** −∞ for no terms. */
const logSumExp = (terms: readonly number[]): number => {
  const most = terms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(most)) return most
  return most + Math.log(terms.reduce((sum, term) => sum + Math.exp(term - most), 0))
}

const embeddingsOf = (fn: string, argument: string, view: View, shape: readonly number[]): Embeddings => {
  if (shape.length !== 2)
    throw complain('SHAPE_MISMATCH', fn, argument, 'rank 2: [examples, dimensions]', formatShape(shape))
  return { data: elementsIn('float64', view), count: shape[0]!, size: shape[1]! }
}

const labelsOf = (fn: string, argument: string, view: View, count: number): Float64Array => {
  if (sizeOf(view.shape) !== count)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      argument,
      `${count} classes, one for each embedding`,
      formatShape(view.shape),
    )
  return elementsIn('float64', view)
}

/**
 * Pulls embeddings of the same class together and pushes those of different classes apart, the harder the further off.
 *
 * softplus(log Σ exp(γ (d + m)(d − m)) + log Σ exp(γ (1 + m − d)(1 − m − d))) of the cosine distances d = max(0, 1 − p · r) to
 * all of the same class, and to all others
 *
 * @param yTrue the class of each example, whole numbers
 * @param yPred embeddings of norm 1, [N, D]
 * @returns losses, [N]; 0 where no other example is of the class
 * @throws XentError SHAPE_MISMATCH
 * @see https://arxiv.org/abs/2002.10857
 */
export const circle: LossFunction<CircleOptions & CircleReferences, 'yPred'> =
  /*#__PURE__*/ lossFunction(withReferences)

/** Pulls embeddings of the same class together and pushes those of different classes apart. */
export class Circle extends DefinedLoss<CircleOptions, 'yPred'> {
  constructor(options?: ClassOptions<CircleOptions>) {
    super(definition, options)
  }
}
