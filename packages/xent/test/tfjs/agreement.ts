// What xent/tfjs computes beside what xent computes of the same numbers: on every backend the same checks, in Node and in
// a browser.
import * as tf from '@tensorflow/tfjs-core'
import * as xent from '../../src/index.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import * as operations from '../../src/tfjs/index.ts'
import { normal, randomStream } from '../random.ts'

/** How far a result of an operation is from xent's, as a part of xent's largest number where that is above 1. */
export interface Difference {
  readonly what: string
  readonly difference: number
  /** 0 for a value, 1 for a gradient, 2 for the derivative of a gradient. */
  readonly order: 0 | 1 | 2
  /** Whether it is of rows with NaN and infinities. */
  readonly isOdd: boolean
}

/** The differences that are too large: second derivatives hold sums that TensorFlow.js makes, in the order of its own. */
export const tooLarge = (found: readonly Difference[]): readonly Difference[] =>
  found.filter(({ order, difference }) => !(difference <= (order < 2 ? 1e-6 : 2e-6)))

type Numbers = Readonly<
  Record<string, { readonly data: Float32Array | Int32Array; readonly shape: number[] }>
>

type Operation = (args: Readonly<Record<string, unknown>>) => tf.Tensor

/** Each operation and the function of xent that it is. */
const pairs = {
  softmax: [operations.softmax, xent.softmax],
  logSoftmax: [operations.logSoftmax, xent.logSoftmax],
  sparseSoftmaxCrossEntropyWithLogits: [
    operations.sparseSoftmaxCrossEntropyWithLogits,
    xent.sparseSoftmaxCrossEntropyWithLogits,
  ],
  softmaxCrossEntropyWithLogits: [
    operations.softmaxCrossEntropyWithLogits,
    xent.softmaxCrossEntropyWithLogits,
  ],
  sigmoidCrossEntropyWithLogits: [
    operations.sigmoidCrossEntropyWithLogits,
    xent.sigmoidCrossEntropyWithLogits,
  ],
  weightedCrossEntropyWithLogits: [
    operations.weightedCrossEntropyWithLogits,
    xent.weightedCrossEntropyWithLogits,
  ],
} as const

interface Case {
  readonly operation: keyof typeof pairs
  readonly inputs: Numbers
  /** The inputs with a gradient. */
  readonly keys: readonly string[]
  readonly options?: object
  /** What has no second derivative worth the name. */
  readonly isOdd?: boolean
}

const cases = (isShort: boolean): Case[] => {
  const random = randomStream(7)
  const deviate = (): number => normal(random)
  const floats = (shape: number[], of: () => number) => ({
    data: Float32Array.from({ length: sizeOf(shape) }, of),
    shape,
  })
  const logitsOf = (shape: number[], scale = 3) => floats(shape, () => scale * deviate())
  const weights = (shape: number[]) => floats(shape, () => Math.abs(deviate()))
  const found: Case[] = []
  const shapes: [shape: number[], axis: number, scale?: number][] = [
    [[5], 0],
    [[4, 3], 0],
    [[3, 1], -1],
    [[2, 3, 4], 1],
    [[2, 5000], -1],
    [[6, 10], 1, 30],
  ]
  for (const [shape, axis, scale] of isShort ? shapes.slice(3) : shapes) {
    const logits = logitsOf(shape, scale)
    const rows = shape.toSpliced(axis, 1)
    const classes = shape.at(axis)!
    const labels = {
      data: Int32Array.from({ length: sizeOf(rows) }, (_, k) => (k * 7 + 1) % classes),
      shape: rows,
    }
    const options = { axis }
    found.push({ operation: 'softmax', inputs: { logits }, keys: ['logits'], options })
    found.push({ operation: 'logSoftmax', inputs: { logits }, keys: ['logits'], options })
    found.push({
      operation: 'sparseSoftmaxCrossEntropyWithLogits',
      inputs: { labels, logits },
      keys: ['logits'],
      options,
    })
    for (const gradient of ['exact', 'tensorflow'])
      found.push({
        operation: 'softmaxCrossEntropyWithLogits',
        inputs: { labels: weights(shape), logits },
        // the Hessian of TensorFlow's gradient is not symmetric
        keys: gradient === 'exact' ? ['logits', 'labels'] : ['logits'],
        options: { axis, gradient },
      })
  }
  found.push(...oddCases())
  found.push({
    operation: 'softmaxCrossEntropyWithLogits',
    inputs: { labels: weights([1, 4]), logits: logitsOf([3, 4]) },
    keys: ['logits', 'labels'],
  })
  for (const shape of isShort ? [[2, 3]] : [[], [5], [2, 3, 4]]) {
    const inputs = { labels: weights(shape), logits: logitsOf(shape) }
    found.push({ operation: 'sigmoidCrossEntropyWithLogits', inputs, keys: ['logits', 'labels'] })
    for (const weightShape of [shape, shape.slice(1), [], [2, ...shape]])
      found.push({
        operation: 'weightedCrossEntropyWithLogits',
        inputs: { ...inputs, posWeight: weights(weightShape) },
        keys: ['logits', 'labels', 'posWeight'],
      })
  }
  return found
}

