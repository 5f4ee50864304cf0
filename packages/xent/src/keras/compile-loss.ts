import { complain } from '../error.ts'
import { checkKeys } from '../nn/arguments.ts'
import { checkedKeys, type Derived, gradients } from '../nn/differentiable.ts'
import type { FloatDType } from '../tensor/dtype.ts'
import { encoded } from '../tensor/encoding.ts'
import type { TensorLike } from '../tensor/read.ts'
import { formatShape, sameShape } from '../tensor/shape.ts'
import { contiguousView, elementsIn } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import { evaluateNothing, evaluateOutput, isByShape, lossOf, type OutputValue } from './compiled-output.ts'
import type { GradientOptions } from './loss.ts'
import { at, checkStructure, isOfArrays, isStructure, type Path, packed, pathsOf } from './outputs.ts'
import type { LossKey } from './pair.ts'
import type { LossIdentifier } from './registry.ts'

/** The loss of an output; null for none. */
export type OutputLoss = LossIdentifier | null

/** A loss, or one for each output, in a list or by the outputs' names. */
export type OutputLosses = OutputLoss | readonly OutputLoss[] | { readonly [output: string]: OutputLoss }

/** Something for each output that there is a loss for. */
export type PerOutput<Losses, One> = Losses extends OutputLoss
  ? One
  : { readonly [Output in keyof Losses]: One }

export interface CompileOptions<Losses> {
  /** What each output's loss is multiplied with. Default 1. */
  readonly lossWeights?: number | PerOutput<Losses, number | null>
}

export interface CompiledCallOptions<Losses> {
  /** The weights of each output's examples, or one array for all outputs. */
  readonly sampleWeight?: TensorLike | PerOutput<Losses, TensorLike | null | undefined> | undefined
  /** Which losses of each output count, or one array for all outputs. */
  readonly mask?: TensorLike | PerOutput<Losses, TensorLike | null | undefined> | undefined
}

export interface CompiledGradientOptions<Losses> extends CompiledCallOptions<Losses> {
  /** Multiplies the gradient. Default 1. */
  readonly upstream?: TensorLike | undefined
}

/** The losses of a model's outputs as one. */
export interface CompiledLoss<Losses>
  extends Derived<
    [
      yTrue: PerOutput<Losses, TensorLike>,
      yPred: PerOutput<Losses, TensorLike>,
      options?: CompiledGradientOptions<Losses>,
    ],
    LossKey,
    PerOutput<Losses, FloatTensor>
  > {
  /** The sum of the outputs' losses, each times its weight. */
  (
    yTrue: PerOutput<Losses, TensorLike>,
    yPred: PerOutput<Losses, TensorLike>,
    options?: CompiledCallOptions<Losses>,
  ): FloatTensor
  /** The loss of each output, not weighted: what Keras reports as `<output>_loss`. */
  perOutput(
    yTrue: PerOutput<Losses, TensorLike>,
    yPred: PerOutput<Losses, TensorLike>,
    options?: CompiledCallOptions<Losses>,
  ): PerOutput<Losses, FloatTensor>
}

const name = 'compileLoss'

/** An output with its loss and what that is multiplied with. */
interface Output {
  readonly path: Path
  readonly identifier: OutputLoss
  readonly weight: number
}

/**
 * The losses of a model's outputs as one, as `Model.compile` makes of them.
 *
 * 'crossentropy' or 'ce' is the binary one where predictions have one class, the sparse one where labels have no or one class,
 * else the categorical one. Labels and weights of rank 1 become columns where predictions have rank 2. A mean is divided by the
 * replicas of a distribution strategy, instead of throwing.
 *
 * @param loss a loss, or one for each output, in a list or by the outputs' names; null for an output without one
 * @returns a function of labels and predictions in the same form, to be called, or differentiated with `valueAndGrad`
 * @throws XentError VALUE for an unknown loss, or where labels, predictions or weights have another form
 * @example compileLoss({ age: 'mse', kind: 'crossentropy' }, { lossWeights: { age: 0.1, kind: 1 } })
 * @see https://keras.io/api/models/model_training_apis
 */
export const compileLoss = <const Losses extends OutputLosses>(
  loss: Losses,
  options: CompileOptions<Losses> = {},
): CompiledLoss<Losses> => {
  checkKeys(name, 'options.', options, ['lossWeights'])
  const outputs = outputsOf(loss, options.lossWeights)
  const call = (yTrue: unknown, yPred: unknown, given?: object): FloatTensor =>
    totalOf(evaluateOutputs(outputs, yTrue, yPred, given, []).values)
  const perOutput = (yTrue: unknown, yPred: unknown, given?: object): unknown => {
    const { paths, values } = evaluateOutputs(outputs, yTrue, yPred, given, [])
    return packed(
      paths,
      values.map(({ value, metricScale }) => sumOf([value], [metricScale])),
    )
  }
  const derived = (wrt: LossKey | readonly LossKey[]) => {
    const keys = checkedKeys({ name, keys: ['yTrue', 'yPred'] as const }, wrt)
    return (yTrue: unknown, yPred: unknown, given?: object) => {
      const { paths, values } = evaluateOutputs(outputs, yTrue, yPred, given, keys)
      const grad = keys.map((key) => {
        const found = values.map((value) => value.grad[key])
        return [key, packed(paths, found)]
      })
      return { value: totalOf(values), grad: Object.fromEntries(grad) }
    }
  }
  // what comes in and goes out is of the form of `loss`, which only the types know
  return Object.assign(call, { perOutput, [gradients]: derived }) as CompiledLoss<Losses>
}

