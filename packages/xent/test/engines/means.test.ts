import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { allocateOn } from '../../src/engine/allocated-tensor.ts'
import { type ElementsCall, elements } from '../../src/engine/elements.ts'
import type { Results, Slot, SyncEngine } from '../../src/engine/engine.ts'
import { Tensor, tensor } from '../../src/index.ts'
import { computeDType, type FloatDType } from '../../src/tensor/dtype.ts'
import { read, type TensorLike } from '../../src/tensor/read.ts'
import { broadcastShapes, type Shape, sizeOf } from '../../src/tensor/shape.ts'
import { broadcastTo } from '../../src/tensor/strided.ts'
import { expectClose, type FloatName, machines, normal, numbers, randomStream } from '../support.ts'

// The mean along the last dimension that the `elements` kernel makes beside its other results, or instead of them.

interface Inputs {
  readonly logits: TensorLike
  readonly labels: TensorLike
  readonly posWeight?: TensorLike
}

type Output = keyof ElementsCall['outputs']

const run = (
  machine: SyncEngine,
  { logits, labels, posWeight }: Inputs,
  wanted: readonly Output[] = ['mean'],
): Results => {
  const [x, z, w] = [logits, labels, posWeight].map((like) =>
    like === undefined ? undefined : read('test', 'argument', like, 'float32'),
  )
  const dtype = x!.dtype as FloatDType
  const shape = broadcastShapes(x!.shape, z!.shape)!
  const shapes: Record<Output, Shape> = {
    value: shape,
    mean: shape.slice(0, -1),
    logits: x!.shape,
    labels: z!.shape,
    posWeight: w?.shape ?? [],
  }
  const outputs: Record<string, Slot> = {}
  for (const name of wanted) outputs[name] = { shape: shapes[name], dtype }
  const call: ElementsCall = {
    kernel: elements,
    compute: computeDType(dtype),
    shape,
    logits: broadcastTo(x!, shape)!,
    labels: broadcastTo(z!, shape)!,
    ...(w && { posWeight: broadcastTo(w, shape)! }),
    upstream: 0.5,
    outputs,
  }
  return machine.runSync(call)
}

const means = (machine: SyncEngine, inputs: Inputs): number[] => numbers(run(machine, inputs).mean!)

const filled = (shape: Shape, element: (k: number) => number, dtype: FloatName = 'float32'): Tensor =>
  tensor({ data: Float64Array.from({ length: sizeOf(shape) }, (_, k) => element(k)), shape }, dtype)

const hex = ({ data }: Tensor, from = 0, count = data.length): string =>
  Buffer.from(data.slice(from, from + count).buffer).toString('hex')

const ulps: Readonly<Record<FloatName, number>> = { float16: 1, bfloat16: 1, float32: 2, float64: 8 }

