import { checkedKeys } from '../nn/differentiable.ts'
import { replicasInSync } from '../nn/replicas.ts'
import { zeros } from '../tensor/dtype.ts'
import { read, type TensorLike } from '../tensor/read.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { contiguousView, elementsIn, type View } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import { binaryCrossentropy } from './binary-crossentropy.ts'
import { categoricalCrossentropy } from './categorical-crossentropy.ts'
import { core, evaluated, type GradientOptions, Loss } from './loss.ts'
import type { LossKey } from './pair.ts'
import { divisorOf, isMean } from './reduction.ts'
import { type AnyLoss, asInstance, type CustomLoss, get, type LossIdentifier } from './registry.ts'
import { sparseCategoricalCrossentropy } from './sparse-categorical-crossentropy.ts'

/** The loss of one output of a model. */
export interface OutputValue {
  readonly value: FloatTensor
  /** What the value counts in the total. */
  readonly share: number
  /** What Keras multiplies the value with where it reports it. */
  readonly metricScale: number
  readonly grad: Partial<Readonly<Record<LossKey, FloatTensor>>>
}

/** @param weight what the output's loss is multiplied with in the total */
export const evaluateOutput = (
  fn: string,
  identifier: LossIdentifier,
  weight: number,
  { yTrue, yPred }: Readonly<Record<LossKey, TensorLike>>,
  { sampleWeight, mask, upstream = 1 }: GradientOptions,
  keys: readonly LossKey[],
): OutputValue => {
  const predictions = read(fn, 'yPred', yPred, 'float32')
  const labels = inRankOf(predictions, fn, 'yTrue', yTrue)
  const loss = lossOf(identifier, read(fn, 'yTrue', labels, 'float32').shape, predictions.shape)
  const divisor = divisorOf(loss.name, loss.reduction)
  const replicas = replicasInSync() ?? 1
  const share = isMean(divisor) ? weight / replicas : weight
  const options = {
    sampleWeight: sampleWeight == null ? undefined : inRankOf(predictions, fn, 'sampleWeight', sampleWeight),
    mask: mask ?? undefined,
    ...(keys.length > 0 && { upstream: times(fn, upstream, share) }),
  }
  const wanted = checkedKeys({ name: loss.name, keys: loss[core].keys }, keys)
  const { value, grad } = evaluated(loss, labels, yPred, options, wanted, true)
  const { yTrue: byTrue } = grad
  const own = byTrue && new Tensor(byTrue.data, read(fn, 'yTrue', yTrue, 'float32').shape, byTrue.dtype)
  const metricScale = loss.reduction === 'sum' ? replicas : 1
  return { value, share, metricScale, grad: { ...grad, ...(own && { yTrue: own }) } }
}

/** An output without a loss costs nothing. */
export const evaluateNothing = (
  fn: string,
  sides: Readonly<Record<LossKey, TensorLike>>,
  keys: readonly LossKey[],
): OutputValue => {
  const flat = (key: LossKey): FloatTensor => {
    const { shape } = read(fn, key, sides[key], 'float32')
    return new Tensor(zeros('float32', sizeOf(shape)), shape, 'float32')
  }
  const value = new Tensor(zeros('float32', 1), [], 'float32')
  return { value, share: 0, metricScale: 1, grad: Object.fromEntries(keys.map((key) => [key, flat(key)])) }
}

/** Labels or weights of rank 1 as a column, where predictions have rank 2. */
const inRankOf = (predictions: View, fn: string, argument: string, like: TensorLike): TensorLike => {
  const view = read(fn, argument, like, 'float32')
  if (view.shape.length !== 1 || predictions.shape.length !== 2) return like
  // plain numbers stay what they are, without a type
  if (Array.isArray(like)) return like.map((element) => [element])
  return { ...view, shape: [...view.shape, 1], strides: [...view.strides, 1] }
}

const times = (fn: string, upstream: TensorLike, share: number): TensorLike => {
  const view = read(fn, 'upstream', upstream, 'float64')
  return contiguousView(
    elementsIn('float64', view).map((factor) => factor * share),
    'float64',
    view.shape,
  )
}

/** Whether the loss is chosen by the shapes of the first batch. */
export const isByShape = (identifier: LossIdentifier): boolean =>
  typeof identifier === 'string' && ['crossentropy', 'ce'].includes(identifier.toLowerCase())

/** The loss of an identifier, an instance; functions get the mean for their reduction. */
export const lossOf = (identifier: LossIdentifier, labels: Shape, predictions: Shape): AnyLoss => {
  const found = isByShape(identifier) ? byShape(labels, predictions) : get(identifier)
  return found instanceof Loss ? found : (asInstance(found) ?? new FunctionLoss(found as CustomLoss))
}

const byShape = (labels: Shape, predictions: Shape): unknown => {
  if (predictions.at(-1) === 1) return binaryCrossentropy
  const isSparse = labels.length < predictions.length || labels.at(-1) === 1
  return isSparse ? sparseCategoricalCrossentropy : categoricalCrossentropy
}

/** A function of the user's as a loss. */
class FunctionLoss extends Loss {
  readonly #fn: CustomLoss

  constructor(fn: CustomLoss) {
    super({ name: fn.name })
    this.#fn = fn
  }

  override perExample(yTrue: TensorLike, yPred: TensorLike): TensorLike {
    return this.#fn(yTrue, yPred)
  }
}
