import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import {
  computeAverageLoss,
  hessianVectorProduct,
  reduceMean,
  sigmoidCrossEntropyWithLogits,
  softmax,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  type TensorLike,
  tensor,
  valueAndGrad,
  weightedCrossEntropyWithLogits,
} from '../../src/index.ts'

import { numbers } from '../support.ts'

// TensorFlow's column of docs/differences.md, as fixtures/record_differences.py found it: each row of the table that
// says that TensorFlow differs must differ. What is right is tested in nn/differences.test.ts.

const { tensorflow, recorded } = JSON.parse(
  readFileSync(new URL('fixtures/differences.json', import.meta.url), 'utf8'),
) as { tensorflow: string; recorded: Readonly<Record<string, string | readonly (number | string)[]>> }

const document = readFileSync(new URL('../../../../docs/differences.md', import.meta.url), 'utf8').replace(
  / +/g,
  ' ',
)

const inf = Number.POSITIVE_INFINITY
const confident = { labels: [0], logits: [[30, ...new Array<number>(9).fill(0)]] }
const zeros = (...shape: number[]) => ({
  data: new Float32Array(shape.reduce((size, d) => size * d, 1)),
  shape,
})
const denseGradient = valueAndGrad(softmaxCrossEntropyWithLogits, 'logits')

const ours: Readonly<Record<string, () => TensorLike>> = {
  'labels that sum to 2.25': () =>
    denseGradient({ labels: [0.5, 1, 0.75], logits: [1, -2, 0.5] }).grad.logits,
  'weighted gradient at logit 0': () =>
    valueAndGrad(
      weightedCrossEntropyWithLogits,
      'logits',
    )({ labels: [0, 0.25, 1], logits: [0, 0, -0], posWeight: 3 }).grad.logits,
  'mixed second derivative': () =>
    hessianVectorProduct(softmaxCrossEntropyWithLogits, ['logits', 'labels'])(
      { labels: [0.25, 0.75], logits: [1, 3] },
      { logits: [1, 0], labels: [0, 0] },
    ).labels,
  'gradient of broadcast labels': () =>
    valueAndGrad(softmaxCrossEntropyWithLogits, 'labels')({ labels: [[1, 1, 1, 1]], logits: zeros(3, 4) })
      .grad.labels,
  '-Infinity where the label is 0': () =>
    softmaxCrossEntropyWithLogits({ labels: [[1, 0, 0]], logits: [[1, 1, -inf]] }),
  'sigmoid at Infinity, labels 1, 0, 0.5': () =>
    sigmoidCrossEntropyWithLogits({ labels: [1, 0, 0.5], logits: [inf, inf, inf] }),
  'sigmoid at -Infinity, label 0': () => sigmoidCrossEntropyWithLogits({ labels: [0], logits: [-inf] }),
  'softmax of [0, -95]': () => softmax({ logits: [0, -95] }),
  'dense loss along axis -2': () =>
    softmaxCrossEntropyWithLogits({ labels: zeros(2, 3, 4), logits: zeros(2, 3, 4), axis: -2 }),
  'confident row': () => sparseSoftmaxCrossEntropyWithLogits(confident),
  'gradient of the confident row': () =>
    numbers(valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')(confident).grad.logits).slice(0, 1),
  'weighted loss at logit -10': () =>
    weightedCrossEntropyWithLogits({ labels: [0], logits: [-10], posWeight: 2 }),
  'sparse bfloat16': () =>
    sparseSoftmaxCrossEntropyWithLogits({
      labels: [3],
      logits: tensor([[1, 0.5, -0.25, 2, 0.75, -1]], 'bfloat16'),
    }),
  'average of weighted float64 losses': () =>
    computeAverageLoss({
      perExampleLoss: Float64Array.of(1 / 3, 1 / 7),
      sampleWeight: Float64Array.of(0.1, 0.7),
    }),
  'mean of integers [1, 0, 1, 0]': () => reduceMean(Int32Array.of(1, 0, 1, 0)),
  'integer labels of the sigmoid loss': () =>
    sigmoidCrossEntropyWithLogits({ labels: Int32Array.of(1, 0), logits: [1, 2] }),
}

it.each(Object.entries(ours))(`TensorFlow ${tensorflow} differs: %s`, (name, call) => {
  const theirs = recorded[name]
  expect(theirs).toBeDefined()
  const own = numbers(call())
  expect(own.every(Number.isNaN)).toBe(false)
  if (typeof theirs !== 'string')
    expect(own.map((x, k) => x === Number(theirs![k])).every(Boolean)).toBe(false)
})

it('TensorFlow runs where xent refuses: shapes that merely flatten alike', () => {
  expect(recorded['shapes that flatten alike']).toEqual([2, 3])
  expect(() => softmaxCrossEntropyWithLogits({ labels: zeros(3, 2, 4), logits: zeros(2, 3, 4) })).toThrow(
    'labels',
  )
})

it('TensorFlow refuses on the CPU too: labels out of range', () => {
  expect(recorded['sparse label out of range']).toBe('InvalidArgumentError')
  expect(recorded['sparse label out of range, under XLA']).toEqual(['nan'])
  expect(() => sparseSoftmaxCrossEntropyWithLogits({ labels: [4], logits: zeros(1, 4) })).toThrow('labels[0]')
})

it('TensorFlow computes as xent does under XLA: -Infinity where the label is 0', () => {
  const own = numbers(ours['-Infinity where the label is 0']!())
  expect(recorded['-Infinity where the label is 0, under XLA']).toEqual([expect.closeTo(own[0]!, 7)])
})

it('the document has these numbers', () => {
  const theirs = Number(recorded['weighted loss at logit -10']![0])
  const weighted = ours['weighted loss at logit -10']!()
  const loss = numbers(ours['confident row']!())[0]!
  expect(document).toContain(`| ${theirs.toExponential(4)} | ${numbers(weighted)[0]!.toExponential(4)} |`)
  expect(document).toContain(
    `| loss 0, gradient 0 | loss ${loss.toExponential(2)}, gradient −${loss.toExponential(2)} |`,
  )
  expect(document).toContain(`TensorFlow ${tensorflow.replace(/\.\d+$/, '')}`)
})