describe.each(machines)('means on $name', (machine) => {
  it.each([1, 2, 7, 255, 256, 511, 512, 513, 1000, 50_000])(
    'are ln 2 where %d logits are 0, whatever the labels',
    (length) => {
      const labels = filled([2, length], (k) => (k % 5) / 4)
      for (const dtype of ['float32', 'float64'] as const) {
        const logits = filled([2, length], () => 0, dtype)
        expectClose(run(machine, { logits, labels }).mean!, [Math.LN2, Math.LN2], dtype, 4)
        if (dtype === 'float32') expect(means(machine, { logits, labels })[0]).toBe(Math.fround(Math.LN2))
      }
    },
  )

  it.each([1, 3, 10, 300, 1000])('keep the digits of %d confident logits', (length) => {
    // log1p(exp(-40)) is exp(-40) to 17 digits
    const signs = (k: number): number => (k % 3 ? 1 : -1)
    for (const dtype of ['float32', 'float64'] as const) {
      const logits = filled([length], (k) => 40 * signs(k), dtype)
      const labels = filled([length], (k) => (signs(k) > 0 ? 1 : 0), dtype)
      expectClose(run(machine, { logits, labels }).mean!, Math.exp(-40), dtype, dtype === 'float32' ? 1 : 4)
    }
  })

  const edges: readonly (readonly [name: string, logits: number[], labels: number[], mean: number])[] = [
    ['certain and right', [Infinity, -Infinity], [1, 0], 0],
    ['certain and wrong', [Infinity, 0], [0, 1], Infinity],
    ['certain and half right', [0, -Infinity], [0, 0.5], Infinity],
    ['certain beside 0', [Infinity, 0, -Infinity, 0], [1, 0.25, 0, 1], Math.LN2 / 2],
    ['NaN', [NaN, 0], [0, 1], NaN],
    ['NaN beside infinity', [NaN, Infinity], [0, 0], NaN],
    ['a label that is NaN', [0, 1], [NaN, 1], NaN],
    ['a label that is infinite', [1, 1], [Infinity, 0], NaN],
    ['a label that is infinite, of logit 0', [0, 1], [-Infinity, 0], NaN],
    ['a sum that overflows float32', [3e38, 3e38, -3e38], [0, 0, 1], Math.fround(3e38)],
    ['a huge logit that is right', [1e30, 0], [1, 1], Math.LN2 / 2],
  ]

  it.each(edges)('of %s', (_name, logits, labels, mean) => {
    // as a row of its own, between others, and with 400 more logits that add nothing
    const others = logits.map(() => 0)
    const among = means(machine, { logits: [others, logits, others], labels: [others, labels, others] })
    expectClose(among, [Math.LN2, mean, Math.LN2], 'float32', 1)
    const pad = Array.from({ length: 400 }, () => 1)
    const long = means(machine, {
      logits: [...pad.map(() => Infinity), ...logits],
      labels: [...pad, ...labels],
    })
    expectClose(long, (mean * logits.length) / (400 + logits.length), 'float32', 1)
  })

  it('of no elements are NaN, of no rows nothing, and of a scalar its value', () => {
    const none = filled([3, 0], () => 0)
    expect(means(machine, { logits: none, labels: none })).toEqual([NaN, NaN, NaN])
    expect(run(machine, { logits: none, labels: none }, ['mean', 'value', 'logits']).value!.size).toBe(0)
    const noRows = filled([0, 3], () => 0)
    expect(run(machine, { logits: noRows, labels: noRows }).mean!.shape).toEqual([0])
    for (const wanted of [['mean'], ['mean', 'value']] as const) {
      const { mean } = run(machine, { logits: 0, labels: 1 }, wanted)
      expect(mean!.shape).toEqual([])
      expect(numbers(mean!)).toEqual([Math.fround(Math.LN2)])
    }
  })

  it('go into the array given, at any type, and leave the rest of the memory alone', () => {
    for (const dtype of ['float32', 'float64', 'float16', 'bfloat16'] as const) {
      const whole = allocateOn(machine, [7], dtype)
      whole.data.fill(9)
      const data = whole.data.subarray(2, 5)
      const logits = filled([3, 5], () => 0, dtype)
      const view = read('test', 'logits', logits, dtype)
      machine.runSync({
        kernel: elements,
        compute: computeDType(dtype),
        shape: [3, 5],
        logits: view,
        labels: view,
        upstream: 1,
        outputs: { mean: { shape: [3], dtype, data } },
      } as ElementsCall)
      const bits = whole.data.slice()
      expect([0, 1, 5, 6].map((k) => bits[k])).toEqual([9, 9, 9, 9])
      const written = new Tensor(bits.slice(2, 5), [3], dtype)
      expectClose(written, [Math.LN2, Math.LN2, Math.LN2], dtype, 1)
      whole.free()
    }
  })

  it('take broadcast labels and weights', () => {
    const logits = filled([40, 30], (k) => Math.sin(k))
    const labels = filled([30], (k) => (k % 4) / 3)
    const posWeight = filled([40, 1], (k) => k / 8)
    const spread = {
      logits,
      labels: filled([40, 30], (k) => ((k % 30) % 4) / 3),
      posWeight: filled([40, 30], (k) => Math.floor(k / 30) / 8),
    }
    expect(means(machine, { logits, labels, posWeight })).toEqual(means(machine, spread))
    const { posWeight: _, ...plain } = spread
    expect(means(machine, { logits, labels })).toEqual(means(machine, plain))
  })

  // [rows around it, where it stands, elements]: inside one staging block, over several, with every remainder
  it.each([
    [5, 4, 1],
    [64, 17, 2],
    [9, 8, 33],
    [500, 411, 100],
    [80, 79, 1001],
    [40, 1, 513],
    [3, 1, 40003],
  ] as const)('of a row are the same: among %i rows, at %i, of %i elements', (rows, at, length) => {
    const random = randomStream(length)
    const row = Array.from({ length }, () => 4 * normal(random))
    const labelRow = row.map(() => random())
    for (const dtype of ['float32', 'float64', 'float16'] as const) {
      const isRow = (k: number): boolean => Math.floor(k / length) === at
      const among = filled([rows, length], (k) => (isRow(k) ? row[k % length]! : 90 * Math.sin(k)), dtype)
      const labels = filled([rows, length], (k) => (isRow(k) ? labelRow[k % length]! : k % 2), dtype)
      const alone = { logits: tensor([row], dtype), labels: tensor([labelRow], dtype) }
      for (const weight of [{}, { posWeight: tensor([0.75], dtype) }]) {
        const one = hex(run(machine, { ...alone, ...weight }).mean!)
        const all = { logits: among, labels, ...weight }
        expect(hex(run(machine, all).mean!, at, 1)).toBe(one)
        const both = run(machine, all, ['mean', 'logits', 'labels'])
        expect(hex(both.mean!, at, 1)).toBe(one)
        const gradients = run(machine, all, ['value', 'logits', 'labels'])
        expect(hex(both.logits!)).toBe(hex(gradients.logits!))
        expect(hex(both.labels!)).toBe(hex(gradients.labels!))
      }
    }
  })
})

