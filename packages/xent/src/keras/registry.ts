import { complain } from '../error.ts'
import { snakeCase } from '../nn/arguments.ts'
import type { Derived } from '../nn/differentiable.ts'
import type { TensorLike } from '../tensor/read.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import { BinaryCrossentropy, binaryCrossentropy } from './binary-crossentropy.ts'
import { BinaryFocalCrossentropy, binaryFocalCrossentropy } from './binary-focal-crossentropy.ts'
import { CategoricalCrossentropy, categoricalCrossentropy } from './categorical-crossentropy.ts'
import {
  CategoricalFocalCrossentropy,
  categoricalFocalCrossentropy,
} from './categorical-focal-crossentropy.ts'
import {
  CategoricalGeneralizedCrossEntropy,
  categoricalGeneralizedCrossEntropy,
} from './categorical-generalized-cross-entropy.ts'
import { CategoricalHinge, categoricalHinge } from './categorical-hinge.ts'
import { Circle, circle } from './circle.ts'
import { CosineSimilarity, cosineSimilarity } from './cosine-similarity.ts'
import { CTC, ctc } from './ctc.ts'
import { lossNames, type Named } from './defined-loss.ts'
import { Dice, dice } from './dice.ts'
import { Hinge, hinge } from './hinge.ts'
import { Huber, huber } from './huber.ts'
import { KLDivergence, klDivergence } from './kl-divergence.ts'
import { LogCosh, logCosh } from './log-cosh.ts'
import { Loss } from './loss.ts'
import { MeanAbsoluteError, meanAbsoluteError } from './mean-absolute-error.ts'
import { MeanAbsolutePercentageError, meanAbsolutePercentageError } from './mean-absolute-percentage-error.ts'
import { MeanSquaredError, meanSquaredError } from './mean-squared-error.ts'
import { MeanSquaredLogarithmicError, meanSquaredLogarithmicError } from './mean-squared-logarithmic-error.ts'
import type { LossKey } from './pair.ts'
import { Poisson, poisson } from './poisson.ts'
import {
  SparseCategoricalCrossentropy,
  sparseCategoricalCrossentropy,
} from './sparse-categorical-crossentropy.ts'
import { SquaredHinge, squaredHinge } from './squared-hinge.ts'
import { Tversky, tversky } from './tversky.ts'

/** A loss that was found by its name: an instance, or a function. */
export interface FoundLoss
  extends Derived<[yTrue: TensorLike, yPred: TensorLike, options?: object], LossKey> {
  (yTrue: TensorLike, yPred: TensorLike, options?: object): FloatTensor
}

/** A function of one's own: the losses of the examples. */
export type CustomLoss = (yTrue: TensorLike, yPred: TensorLike) => TensorLike

/** A loss with any gradients. */
export type AnyLoss = Loss<'yPred'>

type LossClass = (new (options?: never) => AnyLoss) & Pick<typeof Loss, 'fromConfig'>

/** Classes and functions of one's own, by their names. */
export type CustomObjects = Readonly<Record<string, LossClass | CustomLoss>>

/** A serialized loss, as Keras 2 and 3 write it. */
export interface SerializedLoss {
  readonly class_name: string
  /** The options of a class; of a function its name. */
  readonly config: Readonly<Record<string, unknown>> | string
  readonly module?: string | null
  readonly registered_name?: string | null
}

/** The name of a loss, its serialized form, its class, or itself. */
export type LossIdentifier = string | SerializedLoss | LossClass | FoundLoss | AnyLoss | CustomLoss

/** A class, the function of the same loss, and what else Keras calls that function. */
type Entry = readonly [LossClass, Named, ...string[]]

const entries: readonly Entry[] = [
  [BinaryCrossentropy, binaryCrossentropy, 'bce', 'BCE'],
  [BinaryFocalCrossentropy, binaryFocalCrossentropy],
  [CategoricalCrossentropy, categoricalCrossentropy],
  [CategoricalFocalCrossentropy, categoricalFocalCrossentropy],
  [CategoricalGeneralizedCrossEntropy, categoricalGeneralizedCrossEntropy],
  [CategoricalHinge, categoricalHinge],
  [Circle, circle],
  [CosineSimilarity, cosineSimilarity],
  [CTC, ctc],
  [Dice, dice],
  [Hinge, hinge],
  [Huber, huber, 'huber_loss'],
  [KLDivergence, klDivergence, 'kullback_leibler_divergence', 'kld', 'KLD'],
  [LogCosh, logCosh, 'logcosh'],
  [MeanAbsoluteError, meanAbsoluteError, 'mae', 'MAE'],
  [MeanAbsolutePercentageError, meanAbsolutePercentageError, 'mape', 'MAPE'],
  [MeanSquaredError, meanSquaredError, 'mse', 'MSE'],
  [MeanSquaredLogarithmicError, meanSquaredLogarithmicError, 'msle', 'MSLE'],
  [Poisson, poisson],
  [SparseCategoricalCrossentropy, sparseCategoricalCrossentropy],
  [SquaredHinge, squaredHinge],
  [Tversky, tversky],
]

