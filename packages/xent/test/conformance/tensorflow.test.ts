import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Defined, TensorLike, XentEngine } from '../../src/index.ts'
import { tensor } from '../../src/index.ts'
import { engines, expectClose, type FloatName, numbers } from '../support.ts'

// What TensorFlow computes, recorded by fixtures/record_tensorflow.py. Tolerances allow for TensorFlow's own rounding:
// it loses the digits of small differences that the differences table keeps.

interface Recorded {
  readonly dtype: string
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

interface Case {
  readonly function: string
  readonly args: Readonly<Record<string, Recorded>>
  readonly options: Readonly<Record<string, number>>
  readonly value: Recorded
  readonly upstream?: Recorded
  readonly gradients?: Readonly<Record<string, Recorded>>
  readonly tangents?: Readonly<Record<string, Recorded>>
  readonly products?: Readonly<Record<string, Recorded>>
}

const { tensorflow, cases } = JSON.parse(
  readFileSync(new URL('fixtures/tensorflow.json', import.meta.url), 'utf8'),
) as { tensorflow: string; cases: readonly Case[] }

const camelCase = (name: string): string =>
  name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase())

const like = ({ dtype, shape, data }: Recorded): TensorLike =>
  tensor({ data: [...data], shape, dtype: 'float64' }, dtype as FloatName)

const mapped = <T, U>(record: Readonly<Record<string, T>>, value: (item: T) => U): Record<string, U> =>
  Object.fromEntries(Object.entries(record).map(([key, item]) => [camelCase(key), value(item)]))

/** Allowed errors in ulps of the result's type, at the magnitude of the row's logits or larger. */
const ulps: Readonly<Record<string, number>> = { float16: 1, bfloat16: 1, float32: 8, float64: 16 }

const scaleOf = ({ args, upstream }: Case): number =>
  Math.max(
    1,
    ...Object.values({ ...args, ...(upstream && { upstream }) }).flatMap(({ data }) => data.map(Math.abs)),
  )

const checkReductions = async (engine: XentEngine, one: Case): Promise<void> => {
  const args = { ...mapped(one.args, like), ...mapped(one.options, (option) => option) }
  const value =
    one.function === 'computeAverageLoss'
      ? await engine.computeAverageLoss(args as never)
      : await engine[one.function as 'reduceMean'](args.inputTensor as TensorLike)
  expect([value.dtype, value.shape]).toEqual([one.value.dtype, one.value.shape])
  // TensorFlow multiplies weights in float32 whatever the losses are
  const precision = 'sampleWeight' in args ? 'float32' : (one.value.dtype as FloatName)
  expectClose(value, one.value.data, precision, 4)
}

const checkLoss = async (engine: XentEngine, one: Case): Promise<void> => {
  const fn = engine[one.function as 'softmax'] as unknown as Defined<object, string>
  const isDense = one.function === 'softmaxCrossEntropyWithLogits'
  const args = { ...mapped(one.args, like), ...one.options, ...(isDense && { gradient: 'tensorflow' }) }
  const dtype = one.value.dtype as FloatName
  const gradients = mapped(one.gradients!, (gradient) => gradient)
  const upstream = like(one.upstream!)
  const { value, grad } = await engine.valueAndGrad(fn, Object.keys(gradients))(args, { upstream })
  const scale = scaleOf(one)
  expect([value.dtype, value.shape]).toEqual([dtype, one.value.shape])
  expectClose(value, one.value.data, dtype, ulps[dtype]!, () => scale)
  for (const [key, expected] of Object.entries(gradients)) {
    expect([grad[key]!.dtype, grad[key]!.shape]).toEqual([dtype, expected.shape])
    expectClose(grad[key]!, expected.data, dtype, ulps[dtype]! * (1 + numbers(upstream).length), () => scale)
  }
  if (!one.products) return
  const products = mapped(one.products, (product) => product)
  const tangents = mapped(one.tangents!, like)
  const found = await engine.hessianVectorProduct(fn, Object.keys(products))(args, tangents, { upstream })
  for (const [key, expected] of Object.entries(products)) {
    expectClose(found[key]!, expected.data, dtype, 8 * ulps[dtype]!, () => scale * scale)
  }
}

describe.each(engines)(`on $name TensorFlow ${tensorflow} and xent agree`, (engine) => {
  it.each([...new Set(cases.map((one) => one.function))])('in %s', async (name) => {
    const own = cases.filter((one) => one.function === name)
    expect(own.length).toBeGreaterThan(1)
    for (const [k, one] of own.entries()) {
      const isReduction = one.gradients === undefined || Object.keys(one.gradients).length === 0
      await (isReduction ? checkReductions : checkLoss)(engine, one).catch((cause: unknown) => {
        throw new Error(`case ${k} of ${name}: ${String(cause)}`, { cause })
      })
    }
  })
})
