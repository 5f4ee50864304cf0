import { readFileSync } from 'node:fs'
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { losses } from '../../src/compat/v1/index.ts'
import {
  type FloatTensor,
  sigmoidCrossEntropyWithLogits,
  type Tensor,
  type TensorLike,
  tensor,
  valueAndGrad,
  XentError,
} from '../../src/index.ts'
import { decode, type EncodedArray } from '../conformance/call.ts'
import { slopeOf } from '../nn/finite-differences.ts'
import { expectClose, type FloatName, numbers } from '../support.ts'

/** What oracle/record_v1_losses.py wrote: arrays are named. */
interface Recorded {
  readonly arrays: Readonly<Record<string, EncodedArray>>
  readonly groups: readonly Group[]
  readonly errors: readonly Refusal[]
  readonly differences: Readonly<Record<string, EncodedArray>>
}

interface Named {
  readonly function: LossName
  readonly args: Readonly<Record<string, string | null>>
  readonly options: Readonly<Record<string, unknown>>
}

/** A call by weights and reduction; gradients by the arguments of `wrt`, in their shapes and types. */
interface Group extends Named {
  readonly wrt: readonly string[]
  readonly outcomes: readonly {
    readonly weights: string
    readonly reduction?: losses.Reduction
    readonly upstream?: string
    readonly value: EncodedArray
    readonly gradients?: readonly string[]
  }[]
}

interface Refusal extends Named {
  readonly text: string
}

type LossName = Exclude<keyof typeof losses, 'Reduction'>

const { arrays, groups, errors, differences }: Recorded = JSON.parse(
  readFileSync(new URL('fixtures/losses.json', import.meta.url), 'utf8'),
)

const arrayOf = (name: string): Tensor => decode(arrays[name]!)

type Args = Readonly<Record<string, unknown>>

/** A loss as a function of arguments that only their names tell apart. */
const lossNamed = (name: LossName): losses.LossFunction<Args, string> =>
  losses[name] as losses.LossFunction<never, never> as losses.LossFunction<Args, string>

const argsOf = ({ args, options }: Named): Args => ({
  ...Object.fromEntries(Object.entries(args).map(([key, name]) => [key, name && arrayOf(name)])),
  ...options,
})

/**
 * TensorFlow computes these losses in float32, or in float16 where logits and losses are that: a few roundings of terms of
 * this magnitude, of all elements where they are summed. Those of the pairwise error are 4e / (n − 1).
 */
const termOf = (name: LossName): number => (name === 'meanPairwiseSquaredError' ? 8 : 1)
const ROUNDINGS = 8

const title = ({ function: name, args, options }: Named): string =>
  `${name}(${[...Object.values(args), ...Object.entries(options).map((option) => option.join(': '))].join(', ')})`