/** The class of this name. */
const classNamed = (name: string): LossClass | undefined =>
  entries.find(([, fn]) => fn[lossNames].className === name)?.[0]

/** The function of this name, in either casing. */
const functionNamed = (name: string): FoundLoss | undefined =>
  entries.find(([, fn, ...aliases]) => {
    const names = [fn[lossNames].name, ...aliases]
    return names.includes(name) || names.includes(snakeCase(name))
  })?.[1] as FoundLoss | undefined

/**
 * The loss that an identifier stands for.
 *
 * @param identifier the name of a function, 'mean_squared_error', 'meanSquaredError' or 'mse'; the name of a class or a class,
 *   which give an instance; what `serialize` gives; a loss, which is returned as it is; or null
 * @throws XentError VALUE for what is none of these
 * @example get('mse')([[1, 2]], [[1, 4]]).toString() // [2.]
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/losses/get
 */
export function get(identifier: null | undefined): null
export function get(identifier: LossIdentifier): FoundLoss
export function get(identifier: unknown): unknown {
  return resolve(identifier, {})
}

const resolve = (identifier: unknown, customObjects: CustomObjects): unknown => {
  if (identifier === null || identifier === undefined) return null
  if (typeof identifier === 'string') return named(identifier, customObjects)
  if (isLossClass(identifier)) return new identifier()
  if (typeof identifier === 'function') return identifier
  const { class_name, className, config } = identifier as Record<string, unknown>
  const name = class_name ?? className
  if (typeof name !== 'string') throw unknownIdentifier(identifier)
  if (name === 'function') return named(config as string, customObjects)
  const Class = own(customObjects, name) ?? classNamed(name)
  if (isLossClass(Class)) return Class.fromConfig.call(Class as never, (config ?? {}) as object)
  throw unknownName(name)
}

const named = (name: string, customObjects: CustomObjects): unknown => {
  const found = own(customObjects, name) ?? classNamed(name) ?? functionNamed(name)
  if (!found) throw unknownName(name)
  return isLossClass(found) ? new found() : found
}

/** What the user has of this name; 'constructor' is no name of his. */
const own = (customObjects: CustomObjects, name: string): LossClass | CustomLoss | undefined =>
  Object.hasOwn(customObjects, name) ? customObjects[name] : undefined

const isLossClass = (value: unknown): value is LossClass =>
  typeof value === 'function' && value.prototype instanceof Loss

const unknownName = (name: string): Error =>
  complain(
    'VALUE',
    'get',
    'identifier',
    'the name of a loss',
    `'${name}'`,
    `Unknown loss function: '${name}'. Please ensure you are using a \`keras.utils.custom_object_scope\` and that this object is included in the scope. See https://www.tensorflow.org/guide/keras/save_and_serialize#registering_the_custom_object for details. Could not interpret loss identifier: ${name}`,
  )

const unknownIdentifier = (identifier: unknown): Error =>
  complain(
    'VALUE',
    'get',
    'identifier',
    'the name of a loss, a loss, or what serialize gives',
    identifier,
    `Could not interpret loss function identifier: ${identifier}`,
  )

/**
 * A loss in the form that Keras 2 and 3 read and write.
 *
 * The reduction 'auto', which Keras 3 refuses, becomes 'sum_over_batch_size', which is the same.
 *
 * @throws XentError VALUE for what is no loss
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/losses/serialize
 */
export function serialize(loss: null | undefined): null
export function serialize(loss: FoundLoss | AnyLoss | CustomLoss): SerializedLoss
export function serialize(loss: unknown): SerializedLoss | null {
  if (loss === null || loss === undefined) return null
  if (typeof loss !== 'function') throw unknownIdentifier(loss)
  if (!(loss instanceof Loss)) {
    const known = entries.find(([, fn]) => fn === (loss as unknown))?.[1]
    const config = known ? known[lossNames].name : loss.name
    return { module: 'builtins', class_name: 'function', config, registered_name: 'function' }
  }
  const given = loss.getConfig()
  const config = given.reduction === 'auto' ? { ...given, reduction: 'sum_over_batch_size' } : given
  const known = entries.find(([Class]) => Class === loss.constructor)?.[1]
  if (known)
    return { module: 'keras.losses', class_name: known[lossNames].className, config, registered_name: null }
  const { name } = loss.constructor
  return { module: null, class_name: name, config, registered_name: name }
}

/**
 * The loss that was serialized; a name stands for itself.
 *
 * @param customObjects classes and functions of one's own, by the names that they were serialized under
 * @throws XentError VALUE for an unknown name
 * @see https://www.tensorflow.org/api_docs/python/tf/keras/losses/deserialize
 */
export const deserialize = (
  identifier: SerializedLoss | string,
  customObjects: CustomObjects = {},
): FoundLoss => resolve(identifier, customObjects) as FoundLoss

/** The loss of a function of Keras, as an instance with the mean for its reduction. */
export const asInstance = (fn: unknown): AnyLoss | undefined => {
  const Class = entries.find(([, known]) => known === fn)?.[0]
  return Class && new Class()
}