/** What is known before the first batch. */
const outputsOf = (loss: OutputLosses, lossWeights: unknown): readonly Output[] => {
  const paths = isStructure(loss) ? pathsOf(loss) : [undefined]
  if (lossWeights !== undefined && lossWeights !== null) checkWeights(lossWeights, loss, paths.length)
  return paths.map((path) => {
    const identifier = at(loss, path) as OutputLoss
    const weight = isStructure(lossWeights) ? at(lossWeights, path) : lossWeights
    if (identifier !== null && !isByShape(identifier)) lossOf(identifier, [], [])
    return { path, identifier, weight: (weight as number | null | undefined) ?? 1 }
  })
}

const checkWeights = (lossWeights: unknown, loss: OutputLosses, count: number): void => {
  if (isStructure(lossWeights)) {
    const given = pathsOf(lossWeights)
    const known = isStructure(loss) ? pathsOf(loss) : []
    if (given.length === count && known.every((path) => Array.isArray(loss) || given.includes(path))) return
    const text = `\`loss_weights\` must match the number of losses, got ${count} losses and ${given.length} weights.`
    throw complain(
      'VALUE',
      name,
      'options.lossWeights',
      `${count} weights, as \`loss\` has them`,
      given.join(', '),
      text,
    )
  }
  if (typeof lossWeights === 'number') return
  throw complain(
    'VALUE',
    name,
    'options.lossWeights',
    'a number, a list or a dictionary',
    lossWeights,
    `Expected \`loss_weights\` argument to be a float (single output case) or a list, tuple, or dict (multiple output case). Received instead: loss_weights=${lossWeights}`,
  )
}

/** What each output costs; a single loss is for all outputs that there are. */
const evaluateOutputs = (
  outputs: readonly Output[],
  yTrue: unknown,
  yPred: unknown,
  given: object | undefined,
  keys: readonly LossKey[],
): { readonly paths: readonly Path[]; readonly values: readonly OutputValue[] } => {
  checkKeys(name, 'options.', given, ['sampleWeight', 'mask', ...(keys.length > 0 ? ['upstream'] : [])])
  const isForAll = outputs[0]?.path === undefined
  const paths = isForAll && isOfArrays(yPred) ? pathsOf(yPred) : outputs.map(({ path }) => path)
  const isOfSeveral = paths[0] !== undefined
  if (isOfSeveral) {
    checkStructure(name, 'yPred', yPred, paths)
    checkStructure(name, 'yTrue', yTrue, paths)
  }
  const { sampleWeight, mask, upstream } = (given ?? {}) as GradientOptions
  const ofOutput = (value: unknown, path: Path): TensorLike | undefined =>
    ((isOfSeveral && isOfArrays(value) ? at(value, path) : value) ?? undefined) as TensorLike | undefined
  const values = paths.map((path, k) => {
    const { identifier, weight } = isForAll ? outputs[0]! : outputs[k]!
    const sides = { yTrue: at(yTrue, path) as TensorLike, yPred: at(yPred, path) as TensorLike }
    if (identifier === null || sides.yTrue === null) return evaluateNothing(name, sides, keys)
    const options = { sampleWeight: ofOutput(sampleWeight, path), mask: ofOutput(mask, path), upstream }
    return evaluateOutput(name, identifier, weight, sides, options, keys)
  })
  return { paths, values }
}

const totalOf = (values: readonly OutputValue[]): FloatTensor =>
  sumOf(
    values.map(({ value }) => value),
    values.map(({ share }) => share),
  )

/** The sum of values, each times its factor, in the widest of their types. */
const sumOf = (values: readonly FloatTensor[], factors: readonly number[]): FloatTensor => {
  const { shape, size } = values[0]!
  for (const value of values) {
    if (sameShape(value.shape, shape)) continue
    const expected = `losses of one shape, ${formatShape(shape)}, to be added`
    throw complain('SHAPE_MISMATCH', name, 'loss', expected, formatShape(value.shape))
  }
  const sums = new Float64Array(size)
  values.forEach((value, k) => {
    const elements = elementsIn('float64', contiguousView(value.data, value.dtype, shape))
    for (let j = 0; j < size; j++) sums[j]! += elements[j]! * factors[k]!
  })
  const dtype = widest(values.map((value) => value.dtype))
  return new Tensor(encoded(sums, dtype), shape, dtype)
}

/** The type that holds all of these: of float16 and bfloat16 neither holds the other. */
const widest = (dtypes: readonly FloatDType[]): FloatDType => {
  if (dtypes.includes('float64')) return 'float64'
  return dtypes.every((dtype) => dtype === dtypes[0]) ? dtypes[0]! : 'float32'
}
