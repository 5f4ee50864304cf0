// What the losses of xent/tfjs make of numbers beside what xent/keras makes of the same: on every backend the same checks, in
// Node and in a browser.
import * as tf from '@tensorflow/tfjs-core'
import { type Derived, type Tensor, valueAndGrad } from '../../src/index.ts'
import * as keras from '../../src/keras/index.ts'
import { sizeOf } from '../../src/tensor/shape.ts'
import * as losses from '../../src/tfjs/losses/index.ts'
import { normal as normalOf, randomStream } from '../random.ts'

/** How far a result of a loss is from xent/keras's, as a part of the largest number there where that is above 1. */
export interface LossDifference {
  readonly what: string
  readonly difference: number
}

interface Numbers {
  readonly data: Float32Array | Int32Array
  readonly shape: number[]
}

interface Case {
  readonly loss: keyof typeof losses
  readonly options?: object
  readonly yTrue: Numbers
  readonly yPred: Numbers
}

/** A loss of xent/keras with any options. */
type Reference = Derived<[yTrue: object, yPred: object, options: object], 'yTrue' | 'yPred'>

const factories: Readonly<Record<string, (options?: object) => losses.LossFunction>> = { ...losses }
const references = { ...keras } as unknown as Readonly<Record<string, Reference>>

let uniform = randomStream(5)
const normal = (): number => normalOf(uniform)

interface Floats extends Numbers {
  readonly data: Float32Array
}

const floats = (shape: number[], of: (k: number) => number): Floats => ({
  data: Float32Array.from({ length: sizeOf(shape) }, (_, k) => of(k)),
  shape,
})

const integers = (shape: number[], of: (k: number) => number): Numbers => ({
  data: Int32Array.from({ length: sizeOf(shape) }, (_, k) => of(k)),
  shape,
})

const numbers = (rows: readonly (readonly number[])[]): Numbers => ({
  data: Float32Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
})

const asIntegers = ({ data, shape }: Numbers): Numbers => ({ data: Int32Array.from(data), shape })

/** Positive numbers that sum to 1 along the last axis. */
const distributions = (shape: number[]): Numbers => {
  const { data } = floats(shape, () => Math.exp(2 * normal()))
  const classes = shape.at(-1)!
  const sums = Array.from({ length: data.length / classes }, (_, row) =>
    data.slice(row * classes, (row + 1) * classes).reduce((a, b) => a + b, 0),
  )
  return { data: data.map((x, k) => x / sums[Math.floor(k / classes)]!), shape }
}

const oneHot = (shape: number[]): Numbers => {
  const classes = shape.at(-1)!
  return floats(shape, (k) => (k % classes === (Math.floor(k / classes) * 5 + 1) % classes ? 1 : 0))
}

const events = (shape: number[]): Numbers => floats(shape, () => (uniform() < 0.5 ? 0 : 1))
const probabilities = (shape: number[]): Numbers => floats(shape, uniform)
const reals = (shape: number[], scale = 1): Floats => floats(shape, () => scale * normal())
const positives = (shape: number[]): Numbers => floats(shape, () => Math.abs(3 * normal()))

const shapes = [[4, 3], [5, 2], [2, 3, 4], [3, 200], [6]]

/** Surely right, surely wrong, and what no probability is. */
const sure = {
  labels: numbers([
    [0, 1, 0],
    [1, 0, 0],
    [0, 0, 1],
  ]),
  given: numbers([
    [0, 1, 0],
    [0, 1, 0],
    [0, 0, 3],
  ]),
}
const sureLogits = numbers([
  [0, 800, -800],
  [0, 90, -90],
  [-1e4, 1e4, 0],
])

function* categorical(): Generator<Case> {
  const settings = [{}, { labelSmoothing: 0.1 }]
  for (const shape of shapes)
    for (const options of settings) {
      const yTrue = oneHot(shape)
      yield { loss: 'categoricalCrossentropy', options, yTrue, yPred: distributions(shape) }
      yield { loss: 'categoricalCrossentropy', options, yTrue: distributions(shape), yPred: positives(shape) }
      for (const gamma of [2, 0, 1, 1.5])
        yield {
          loss: 'categoricalFocalCrossentropy',
          options: { ...options, gamma },
          yTrue: distributions(shape),
          yPred: distributions(shape),
        }
      const fromLogits = { ...options, fromLogits: true }
      yield { loss: 'categoricalCrossentropy', options: fromLogits, yTrue, yPred: reals(shape, 3) }
      yield { loss: 'categoricalFocalCrossentropy', options: fromLogits, yTrue, yPred: reals(shape, 3) }
    }
  const alpha = [0.1, 0.5, 0.9]
  for (const axis of [1, -2])
    for (const fromLogits of [false, true]) {
      const pair = { yTrue: distributions([2, 3, 4]), yPred: positives([2, 3, 4]) }
      yield { loss: 'categoricalCrossentropy', options: { axis, fromLogits }, ...pair }
      yield { loss: 'categoricalFocalCrossentropy', options: { axis, fromLogits, alpha }, ...pair }
    }
  const { labels, given } = sure
  for (const yTrue of [labels, asIntegers(labels)])
    for (const loss of ['categoricalCrossentropy', 'categoricalFocalCrossentropy'] as const) {
      yield { loss, yTrue, yPred: given }
      yield { loss, options: { fromLogits: true }, yTrue, yPred: sureLogits }
    }
}