describe('compat/v1 losses', () => {
  const warn = vi.spyOn(console, 'warn')

  beforeEach(() => {
    warn.mockReset().mockImplementation(() => {})
  })

  afterAll(() => {
    warn.mockRestore()
  })

  it.each(groups.map((group) => [title(group), group] as const))('%s is TensorFlow’s', (_, group) => {
    const fixed = argsOf(group)
    const isDouble = Object.values(group.args).some((name) => name?.startsWith('float64'))
    for (const { weights, reduction, upstream, value, gradients } of group.outcomes) {
      const args = { ...fixed, weights: arrayOf(weights), ...(reduction && { reduction }) }
      const options = upstream === undefined ? {} : { upstream: arrayOf(upstream) }
      const found = valueAndGrad(lossNamed(group.function), group.wrt)(args, options)
      const expected = decode(value)
      expect(found.value.shape).toEqual(expected.shape)
      expect(found.value.dtype).toBe(isDouble ? 'float64' : expected.dtype)
      expect(numbers(lossNamed(group.function)(args))).toEqual(numbers(found.value))
      const term = termOf(group.function)
      const terms = reduction === 'weighted_sum' ? tensor(Object.values(fixed)[0] as Tensor).size : 1
      const precision = (dtype: string): FloatName => (dtype === 'float16' ? 'float16' : 'float32')
      expectClose(found.value, expected, precision(expected.dtype), ROUNDINGS, () => term * terms)
      group.wrt.forEach((key, k) => {
        const { shape, dtype } = fixed[key] as FloatTensor
        const gradient = found.grad[key]!
        expect(gradient.shape).toEqual(shape)
        expect(gradient.dtype).toBe(dtype)
        const slopes = decode({ shape, dtype, data: gradients![k]! })
        expectClose(gradient, slopes, precision(dtype), ROUNDINGS, () => term)
      })
    }
  })

  it.each(errors.map((refusal) => [title(refusal), refusal] as const))('%s is refused', (_, refusal) => {
    expect(() => lossNamed(refusal.function)(argsOf(refusal))).toThrow(refusal.text)
    expect(() => lossNamed(refusal.function)(argsOf(refusal))).toThrow(XentError)
  })

  /** In float64, where differences tell the slope. */
  const double = (name: string): Tensor => tensor(arrayOf(name), 'float64')

  it.each(
    groups
      .filter(({ args }) => Object.values(args).every((name) => !/^float16|^certain|^ends/.test(name!)))
      .flatMap((group) => group.wrt.map((key) => [title(group), key, group] as const)),
  )('the gradient of %s by %s is the derivative of the value', async (_, key, group) => {
    const isClass = (name: string): boolean => name.startsWith('class')
    const args: Args = {
      ...Object.fromEntries(
        Object.entries(group.args).map(([k, name]) => [k, isClass(name!) ? arrayOf(name!) : double(name!)]),
      ),
      ...group.options,
    }
    const loss = lossNamed(group.function)
    for (const { weights, reduction } of group.outcomes) {
      const weighted: Args = { ...args, weights: double(weights), ...(reduction && { reduction }) }
      const total = async (at: TensorLike): Promise<number> =>
        numbers(loss({ ...weighted, [key]: at })).reduce((sum, x) => sum + x, 0)
      const { grad } = valueAndGrad(loss, key)(weighted)
      const at = args[key] as FloatTensor
      const slopes = await slopeOf(total, at, at.shape)
      numbers(grad[key]!).forEach((slope, k) => {
        expect(slope).toBeCloseTo(slopes[k]!, 7)
      })
    }
  })

  const labels = [[0, 1, 1]]
  const predictions = [[0.25, 0.5, -1]]

  it('takes the reductions by name, the mean over weights that are not 0 where none is given', () => {
    expect(losses.Reduction).toEqual({
      NONE: 'none',
      SUM: 'weighted_sum',
      MEAN: 'weighted_mean',
      SUM_OVER_BATCH_SIZE: 'weighted_sum_over_batch_size',
      SUM_OVER_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
      SUM_BY_NONZERO_WEIGHTS: 'weighted_sum_by_nonzero_weights',
    })
    const args = { labels, predictions, weights: [[2, 0, 0.5]] }
    const reduced = (reduction?: losses.Reduction): number[] =>
      numbers(losses.absoluteDifference(reduction ? { ...args, reduction } : args))
    const { NONE, SUM, MEAN, SUM_OVER_BATCH_SIZE, SUM_BY_NONZERO_WEIGHTS } = losses.Reduction
    expect(reduced(NONE)).toEqual([0.5, 0, 1])
    expect(reduced(SUM)).toEqual([1.5])
    expectClose(reduced(MEAN), [1.5 / 2.5], 'float32', 1)
    expect(reduced(SUM_OVER_BATCH_SIZE)).toEqual([0.5])
    expect(reduced(SUM_BY_NONZERO_WEIGHTS)).toEqual([0.75])
    expect(reduced()).toEqual([0.75])
  })

  it('takes scope and lossCollection, to no effect', () => {
    const args = { scope: 'here', lossCollection: null }
    for (const loss of [losses.absoluteDifference, losses.meanPairwiseSquaredError]) {
      expect(loss({ labels, predictions, ...args })).toEqual(loss({ labels, predictions }))
    }
  })

  it('gives 0 where nothing has a weight, and no gradient', () => {
    const nothing = { labels, predictions, weights: [[0, 0, 0]] }
    for (const reduction of Object.values(losses.Reduction)) {
      const { value, grad } = valueAndGrad(losses.meanSquaredError, 'predictions')({ ...nothing, reduction })
      expect(numbers(value).map(Math.abs)).toEqual(numbers(value).map(() => 0))
      expect(numbers(grad.predictions).map(Math.abs)).toEqual([0, 0, 0])
    }
  })

  it('multiplies gradients by upstream: a number for any loss, or an array of its shape', () => {
    const sigmoid = valueAndGrad(losses.sigmoidCrossEntropy, 'logits')
    const args = { multiClassLabels: labels, logits: predictions, weights: 2 }
    const one = numbers(sigmoid(args).grad.logits)
    expectClose(
      sigmoid(args, { upstream: -3 }).grad.logits,
      one.map((slope) => -3 * slope),
      'float32',
      1,
    )
    const none = { ...args, reduction: losses.Reduction.NONE }
    expect(numbers(sigmoid(none, { upstream: 2 }).grad.logits)).toEqual(
      numbers(sigmoid(none, { upstream: [[2, 2, 2]] }).grad.logits),
    )
    expect(() => sigmoid(args, { upstream: [[1, 1, 1]] })).toThrow('upstream: expected shape []')
    expect(() => sigmoid(none, { upstream: [1, 1, 1] })).toThrow('upstream: expected shape [1, 3]')
    expect(() => sigmoid(args, { out: 1 } as never)).toThrow('options.out')
  })

  it('refuses gradients that there are not, arguments it does not know, and positions', () => {
    // @ts-expect-error version 1 has no gradient into the labels
    expect(() => valueAndGrad(losses.softmaxCrossEntropy, 'onehotLabels')).toThrow('wrt')
    // @ts-expect-error a misspelt name
    expect(() => valueAndGrad(losses.logLoss, ['prediction'])).toThrow('wrt')
    // @ts-expect-error it is always a sum
    expect(() => losses.meanPairwiseSquaredError({ labels, predictions, reduction: 'none' })).toThrow(
      "Got an unexpected keyword argument 'reduction'",
    )
    // @ts-expect-error a positional call
    expect(() => losses.logLoss(labels, predictions)).toThrow('Only call `log_loss` with named arguments')
    // @ts-expect-error labels are missing
    expect(() => losses.logLoss({ predictions })).toThrow('Argument `labels` must not be None.')
    // @ts-expect-error all is missing
    expect(() => losses.logLoss()).toThrow('Argument `labels` must not be None.')
    // @ts-expect-error all is missing
    expect(() => losses.computeWeightedLoss()).toThrow('Missing required positional argument')
  })

  it('cosineDistance takes dim for axis, with one notice', async () => {
    const expected = numbers(losses.cosineDistance({ labels, predictions, axis: 1 }))
    vi.resetModules()
    const fresh = await import('../../src/compat/v1/index.ts')
    for (const _ of [1, 2]) {
      expect(numbers(fresh.losses.cosineDistance({ labels, predictions, dim: 1 }))).toEqual(expected)
    }
    expect(warn.mock.calls.length).toBe(1)
    expect(warn.mock.calls[0]?.[0]).toContain('cosineDistance')
  })

  it('gives 0 for no examples', () => {
    const none = { data: new Float32Array(0), shape: [0, 3] }
    const results = [
      losses.meanSquaredError({ labels: none, predictions: none }),
      losses.meanPairwiseSquaredError({ labels: none, predictions: none }),
      losses.cosineDistance({ labels: none, predictions: none, axis: 1 }),
      losses.softmaxCrossEntropy({ onehotLabels: none, logits: none }),
      losses.sigmoidCrossEntropy({ multiClassLabels: none, logits: none }),
      losses.sparseSoftmaxCrossEntropy({ labels: new Int32Array(0), logits: none }),
    ]
    expect(results.map((value) => value.item())).toEqual([0, 0, 0, 0, 0, 0])
  })

  it('names the first label that is no class', () => {
    const args = { labels: [[0], [3], [-1]], logits: [[1, 2, 3], ...[0, 1].map(() => [1, 2, 3])] }
    expect(() => losses.sparseSoftmaxCrossEntropy(args)).toThrow(
      'sparseSoftmaxCrossEntropy: labels[1, 0]: expected a class in [0, 3), received 3',
    )
  })

  it('is of the functions of xent: a confident example keeps its loss and gradient', () => {
    const sure = { multiClassLabels: [1], logits: [30] }
    const { value, grad } = valueAndGrad(losses.sigmoidCrossEntropy, 'logits')(sure)
    const own = valueAndGrad(sigmoidCrossEntropyWithLogits, 'logits')({ labels: [1], logits: [30] })
    expect([value.item(), ...numbers(grad.logits)]).toEqual([
      ...numbers(own.value),
      ...numbers(own.grad.logits),
    ])
  })

  it('the pairwise error is the mean of the squared differences of differences, n(n − 1)/2 of them', () => {
    const [a, b, c] = [2, 7, 4]
    const [x, y, z] = [1, -1, 8]
    const pairs = [a - b - (x - y), a - c - (x - z), b - c - (y - z)]
    const expected = pairs.reduce((sum, difference) => sum + difference ** 2, 0) / 3
    const args = { labels: [[a, b, c]], predictions: [[x, y, z]] }
    expectClose(losses.meanPairwiseSquaredError(args), [expected], 'float32', 1)
  })

  it('the pairwise error of predictions that are all as far off is 0, however far', () => {
    const far = { labels: [[1, 2, 3]], predictions: [[16777217, 16777218, 16777219]] }
    const args = { labels: tensor(far.labels, 'float64'), predictions: tensor(far.predictions, 'float64') }
    expect(losses.meanPairwiseSquaredError(args).item()).toBe(0)
  })

  it('the gradient of the softmax loss is softmax − labels, also where those do not sum to 1', () => {
    const args = { onehotLabels: arrayOf('sums of 2 [2, 3, 4]'), logits: arrayOf('logits [2, 3, 4]') }
    const { grad } = valueAndGrad(losses.softmaxCrossEntropy, 'logits')(args)
    expectClose(grad.logits, decode(differences['labels that sum to 2']!), 'float32', ROUNDINGS, () => 1)
  })

  describe('deliberately other than TensorFlow:', () => {
    const recorded = (name: string): Tensor => decode(differences[name]!)

    it('float64 keeps its digits', () => {
      const args = { labels: Float64Array.of(0), predictions: Float64Array.of(1 / 3) }
      expect(losses.absoluteDifference(args).item()).toBe(1 / 3)
      expect(recorded('float64')).toMatchObject({ dtype: 'float32' })
      const weights = Float64Array.of(0.1, 0.7)
      const thirds = { losses: Float64Array.of(1 / 3, 1 / 7), weights, reduction: losses.Reduction.SUM }
      expectClose(losses.computeWeightedLoss(thirds), [2 / 15], 'float64', 1)
    })

    it('integer losses are averaged as floats', () => {
      expect(recorded('integer losses').toArray()).toBe(1)
      const mean = losses.computeWeightedLoss({ losses: Int32Array.of(1, 2, 4), weights: 0.5 })
      expect(mean.dtype).toBe('float32')
      expectClose(mean, [3.5 / 3], 'float32', 1)
    })

    it('the pairwise error counts the elements of an example, not those of the batch', () => {
      const args = { labels: arrayOf('others [2, 3]'), predictions: arrayOf('numbers [2, 3]') }
      const rows = [0, 1].map((k) => {
        const row = (name: string): number[][] => [numbers(arrayOf(name)).slice(3 * k, 3 * k + 3)]
        const one = { labels: row('others [2, 3]'), predictions: row('numbers [2, 3]') }
        return Number(losses.meanPairwiseSquaredError(one).item())
      })
      expectClose(losses.meanPairwiseSquaredError(args), [rows[0]! + rows[1]!], 'float32', 2)
      expect(Number(recorded('eager pairwise error').item())).not.toBeCloseTo(rows[0]! + rows[1]!, 2)
    })

    it('16-bit logits are computed as float32 and rounded once', () => {
      const narrow = tensor([[70, -60]], 'float16')
      const many = {
        data: new Uint16Array(2048).fill(0).map((_, k) => narrow.data[k % 2]!),
        shape: [1024, 2],
      }
      const args = { labels: new Int32Array(1024).fill(1), logits: { ...many, dtype: 'float16' } }
      const value = losses.sparseSoftmaxCrossEntropy(args)
      // a sum of 133120 is more than float16 has
      expect([value.dtype, value.item()]).toEqual(['float16', 130])
    })
  })
})
