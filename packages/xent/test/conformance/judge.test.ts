import { expect, it } from 'vitest'
import { tensor } from '../../src/index.ts'
import { engines, reference } from '../support.ts'
import { type Call, encode, type Outcome } from './call.ts'
import { judge } from './judge.ts'

// The judge itself: it must find what it is there to find. log(1 + e) is the loss of [1, 0] with label 1.

const call: Call = {
  function: 'sparseSoftmaxCrossEntropyWithLogits',
  args: { labels: encode(tensor(Int32Array.of(1))), logits: encode(tensor([[1, 0]], 'float64')) },
}

const LOSS = Math.log1p(Math.E)

const outcome = (value: number, shape: readonly number[] = [1]): Outcome => ({
  value: encode(tensor({ data: [value], shape, dtype: 'float64' })),
})

const error = (text: string): Outcome => ({ error: { class: 'InvalidArgumentError', text } })

const faultsOf = async (outcomes: Parameters<typeof judge>[1]['outcomes'], given = call) =>
  (await judge(reference, { call: given, outcomes })).faults

it.each(engines)('$name: what agrees has no fault', async (engine) => {
  const outcomes = { tensorflow: outcome(LOSS), truth: outcome(LOSS) }
  expect((await judge(engine, { call, outcomes })).faults).toEqual([])
})

it('a few ulps off the truth are a fault, off a library they are not', async () => {
  const off = LOSS * (1 + 8 * 2 ** -52)
  expect(await faultsOf({ tensorflow: outcome(off) })).toEqual([])
  expect(await faultsOf({ truth: outcome(off) })).toEqual([
    expect.stringContaining('truth: value: element 0'),
  ])
})

it('more than rounding off a library is a fault, and so are another shape and NaN', async () => {
  for (const wrong of [outcome(LOSS + 1e-9), outcome(LOSS, []), outcome(Number.NaN)]) {
    expect(await faultsOf({ torch: wrong })).toEqual([expect.stringContaining('torch: value: ')])
  }
})

it('an error on one side only is a fault', async () => {
  expect(await faultsOf({ tensorflow: error('no such device') })).toEqual([
    'tensorflow: error: refuses what xent accepts: no such device',
  ])
  const outside = { ...call, args: { ...call.args, labels: encode(tensor(Int32Array.of(2))) } }
  expect(await faultsOf({ tensorflow: outcome(0) }, outside)).toEqual([
    expect.stringContaining('tensorflow: error: accepts what xent refuses'),
  ])
})

it('TensorFlow’s words are looked for, without the arrays that it prints', async () => {
  const scalar = { ...call, args: { ...call.args, logits: encode(tensor(1)) } }
  expect(
    await faultsOf({ tensorflow: error('`logits` cannot be a scalar. Received logits=1.0`') }, scalar),
  ).toEqual([])
  expect(await faultsOf({ tensorflow: error('`logits` must not be a scalar') }, scalar)).toEqual([
    expect.stringContaining('tensorflow: error: says "`logits` must not be a scalar"'),
  ])
})

it('a deliberate difference excuses its own row, and no other', async () => {
  const dense: Call = {
    function: 'softmaxCrossEntropyWithLogits',
    args: {
      labels: encode(
        tensor([
          [1, 0],
          [0, 1],
        ]),
      ),
      logits: encode(
        tensor([
          [1, Number.NEGATIVE_INFINITY],
          [1, 0],
        ]),
      ),
    },
  }
  const losses = (first: number, second: number): Outcome => ({
    value: encode(tensor([first, second])),
  })
  const right = Math.fround(LOSS)
  expect(await faultsOf({ tensorflow: losses(Number.NaN, right) }, dense)).toEqual([])
  expect(await faultsOf({ tensorflow: losses(Number.NaN, Number.NaN) }, dense)).toEqual([
    expect.stringContaining('tensorflow: value: element 1'),
  ])
})