function* sparse(): Generator<Case> {
  const loss = 'sparseCategoricalCrossentropy'
  for (const shape of shapes) {
    const rows = shape.slice(0, -1)
    const classes = shape.at(-1)!
    const label = (k: number): number => (k * 7 + 1) % classes
    const labels = [
      integers(rows, label),
      floats(rows, label),
      integers([...rows, 1], label),
      integers([sizeOf(rows)], label),
    ]
    for (const yTrue of labels) {
      yield { loss, yTrue, yPred: distributions(shape) }
      yield { loss, options: { fromLogits: true }, yTrue, yPred: reals(shape, 3) }
      yield { loss, options: { ignoreClass: 1 }, yTrue, yPred: positives(shape) }
      yield {
        loss: 'categoricalGeneralizedCrossEntropy',
        options: { q: 0.7 },
        yTrue,
        yPred: distributions(shape),
      }
    }
    const padded = integers(rows, (k) => (k % 2 ? -1 : label(k)))
    yield { loss, options: { fromLogits: true, ignoreClass: -1 }, yTrue: padded, yPred: reals(shape, 3) }
  }
  const yTrue = integers([2, 4], (k) => k % 3)
  for (const fromLogits of [false, true])
    for (const ignoreClass of [null, 1])
      yield { loss, options: { axis: 1, fromLogits, ignoreClass }, yTrue, yPred: positives([2, 3, 4]) }
  const labels = integers([3], (k) => [1, 0, 2][k]!)
  yield { loss, yTrue: labels, yPred: sure.given }
  yield { loss, options: { fromLogits: true }, yTrue: labels, yPred: sureLogits }
  const broken = numbers([
    [Number.NaN, 1, 2],
    [0.2, 0.3, 0.5],
    [0.2, 0.3, 0.5],
  ])
  for (const fromLogits of [false, true])
    yield { loss, options: { ignoreClass: 1, fromLogits }, yTrue: labels, yPred: broken }
}

function* binary(): Generator<Case> {
  for (const shape of shapes)
    for (const labelSmoothing of [0, 0.2])
      for (const yTrue of [events(shape), probabilities(shape), asIntegers(events(shape))])
        for (const fromLogits of [false, true]) {
          const yPred = fromLogits ? reals(shape, 3) : probabilities(shape)
          const options = { labelSmoothing, fromLogits }
          yield { loss: 'binaryCrossentropy', options, yTrue, yPred }
          yield { loss: 'binaryFocalCrossentropy', options, yTrue, yPred }
          for (const gamma of [0, 1, 2.5])
            yield {
              loss: 'binaryFocalCrossentropy',
              options: { ...options, applyClassBalancing: true, alpha: 0.3, gamma },
              yTrue,
              yPred,
            }
        }
  const { labels, given } = sure
  for (const loss of ['binaryCrossentropy', 'binaryFocalCrossentropy'] as const) {
    yield { loss, yTrue: labels, yPred: given }
    yield { loss, options: { fromLogits: true }, yTrue: labels, yPred: sureLogits }
    yield { loss, options: { axis: 1 }, yTrue: events([2, 3, 4]), yPred: probabilities([2, 3, 4]) }
    yield { loss, options: { axis: 0, fromLogits: true }, yTrue: events([2, 3]), yPred: reals([2, 3]) }
    yield { loss, yTrue: events([4]), yPred: probabilities([4, 1]) }
  }
  yield { loss: 'binaryCrossentropy', yTrue: events([3, 1]), yPred: probabilities([3, 4]) }
}

