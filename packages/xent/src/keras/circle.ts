import { complain } from '../error.ts'
import { encoded } from '../tensor/encoding.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { formatShape, sizeOf } from '../tensor/shape.ts'
import { elementsIn, type View } from '../tensor/strided.ts'
import { Tensor } from '../tensor/tensor.ts'
import { checkedWhole } from './class-ids.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import type { Pair } from './pair.ts'
import type { Factors, Outcome, Plan } from './plan.ts'
import { softplus } from './softplus.ts'

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

/** Examples, what they are compared with, and which of those are alike. */
interface Comparison {
  readonly queries: Embeddings
  readonly references: Embeddings
  /** Whether an example is compared with a reference of its class, of another, or not at all. */
  readonly relation: (i: number, j: number) => 'alike' | 'other' | 'none'
}

const circlePlan = (pair: Pair, settings: Required<CircleOptions>, given: CircleReferences): Plan => {
  const { dtype } = pair
  const comparison = comparisonOf(pair, settings, given)
  const { count } = comparison.queries
  const values = Float64Array.from({ length: count }, (_, i) => lossOf(comparison, i, settings))
  // examples without a loss, such as those without a partner, are left out of a mean, unless all are
  const valid = values.some((loss) => loss > 0)
    ? Uint8Array.from(values, (loss) => (loss > 0 ? 1 : 0))
    : undefined
  const run = (factors: Factors, keys: readonly string[]): Outcome => ({
    values,
    gradients: keys.length > 0 ? { yPred: gradientOf(pair, comparison, values, factors, settings) } : {},
  })
  return { shape: [count], dtype, valid, run }
}

const comparisonOf = (
  { fn, yTrue, yPred, gradients }: Pair,
  { removeDiagonal }: Required<CircleOptions>,
  { refLabels, refEmbeddings }: CircleReferences,
): Comparison => {
  const queries = embeddingsOf(fn, 'yPred', yPred, gradients.yPred.shape)
  const labels = labelsOf(fn, 'yTrue', yTrue, queries.count)
  const given = refEmbeddings == null ? undefined : read(fn, 'refEmbeddings', refEmbeddings, 'float64')
  const references = given ? embeddingsOf(fn, 'refEmbeddings', given, given.shape) : queries
  const classes =
    refLabels == null
      ? labels
      : labelsOf(fn, 'refLabels', read(fn, 'refLabels', refLabels, 'float64'), references.count)
  if (classes.length !== references.count || references.size !== queries.size) {
    const expected = `shape ${formatShape([classes.length, queries.size])}`
    throw complain('SHAPE_MISMATCH', fn, 'refEmbeddings', expected, formatShape(given?.shape ?? []))
  }
  const relation: Comparison['relation'] = (i, j) => {
    if (labels[i] !== classes[j]) return 'other'
    return removeDiagonal && i === j ? 'none' : 'alike'
  }
  return { queries, references, relation }
}

/** What an example is to its references. */
interface Terms {
  /** γ (d + m)(d − m) of those of its class: how far they are. */
  readonly pull: Float64Array
  /** γ (1 + m − d)(1 − m − d) of the others: how near they are. */
  readonly push: Float64Array
  /** The cosine distances, before they are cut off at 0. */
  readonly distances: Float64Array
}

const termsOf = (
  { queries, references, relation }: Comparison,
  i: number,
  { gamma, margin }: Required<CircleOptions>,
): Terms => {
  const { count } = references
  const distances = new Float64Array(count)
  // log 0: no part of a sum of exponentials
  const pull = new Float64Array(count).fill(Number.NEGATIVE_INFINITY)
  const push = pull.slice()
  for (let j = 0; j < count; j++) {
    distances[j] = 1 - dot(queries, i, references, j)
    const d = Math.max(distances[j]!, 0)
    const related = relation(i, j)
    if (related === 'alike') pull[j] = gamma * Math.max(margin + d, 0) * (d - margin)
    if (related === 'other') push[j] = gamma * Math.max(1 + margin - d, 0) * (1 - margin - d)
  }
  return { pull, push, distances }
}

const lossOf = (comparison: Comparison, i: number, settings: Required<CircleOptions>): number => {
  const { pull, push } = termsOf(comparison, i, settings)
  return softplus(logSumExp(pull) + logSumExp(push))
}

/** Each example's terms are computed again, instead of kept: there are as many as pairs of examples. */
const gradientOf = (
  pair: Pair,
  comparison: Comparison,
  values: Float64Array,
  factors: Factors,
  settings: Required<CircleOptions>,
): Tensor<Pair['dtype']> => {
  const { queries, references } = comparison
  const { size } = queries
  const { gamma, margin } = settings
  const gradient = new Float64Array(queries.data.length)
  for (let i = 0; i < queries.count; i++) {
    if (values[i] === 0) continue
    const { pull, push, distances } = termsOf(comparison, i, settings)
    const [far, near] = [logSumExp(pull), logSumExp(push)]
    const factor = typeof factors === 'number' ? factors : factors[i]!
    const scale = (factor * gamma) / (1 + Math.exp(-far - near))
    for (let j = 0; j < references.count; j++) {
      const d = distances[j]!
      if (d < 0) continue
      const byPull = margin + d < 0 ? 0 : 2 * d
      const byPush = 1 + margin - d < 0 ? 0 : 2 * d - 2
      const slope = Math.exp(pull[j]! - far) * byPull + Math.exp(push[j]! - near) * byPush
      addScaled(gradient, i * size, -scale * slope, references.data, j * size, size)
      // an example is also what others are compared with
      if (references === queries) addScaled(gradient, j * size, -scale * slope, queries.data, i * size, size)
    }
  }
  return new Tensor(encoded(gradient, pair.dtype), pair.gradients.yPred.shape, pair.dtype)
}

const dot = ({ data: a, size }: Embeddings, i: number, { data: b }: Embeddings, j: number): number => {
  let sum = 0
  for (let c = 0, x = i * size, y = j * size; c < size; c++) sum += a[x++]! * b[y++]!
  return sum
}

/** Adds `factor` · `size` elements of `source`, from position `from` on, to those of `target` from `at` on. */
const addScaled = (
  target: Float64Array,
  at: number,
  factor: number,
  source: Float64Array,
  from: number,
  size: number,
): void => {
  if (factor === 0) return
  for (let c = 0; c < size; c++) target[at + c]! += factor * source[from + c]!
}

/** −∞ for no terms. */
const logSumExp = (terms: Float64Array): number => {
  const most = terms.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(most)) return most
  let sum = 0
  for (let j = 0; j < terms.length; j++) sum += Math.exp(terms[j]! - most)
  return most + Math.log(sum)
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
  return elementsIn('float64', view).map((label, k) => checkedWhole(fn, argument, view, k, label))
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
 * @throws XentError SHAPE_MISMATCH, DTYPE for classes that are no whole numbers
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