describe.each(machines.slice(1))('means on $name', (machine) => {
  it('agree with the reference', () => {
    const one = fc.record({
      dtype: fc.constantFrom<FloatName>('float16', 'bfloat16', 'float32', 'float64'),
      rows: fc.integer({ min: 1, max: 9 }),
      length: fc.oneof(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 200, max: 1600 })),
      spread: fc.constantFrom(0, 0.1, 3, 30, 300),
      isHard: fc.boolean(),
      isWeighted: fc.boolean(),
      withValue: fc.boolean(),
      seed: fc.integer(),
    })
    fc.assert(
      fc.property(one, ({ dtype, rows, length, spread, isHard, isWeighted, withValue, seed }) => {
        const random = randomStream(seed)
        const shape = [rows, length]
        const inputs = {
          logits: filled(shape, () => spread * normal(random), dtype),
          labels: filled(shape, () => (isHard ? Math.round(random()) : random()), dtype),
          ...(isWeighted && { posWeight: filled([length], () => 4 * random(), dtype) }),
        }
        const wanted: readonly Output[] = withValue ? ['mean', 'value', 'logits'] : ['mean']
        const actual = run(machine, inputs, wanted)
        const expected = run(machines[0]!, inputs, wanted)
        expectClose(actual.mean!, expected.mean!, dtype, ulps[dtype])
        if (withValue) expectClose(actual.value!, expected.value!, dtype, ulps[dtype])
      }),
      { numRuns: 300 },
    )
  })

  it.each([1_000_000, 100_003])('agree with the reference on a row of %d', (length) => {
    const random = randomStream(length)
    for (const dtype of ['float32', 'float64'] as const) {
      const inputs = {
        logits: filled([length], () => 3 * normal(random), dtype),
        labels: filled([length], () => random(), dtype),
      }
      expectClose(means(machine, inputs), means(machines[0]!, inputs), dtype, dtype === 'float32' ? 1 : 4)
    }
  })
})