function* errors(): Generator<Case> {
  const names = [
    'meanSquaredError',
    'meanAbsoluteError',
    'meanAbsolutePercentageError',
    'meanSquaredLogarithmicError',
    'logCosh',
    'huber',
    'poisson',
    'cosineSimilarity',
  ] as const
  for (const loss of names) {
    for (const shape of shapes) {
      yield { loss, yTrue: reals(shape, 3), yPred: loss === 'poisson' ? positives(shape) : reals(shape, 3) }
      yield { loss, yTrue: integers(shape, (k) => k % 3), yPred: positives(shape) }
    }
    // equal, zero, at the bend, and far apart
    const yTrue = numbers([
      [0, 0, 1, 2, 0],
      [0, 0, 0, 0, 0],
      [1, 2, 3, 4, 5],
    ])
    const yPred = numbers([
      [0, 1, 0, 2, 0],
      [0, 0, 0, 0, 0],
      [100, 2, 3.5, 1e4, 4],
    ])
    yield { loss, yTrue, yPred }
    yield { loss, yTrue: positives([4, 1]), yPred: positives([4, 3]) }
    yield { loss, yTrue: positives([3]), yPred: positives([4, 3]) }
    yield { loss, yTrue: positives([4]), yPred: positives([4, 1]) }
    yield { loss, yTrue: positives([4, 1]), yPred: positives([4]) }
  }
  for (const delta of [0.5, 1.7])
    yield { loss: 'huber', options: { delta }, yTrue: reals([4, 3]), yPred: reals([4, 3], 3) }
  yield { loss: 'cosineSimilarity', options: { axis: 1 }, yTrue: reals([2, 3, 4]), yPred: reals([2, 3, 4]) }
  for (const shape of shapes)
    yield { loss: 'klDivergence', yTrue: distributions(shape), yPred: distributions(shape) }
  yield { loss: 'klDivergence', yTrue: sure.labels, yPred: sure.given }
}

function* hinges(): Generator<Case> {
  for (const shape of shapes) {
    for (const loss of ['hinge', 'squaredHinge'] as const)
      for (const yTrue of [
        events(shape),
        asIntegers(events(shape)),
        floats(shape, (k) => (k % 3 ? 1 : -1)),
        reals(shape),
      ])
        yield { loss, yTrue, yPred: reals(shape) }
    yield { loss: 'categoricalHinge', yTrue: oneHot(shape), yPred: reals(shape) }
    yield { loss: 'categoricalHinge', yTrue: distributions(shape), yPred: reals(shape) }
    // several wrong classes are the best
    yield { loss: 'categoricalHinge', yTrue: oneHot(shape), yPred: floats(shape, (k) => (k % 3) - 1) }
  }
  const atMargin = numbers([
    [1, -1, 1],
    [2, 1, 0.5],
    [-1, 0, 1],
  ])
  for (const loss of ['hinge', 'squaredHinge', 'categoricalHinge'] as const)
    yield { loss, yTrue: sure.labels, yPred: atMargin }
}

function* regions(): Generator<Case> {
  const axes = [undefined, null, 1, -1, [1, 2], [0, -1]]
  for (const loss of ['dice', 'tversky'] as const) {
    for (const axis of axes)
      yield { loss, options: { axis }, yTrue: events([2, 3, 4]), yPred: probabilities([2, 3, 4]) }
    yield {
      loss,
      options: { axis: 1 },
      yTrue: floats([2, 3], () => 0),
      yPred: floats([2, 3], (k) => (k < 3 ? 0 : 1)),
    }
    yield { loss, yTrue: asIntegers(events([5, 4])), yPred: probabilities([5, 4]) }
  }
  yield {
    loss: 'tversky',
    options: { alpha: 0.2, beta: 0.9, axis: [1] },
    yTrue: probabilities([4, 7]),
    yPred: probabilities([4, 7]),
  }
}

/** Vectors of norm 1. */
const directions = (shape: [number, number]): Numbers => {
  const { data } = reals(shape)
  const [, size] = shape
  const norms = Array.from({ length: shape[0] }, (_, row) =>
    Math.hypot(...data.slice(row * size, (row + 1) * size)),
  )
  return { data: data.map((x, k) => x / norms[Math.floor(k / size)]!), shape }
}

function* circles(): Generator<Case> {
  const settings = [{}, { gamma: 4, margin: 0.25 }, { gamma: 2, removeDiagonal: false }]
  for (const options of settings) {
    yield { loss: 'circle', options, yTrue: integers([8], (k) => k % 3), yPred: directions([8, 5]) }
    yield {
      loss: 'circle',
      options,
      yTrue: floats([6, 1], (k) => (k < 3 ? 0 : k)),
      yPred: directions([6, 3]),
    }
    yield { loss: 'circle', options, yTrue: integers([4], () => 1), yPred: directions([4, 3]) }
  }
}

