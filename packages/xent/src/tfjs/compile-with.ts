import { cast, dispose, div, maximum, mul, type Optimizer, sum, Tensor, tidy } from '@tensorflow/tfjs-core'
import { complain } from '../error.ts'
import { checkKeys } from '../nn/arguments.ts'
import type { Comparison, LossFunction } from './losses/loss-function.ts'
import { metricMatching } from './metrics/matching.ts'
import { alignedWith, type ClassWeight, lossWeights } from './output-weights.ts'

/** The name of a loss or metric of tfjs-layers, or a function. */
export type LossOrMetric = string | Comparison

/** Metrics of an output. */
export type Metrics = LossOrMetric | readonly LossOrMetric[]

/** By the names of the outputs. */
export type ByOutput<T> = Readonly<Record<string, T>>

export interface CompileWithArgs {
  /** An optimizer of TensorFlow.js, or its name. */
  readonly optimizer: string | Optimizer
  /** Losses of `xent/tfjs`, or what tfjs-layers takes: one for all outputs, or one each in their order or by their names. */
  readonly loss: LossOrMetric | readonly LossOrMetric[] | ByOutput<LossOrMetric>
  /** Metrics of every output, or by the outputs' names. 'accuracy' and 'crossentropy' are those that match the loss. */
  readonly metrics?: Metrics | ByOutput<Metrics>
}

/** A model of tfjs-layers: a `Sequential`, or a `LayersModel` of any number of outputs. */
export interface Model {
  readonly outputNames: string[]
  compile(args: never): void
}

/** What is inside a compiled model and decides what `fit` takes. */
interface Compiled {
  readonly outputNames: readonly string[]
  readonly outputs: readonly { readonly shape: readonly (number | null)[] }[]
  readonly lossFunctions: (Comparison & Partial<LossFunction>)[]
  /** The shapes that labels must have; null for any. */
  readonly feedOutputShapes: (readonly (number | null)[] | null)[]
  standardizeUserData: StandardizeUserData
  evaluate(x: unknown, y: unknown, args?: { readonly sampleWeight?: unknown }): unknown
}

/** Makes lists of what `fit` is given, with an entry for each input and output. */
type StandardizeUserData = (
  x: unknown,
  y: unknown,
  sampleWeight: Tensor | readonly Tensor[] | ByOutput<Tensor> | null | undefined,
  classWeight: ClassWeight | readonly ClassWeight[] | ByOutput<ClassWeight> | null | undefined,
  ...rest: readonly unknown[]
) => Promise<[xs: Tensor[], ys: Tensor[], weights: (Tensor | undefined)[] | null]>

const name = 'compileWith'

/**
 * Compiles a model of tfjs-layers with losses of `xent/tfjs`, so that `fit` takes what these take.
 *
 * tfjs-layers takes class indices for no sparse loss but its own, no `sampleWeight`, and no `classWeight` where labels are
 * of rank 3. A model that is compiled with this takes class indices of shape [B], [B, 1] and of every further rank,
 * `sampleWeight` of a weight for each example or for each loss, and `classWeight` for all of them, in which a class
 * without a weight counts once. The loss is the mean of the weighted losses, as Keras has it: of those that count, where
 * a class is ignored.
 *
 * @param model a model of tfjs-layers, which is compiled afterwards
 * @param args as `model.compile` takes them; the metrics 'accuracy' and 'crossentropy' are those that match the loss, and
 *   are logged as 'acc' and 'ce' as ever
 * @throws XentError UNKNOWN_ARGUMENT, MISSING_ARGUMENT, and VALUE for what is no such model; `fit` then throws
 *   SHAPE_MISMATCH for weights of another shape, and `evaluate` VALUE for weights, which it does not know
 */
export const compileWith = (model: Model, args: CompileWithArgs): void => {
  checkKeys(name, '', args, ['optimizer', 'loss', 'metrics'])
  const { optimizer, loss, metrics } = args
  if (!loss) throw complain('MISSING_ARGUMENT', name, 'loss', 'a loss', loss)
  // a Sequential has no names before it is compiled, and one output
  const outputs = model.outputNames.length > 0 ? model.outputNames : ['']
  const compile = model.compile.bind(model) as (args: object) => void
  const perOutput = outputs.map((output, k) => {
    const own = Array.isArray(loss) ? loss[k] : isMap(loss) ? entryOf(loss, output) : loss
    return [isMap(metrics) ? entryOf(metrics, output) : metrics]
      .flat()
      .filter((metric) => metric !== undefined)
      .map((metric) => metricMatching(own, metric))
  })
  const byName = Object.fromEntries(outputs.map((output, k) => [output, perOutput[k]]))
  compile({ optimizer, loss, metrics: outputs.length === 1 ? perOutput[0] : byName })
  extend(compiledOf(model))
}

