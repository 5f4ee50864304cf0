import { describe, expect, it } from 'vitest'
import { type Tensor, tensor, type XentEngine } from '../../src/index.ts'
import { engines, expectClose, type FloatName, normal, numbers, randomStream, reference } from '../support.ts'

// The sparse loss where the class axis is not the last: the rows lie side by side, and a vector takes several at once.

interface Case {
  readonly outer: number
  readonly classes: number
  readonly inner: number
  readonly dtype?: FloatName
  /** The logit of a place. */
  readonly draw?: (random: () => number) => number
  readonly upstream?: (random: () => number) => number
}

const gradientUlps: Readonly<Record<FloatName, number>> = { float16: 1, bfloat16: 1, float32: 3, float64: 16 }

const one = (): number => 1

const argsOf = ({ outer, classes, inner, dtype = 'float32', draw = normal, upstream = one }: Case) => {
  const random = randomStream(outer * classes + inner)
  const rows = outer * inner
  const fill = (count: number, next: (random: () => number) => number) =>
    Array.from({ length: count }, () => next(random))
  const logits = tensor<FloatName>(
    { data: Float64Array.from(fill(rows * classes, draw)), shape: [outer, classes, inner] },
    dtype,
  )
  const labels = {
    data: Int32Array.from(fill(rows, () => Math.floor(classes * random()))),
    shape: [outer, inner],
  }
  const factors = { data: Float64Array.from(fill(rows, upstream)), shape: [outer, inner] }
  return { args: { logits, labels, axis: 1, outOfRange: 'nan' as const }, upstream: factors }
}