function* sequences(): Generator<Case> {
  const symbols = [
    [1, 2, 3, 0],
    [2, 2, 2, 0],
    [0, 0, 0, 0],
    [3, 1, 3, 1],
    [0, 2, 0, 1],
  ]
  for (const frames of [1, 4, 9])
    for (const yTrue of [numbers(symbols), asIntegers(numbers(symbols))])
      yield { loss: 'ctc', yTrue, yPred: reals([5, frames, 4], 2) }
  yield { loss: 'ctc', yTrue: integers([2, 12], (k) => 1 + (k % 3)), yPred: reals([2, 60, 5], 3) }
  yield { loss: 'ctc', yTrue: integers([2, 1], (k) => k), yPred: reals([2, 3, 2], 100) }
  const isImpossible = (k: number): boolean => k % 4 === 2
  const impossible = floats([2, 5, 4], (k) => (isImpossible(k) ? Number.NEGATIVE_INFINITY : normal()))
  yield {
    loss: 'ctc',
    yTrue: numbers([
      [1, 2],
      [1, 3],
    ]),
    yPred: impossible,
  }
}

const cases = function* (): Generator<Case> {
  yield* categorical()
  yield* sparse()
  yield* binary()
  yield* errors()
  yield* hinges()
  yield* regions()
  yield* circles()
  yield* sequences()
}

/**
 * Compares the values and the gradients of every loss.
 *
 * @param most so many cases of each loss, where compiling all of their shaders would take too long
 */
export const lossDifferences = async (most: number = Number.POSITIVE_INFINITY): Promise<LossDifference[]> => {
  uniform = randomStream(5)
  const found: LossDifference[] = []
  const counts = new Map<string, number>()
  for (const each of cases()) {
    const count = counts.get(each.loss) ?? 0
    counts.set(each.loss, count + 1)
    if (count < most) found.push(...(await differencesOf(each)))
  }
  return found
}

const describeCase = ({ loss, options, yTrue, yPred }: Case): string => {
  const dtype = yTrue.data instanceof Int32Array ? 'int32' : 'float32'
  return `${loss}(${JSON.stringify(options ?? {})}) of ${dtype} [${yTrue.shape}], [${yPred.shape}]`
}

const tensorOf = ({ data, shape }: Numbers): tf.Tensor =>
  tf.tensor(data, shape, data instanceof Int32Array ? 'int32' : 'float32')

/** The losses of class indices have no gradient by them. */
const isByLabels = ({ loss, yTrue }: Case): boolean =>
  !factories[loss]!().isSparse && yTrue.data instanceof Float32Array

const differencesOf = async (of: Case): Promise<LossDifference[]> => {
  const keys: readonly ('yTrue' | 'yPred')[] = isByLabels(of) ? ['yTrue', 'yPred'] : ['yPred']
  const reference = valueAndGrad(references[of.loss]!, keys)
  const options = of.options ?? {}
  const { shape } = reference(of.yTrue, of.yPred, options).value
  const upstream = floats([...shape], normal)
  const { value, grad } = reference(of.yTrue, of.yPred, { ...options, upstream })

  const loss = factories[of.loss]!(of.options)
  const given = { yTrue: tensorOf(of.yTrue), yPred: tensorOf(of.yPred) }
  const dy = tf.tensor(upstream.data, upstream.shape)
  const f = (...by: tf.Tensor[]): tf.Tensor => {
    const { yTrue, yPred } = { ...given, ...Object.fromEntries(keys.map((key, k) => [key, by[k]])) }
    return loss(yTrue, yPred)
  }
  const inputs = keys.map((key) => given[key])
  const own = tf.valueAndGrads(f)(inputs, dy)
  const what = describeCase(of)
  const found = [
    { what: `value of ${what}`, difference: await distance(own.value, value) },
    { what: `value, not differentiated, of ${what}`, difference: await distance(f(...inputs), value) },
  ]
  for (const [k, key] of keys.entries())
    found.push({
      what: `gradient by ${key} of ${what}`,
      difference: await distance(own.grads[k]!, grad[key]),
    })
  tf.dispose([own, dy, given])
  return found
}

const distance = async (own: tf.Tensor, expected: Tensor): Promise<number> => {
  if (`${own.shape}` !== `${expected.shape}`) return Number.NaN
  const wanted = Array.from(expected.data as Float32Array)
  const largest = Math.max(1, ...wanted.filter(Number.isFinite).map(Math.abs))
  const data = await own.data()
  own.dispose()
  return wanted.reduce((most, x, k) => {
    const difference = Object.is(x, data[k]) ? 0 : Math.abs(x - data[k]!) / largest
    return Number.isNaN(difference) ? difference : Math.max(most, difference)
  }, 0)
}