const isMap = <T>(given: T): given is Extract<T, ByOutput<unknown>> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

const entryOf = <T>(given: ByOutput<T>, output: string): T | undefined =>
  output === '' ? Object.values(given)[0] : given[output]

/** The model that trains: a Sequential has it inside. */
const compiledOf = (model: Model & { readonly model?: unknown }): Compiled => {
  const compiled = (model.model ?? model) as Partial<Compiled>
  if (compiled.standardizeUserData && compiled.feedOutputShapes) return compiled as Compiled
  throw complain(
    'VALUE',
    name,
    'model',
    'a model of @tensorflow/tfjs-layers 4',
    Object(model).constructor.name,
  )
}

/** Lets class indices of every shape through to the losses, which check them, and weights to the losses' mean. */
const extend = (model: Compiled): void => {
  /** The ranks of the weights that the losses of a step are multiplied with. */
  let ranks: readonly (number | undefined)[] = []
  const losses = [...model.lossFunctions]
  losses.forEach((loss, k) => {
    if (loss.isSparse) model.feedOutputShapes[k] = null
    model.lossFunctions[k] = (yTrue, yPred) => alignedWith(ranks[k], forMean(loss, yTrue, yPred))
  })
  const { standardizeUserData, evaluate }: Compiled = Object.getPrototypeOf(model)
  model.standardizeUserData = async (x, y, sampleWeight, classWeight, ...rest) => {
    const [xs, ys] = await standardizeUserData.call(model, x, y, null, null, ...rest)
    // so fit asks for its validation data, between asking for the training data and using it
    if (sampleWeight === null && classWeight === null) return [xs, ys, null]
    try {
      const weights = tidy(() => weightsOf(model, losses, ys, sampleWeight, classWeight))
      ranks = weights.map((of) => of?.rank)
      return [xs, ys, weights]
    } catch (error) {
      // labels of rank 1 came back in another tensor
      dispose(ys.filter((labels) => ![y].flat().includes(labels)))
      throw error
    }
  }
  model.evaluate = (x, y, args) => {
    if (!args?.sampleWeight) return evaluate.call(model, x, y, args)
    const way =
      'no weights, which tfjs-layers would ignore; weigh loss(y, model.predict(x)) by computeWeightedLoss'
    throw complain('VALUE', 'evaluate', 'sampleWeight', way, 'weights')
  }
}

/** Losses whose mean is that of the ones that count, because tfjs-layers takes the mean of all. */
const forMean = (loss: Compiled['lossFunctions'][number], yTrue: Tensor, yPred: Tensor): Tensor => {
  const losses = loss(yTrue, yPred)
  if (!loss.isCounted) return losses
  const count = sum(cast(loss.isCounted(yTrue), 'float32'))
  return mul(losses, div(losses.size, maximum(count, 1)))
}

const weightsOf = (
  model: Compiled,
  losses: Compiled['lossFunctions'],
  ys: readonly Tensor[],
  sampleWeight: Parameters<StandardizeUserData>[2],
  classWeight: Parameters<StandardizeUserData>[3],
): (Tensor | undefined)[] =>
  model.outputNames.map((output, k) => {
    const { isSparse = false } = losses[k]!
    const bySample =
      sampleWeight instanceof Tensor || !sampleWeight ? sampleWeight : ofOutput(sampleWeight, k, output)
    const byClass =
      !classWeight || isClassWeight(classWeight) ? classWeight : ofOutput(classWeight, k, output)
    return lossWeights(ys[k]!, model.outputs[k]!.shape, isSparse, bySample, byClass)
  })

const isClassWeight = (given: object): given is ClassWeight =>
  !Array.isArray(given) && Object.values(given).every((weight) => typeof weight === 'number')

const ofOutput = <T>(given: readonly T[] | ByOutput<T>, k: number, output: string): T | undefined =>
  Array.isArray(given) ? given[k] : (given as ByOutput<T>)[output]