const run = async (engine: XentEngine, { args, upstream }: ReturnType<typeof argsOf>) => ({
  loss: await engine.sparseSoftmaxCrossEntropyWithLogits(args),
  ...(await engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')(args, { upstream })),
})

const agree = async (
  engine: XentEngine,
  one: Case,
  change: (call: ReturnType<typeof argsOf>) => void = () => {},
) => {
  const call = argsOf(one)
  change(call)
  const dtype = one.dtype ?? 'float32'
  const actual = await run(engine, call)
  const expected = await run(reference, call)
  expectClose(actual.loss, expected.loss, dtype, 2)
  expectClose(actual.value, expected.value, dtype, 2)
  expectClose(actual.grad.logits, expected.grad.logits, dtype, gradientUlps[dtype])
}

const bits = (result: Tensor): Uint8Array => new Uint8Array(result.data.slice().buffer)

/** The same with the classes last. */
const rowsOf = (data: ArrayLike<number>, { classes, inner }: Case): Float32Array =>
  Float32Array.from({ length: data.length }, (_, k) => {
    const row = Math.floor(k / classes)
    return data[(Math.floor(row / inner) * classes + (k % classes)) * inner + (row % inner)]!
  })

describe.each(engines.slice(1))('rows side by side on $name', (engine) => {
  it.each([1, 2, 3, 4, 7, 8, 9, 16, 17, 21, 33, 160, 161, 1000])(
    'agree with the reference in %i classes',
    async (classes) => {
      const lengths = classes < 40 ? Array.from({ length: 69 }, (_, k) => k + 2) : [2, 3, 4, 5, 31, 64, 70]
      for (const inner of [...lengths, 128, 129, 261]) {
        await agree(engine, { outer: 2, classes, inner, draw: (random) => 3 * normal(random) })
      }
    },
  )

  it.each(['float16', 'bfloat16', 'float64'] as const)('agree with the reference in %s', async (dtype) => {
    for (const [outer, inner] of [
      [1, 5],
      [40, 9],
      [2, 64],
      [2, 5000],
    ] as const) {
      await agree(engine, { outer, classes: 11, inner, dtype })
    }
  })

  it('of several blocks and of many arrays', async () => {
    await agree(engine, { outer: 2, classes: 5, inner: 20_000 })
    await agree(engine, { outer: 3000, classes: 5, inner: 7 })
  })

  const special = [NaN, Infinity, -Infinity, -Infinity, -Infinity]
  it.each([
    [
      'masks, infinities and NaN',
      (random: () => number) => (random() < 0.02 ? special[Math.floor(5 * random())]! : normal(random)),
    ],
    ['wide spreads', (random: () => number) => (random() < 0.1 ? 60 : 1) * normal(random)],
    ['logits far from 0', (random: () => number) => 1e4 + 3 * normal(random)],
    ['nothing but masks', () => -Infinity],
  ])('with %s, labels that are unknown and factors that are extreme', async (name, draw) => {
    // a probability below all float32 is 0 whatever its factor
    const factors = [0, 1, -2, 1e-40, 1e-300, ...(name === 'wide spreads' ? [] : [-1e300, 1e35])]
    const upstream = (random: () => number) => factors[Math.floor(factors.length * random())]!
    for (const classes of [3, 21, 170]) {
      await agree(engine, { outer: 2, classes, inner: 150, draw, upstream }, ({ args }) => {
        args.labels.data.set([-1, classes, 2 ** 31 - 1], 5)
      })
    }
  })

  it('are what they are with the classes last, but for the last bits', async () => {
    for (const classes of [3, 4, 16, 17, 20, 23, 24, 100, 160]) {
      const sizes = { outer: 3, classes, inner: 133 }
      const call = argsOf({ ...sizes, draw: (random) => 5 * normal(random), upstream: normal })
      const across = await run(engine, call)
      const { logits } = call.args
      const last = tensor({ data: rowsOf(numbers(logits), sizes), shape: [3, 133, classes] }, 'float32')
      const along = await run(engine, { ...call, args: { ...call.args, logits: last, axis: 2 } })
      expectClose(across.loss, along.loss, 'float32', 2)
      expectClose(across.value, along.value, 'float32', 2)
      const gradient = rowsOf(numbers(across.grad.logits), sizes)
      expectClose(tensor({ data: gradient, shape: along.grad.logits.shape }), along.grad.logits, 'float32', 3)
    }
  })

  it.each([3, 21, 200])('have bits that depend on themselves alone, with %i classes', async (classes) => {
    const sizes = { outer: 1, classes, inner: 300 }
    const call = argsOf({
      ...sizes,
      draw: (random) => (random() < 1e-4 ? 99 : 5 * normal(random)),
      upstream: normal,
    })
    const all = await run(engine, call)
    const data = numbers(call.args.logits)
    for (const at of [0, 63, 127, 128, 290]) {
      const some = [at, at + 1, at + 2, at + 3, at + 4]
      const few = await run(engine, {
        args: {
          ...call.args,
          logits: tensor({
            data: Float32Array.from(
              { length: 5 * classes },
              (_, k) => data[Math.floor(k / 5) * 300 + some[k % 5]!]!,
            ),
            shape: [1, classes, 5],
          }),
          labels: { data: call.args.labels.data.slice(at, at + 5), shape: [1, 5] },
        },
        upstream: { data: call.upstream.data.slice(at, at + 5), shape: [1, 5] },
      })
      expect(bits(few.loss)).toEqual(bits(all.loss).slice(4 * at, 4 * at + 20))
      expect(bits(few.value)).toEqual(bits(all.value).slice(4 * at, 4 * at + 20))
      const gradient = numbers(all.grad.logits)
      expect(numbers(few.grad.logits)).toEqual(
        Array.from({ length: 5 * classes }, (_, k) => gradient[Math.floor(k / 5) * 300 + some[k % 5]!]!),
      )
    }
  })

  it.each([
    [21, 70],
    [5, 6],
    [900, 33],
  ])('are the same in the memory of the engine: %i classes, %i side by side', async (classes, inner) => {
    const shape = [3, classes, inner]
    const call = argsOf({ outer: 3, classes, inner })
    const staged = await run(engine, call)
    const logits = engine.allocate(shape, 'float32')
    const gradient = engine.allocate(shape, 'float32')
    const value = engine.allocate([3, inner], 'float32')
    ;(logits.data as Float32Array).set(call.args.logits.data as Float32Array)
    const args = { ...call.args, logits }
    const fn = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    for (const [from, into] of [
      [args, gradient],
      [call.args, gradient],
      [args, tensor(logits)],
    ] as const) {
      into.data.fill(7 as never)
      const { grad } = await fn(from, { upstream: call.upstream, out: { value, grad: { logits: into } } })
      expect(grad.logits.data.buffer).toBe(into.data.buffer)
      expect(bits(grad.logits)).toEqual(bits(staged.grad.logits))
      expect(bits(value)).toEqual(bits(staged.value))
    }
    expect(bits(logits)).toEqual(bits(call.args.logits))
    for (const array of [logits, gradient, value]) array.free()
  })

  it('may begin anywhere and lie apart', async () => {
    const { args, upstream } = argsOf({ outer: 2, classes: 6, inner: 20 })
    const whole = await run(engine, { args, upstream })
    const { data } = args.logits
    const shifted = Float32Array.from({ length: 250 }, (_, k) => (data[k - 10] as number) ?? 99)
    const apart = new Float32Array(2 * 6 * 25).fill(99)
    numbers(args.logits).forEach((x, k) => {
      apart[Math.floor(k / 20) * 25 + (k % 20)] = x
    })
    for (const logits of [
      { data: shifted, shape: [2, 6, 20], offset: 10 },
      { data: apart, shape: [2, 6, 20], strides: [150, 25, 1] },
    ]) {
      const found = await run(engine, { args: { ...args, logits: logits as never }, upstream })
      expectClose(found.value, whole.value, 'float32', 2)
      expectClose(found.grad.logits, whole.grad.logits, 'float32', 3)
    }
  })
})