/** Rows with NaN and infinities, and those of a class that is certain. */
const oddCases = (): Case[] => {
  const { NaN: nan, POSITIVE_INFINITY: inf } = Number
  const rows = [
    [1, nan, 2],
    [1, inf, 2],
    [-inf, -inf, -inf],
    [-inf, 1, 2],
    [nan, nan, nan],
    [50, 0, -50],
    [1e30, -1e30, 0],
  ]
  const logits = { data: Float32Array.from(rows.flat()), shape: [rows.length, 3] }
  const labels = { data: Int32Array.from(rows, () => 1), shape: [rows.length] }
  const oneHot = { data: Float32Array.from(rows.flatMap(() => [0, 1, 0])), shape: [rows.length, 3] }
  const keys = ['logits']
  return [
    { operation: 'softmax', inputs: { logits }, keys, isOdd: true },
    { operation: 'logSoftmax', inputs: { logits }, keys, isOdd: true },
    { operation: 'sparseSoftmaxCrossEntropyWithLogits', inputs: { labels, logits }, keys, isOdd: true },
    { operation: 'softmaxCrossEntropyWithLogits', inputs: { labels: oneHot, logits }, keys, isOdd: true },
    { operation: 'sigmoidCrossEntropyWithLogits', inputs: { labels: oneHot, logits }, keys, isOdd: true },
    {
      operation: 'weightedCrossEntropyWithLogits',
      inputs: { labels: oneHot, logits, posWeight: oneHot },
      keys,
      isOdd: true,
    },
  ]
}

const describeCase = ({ operation, inputs, options }: Case): string =>
  `${operation} ${Object.entries(inputs).map(([name, { shape }]) => `${name} [${shape}]`)} ${JSON.stringify(options ?? {})}`

/**
 * Compares the values, the gradients and the derivatives of the gradients of every operation.
 *
 * @param isShort of fewer shapes, where compiling the shaders of all would take too long
 */
export const differences = async (isShort = false): Promise<Difference[]> => {
  const found: Difference[] = []
  for (const each of cases(isShort)) found.push(...(await differencesOf(each)))
  return found
}

/** The losses and gradients of labels that are no classes, where they are NaN and no error. */
export const strangers = async (): Promise<{ loss: number[]; gradient: number[][] }> => {
  const labels = tf.tensor([1, 3, -1, 0.5, Number.NaN, 2])
  const logits = tf.tensor(Array.from({ length: 6 }, () => [1, 2, 3]))
  const f = (x: tf.Tensor): tf.Tensor =>
    operations.sparseSoftmaxCrossEntropyWithLogits({ labels, logits: x, outOfRange: 'nan' })
  const { value, grad } = tf.valueAndGrad(f)(logits)
  return { loss: [...(await value.data())], gradient: (await grad.array()) as number[][] }
}

const differencesOf = async (of: Case): Promise<Difference[]> => {
  const { operation, inputs, keys, options } = of
  const random = randomStream(11)
  const deviate = (): number => normal(random)
  const [apply, reference] = pairs[operation] as unknown as [Operation, xent.Differentiable<object, string>]
  const args = { ...inputs, ...options }
  const upstreamShape = [...reference(args).shape]
  const upstream = {
    data: Float32Array.from({ length: sizeOf(upstreamShape) }, deviate),
    shape: upstreamShape,
  }
  const { value, grad } = xent.valueAndGrad(reference, keys)(args, { upstream })
  const found: Difference[] = []
  const compare = async (
    order: Difference['order'],
    what: string,
    tensor: tf.Tensor,
    expected: xent.Tensor,
  ): Promise<void> => {
    const shape = `${tensor.shape}` === `${expected.shape}`
    const wanted = Float32Array.from(expected.data as Float32Array)
    const largest = Math.max(1, ...wanted.map(Math.abs).filter(Number.isFinite))
    const data = await tensor.data()
    const difference = Math.max(
      0,
      ...data.map((x, k) => (Object.is(x, wanted[k]) ? 0 : Math.abs(x - wanted[k]!) / largest)),
    )
    found.push({
      what: `${what} of ${describeCase(of)}`,
      order,
      isOdd: of.isOdd === true,
      difference: shape ? difference : Number.NaN,
    })
  }
  const tensors = Object.fromEntries(
    Object.entries(inputs).map(([name, { data, shape }]) => [
      name,
      tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32'),
    ]),
  )
  const dy = tf.tensor(upstream.data, upstreamShape)
  const f = (...given: tf.Tensor[]): tf.Tensor =>
    apply({ ...tensors, ...options, ...Object.fromEntries(keys.map((key, k) => [key, given[k]])) })
  const given = keys.map((key) => tensors[key]!)
  const first = tf.valueAndGrads(f)(given, dy)
  await compare(0, 'value', first.value, value)
  for (const [k, key] of keys.entries()) await compare(1, `gradient by ${key}`, first.grads[k]!, grad[key]!)
  if (of.isOdd) return found
  // the derivative of the gradients along a direction, by each argument, is the Hessian by that direction
  const direction = given.map(({ shape }) => ({
    data: Float32Array.from({ length: sizeOf(shape) }, deviate),
    shape: [...shape],
  }))
  const second = tf.grads((...xs: tf.Tensor[]) => {
    const gradients = tf.grads(f)(xs, dy)
    return gradients
      .map((gradient, k) => tf.sum(tf.mul(gradient, tf.tensor(direction[k]!.data, direction[k]!.shape))))
      .reduce((a, b) => tf.add(a, b))
  })(given)
  const products = xent.hessianVectorProduct(reference, keys)(
    args,
    Object.fromEntries(keys.map((key, k) => [key, direction[k]!])),
    { upstream },
  ) as Record<string, xent.Tensor>
  for (const [k, key] of keys.entries())
    await compare(2, `second derivative by ${key}`, second[k]!, products[key]!)
  return found
}
