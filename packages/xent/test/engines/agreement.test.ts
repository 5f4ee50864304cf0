import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type TensorLike, tensor, type XentEngine } from '../../src/index.ts'
import { engines, expectClose, type FloatName, normal, numbers, randomStream, reference } from '../support.ts'

// Every engine computes what the reference defines: the loss of a row within 1 ulp, gradient entries within 2, where a
// probability meets a label of the larger of the two, and room for the sums of both sides: these rows are compared with each other, not with the truth.
const valueUlps: Readonly<Record<FloatName, number>> = { float16: 1, bfloat16: 1, float32: 2, float64: 8 }
const gradientUlps: Readonly<Record<FloatName, number>> = { float16: 1, bfloat16: 1, float32: 3, float64: 16 }

interface Case {
  readonly dtype: FloatName
  readonly shape: readonly number[]
  readonly axis: number
  readonly spread: number
  readonly offset: number
  readonly seed: number
}

const cases: fc.Arbitrary<Case> = fc
  .record({
    dtype: fc.constantFrom<FloatName>('float16', 'bfloat16', 'float32', 'float64'),
    shape: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
    axis: fc.nat(),
    spread: fc.constantFrom(0, 0.1, 3, 30, 300),
    offset: fc.constantFrom(0, 0, -20, 1e3, 1e4),
    seed: fc.integer(),
  })
  .map((one) => ({ ...one, axis: one.axis % one.shape.length }))

const size = (shape: readonly number[]): number => shape.reduce((product, d) => product * d, 1)

const logitsOf = ({ dtype, shape, spread, offset, seed }: Case): TensorLike => {
  const random = randomStream(seed)
  const data = Array.from({ length: size(shape) }, () => offset + spread * normal(random))
  return tensor({ data: tensor(data, dtype).data as Float32Array, shape, dtype })
}

/** Non-negative labels that sum to nearly 1 along the axis: of several kinds, one-hot among them. */
const uniformLabels = ({ dtype, shape, seed }: Case): TensorLike => {
  const random = randomStream(seed + 1)
  const kind = Math.floor(random() * 3)
  const data = Array.from({ length: size(shape) }, () => (kind === 0 ? random() : Math.round(random())))
  return tensor({ data: tensor(data, dtype).data as Float32Array, shape, dtype })
}

const others = engines.slice(1)

describe.each(others)('$name agrees with the reference', (engine: XentEngine) => {
  it('on softmax and log-softmax with their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const logits = logitsOf(one)
        const upstream = uniformLabels(one)
        const args = { logits, axis: one.axis }
        for (const name of ['softmax', 'logSoftmax'] as const) {
          const actual = await engine.valueAndGrad(engine[name], 'logits')(args, { upstream })
          const expected = await reference.valueAndGrad(reference[name], 'logits')(args, { upstream })
          expectClose(actual.value, expected.value, one.dtype, gradientUlps[one.dtype])
          expectClose(actual.grad.logits, expected.grad.logits, one.dtype, gradientUlps[one.dtype], () => 1)
        }
      }),
      { numRuns: 150 },
    )
  })

  it('on the dense loss with its gradients', async () => {
    await fc.assert(
      fc.asyncProperty(
        cases,
        fc.constantFrom('exact' as const, 'tensorflow' as const),
        async (one, gradient) => {
          const args = { logits: logitsOf(one), labels: uniformLabels(one), axis: one.axis, gradient }
          const wrt = ['logits', 'labels'] as const
          const actual = await engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, wrt)(args)
          const expected = await reference.valueAndGrad(reference.softmaxCrossEntropyWithLogits, wrt)(args)
          const labels = numbers(args.labels)
          expectClose(actual.value, expected.value, one.dtype, valueUlps[one.dtype])
          expectClose(actual.grad.logits, expected.grad.logits, one.dtype, gradientUlps[one.dtype], (k) =>
            labels[k] === 0 ? 0 : Math.max(1, labels[k]!),
          )
          expectClose(actual.grad.labels, expected.grad.labels, one.dtype, valueUlps[one.dtype])
        },
      ),
      { numRuns: 150 },
    )
  })

  it('on the sparse loss with its gradient, labels out of range included', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const shape = one.shape.filter((_, k) => k !== one.axis)
        const classes = one.shape[one.axis]!
        const random = randomStream(one.seed + 2)
        const data = Int32Array.from({ length: size(shape) }, () => Math.floor(random() * (classes + 1)))
        const args = {
          logits: logitsOf(one),
          labels: { data, shape },
          axis: one.axis,
          outOfRange: 'nan' as const,
        }
        const actual = await engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')(args)
        const expected = await reference.valueAndGrad(
          reference.sparseSoftmaxCrossEntropyWithLogits,
          'logits',
        )(args)
        expectClose(actual.value, expected.value, one.dtype, valueUlps[one.dtype])
        expectClose(actual.grad.logits, expected.grad.logits, one.dtype, gradientUlps[one.dtype])
      }),
      { numRuns: 150 },
    )
  })

  it('on the sigmoid and weighted losses with their gradients', async () => {
    await fc.assert(
      fc.asyncProperty(cases, async (one) => {
        const args = {
          logits: logitsOf(one),
          labels: uniformLabels(one),
          posWeight: tensor(
            Array.from({ length: one.shape.at(-1)! }, (_, k) => 0.25 * (k + 1)),
            one.dtype,
          ),
        }
        const wrt = ['logits', 'labels', 'posWeight'] as const
        const actual = await engine.valueAndGrad(engine.weightedCrossEntropyWithLogits, wrt)(args)
        const expected = await reference.valueAndGrad(reference.weightedCrossEntropyWithLogits, wrt)(args)
        const total = numbers(expected.value).reduce((sum, loss) => sum + loss, 1)
        expectClose(actual.value, expected.value, one.dtype, valueUlps[one.dtype])
        expectClose(actual.grad.logits, expected.grad.logits, one.dtype, gradientUlps[one.dtype], () => 1)
        expectClose(actual.grad.labels, expected.grad.labels, one.dtype, gradientUlps[one.dtype], () => 1)
        expectClose(
          actual.grad.posWeight,
          expected.grad.posWeight,
          one.dtype,
          gradientUlps[one.dtype],
          () => total,
        )
        const { posWeight: _, ...plain } = args
        expectClose(
          await engine.sigmoidCrossEntropyWithLogits(plain),
          await reference.sigmoidCrossEntropyWithLogits(plain),
          one.dtype,
          valueUlps[one.dtype],
        )
      }),
      { numRuns: 150 },
    )
  })

  it('on rows from 1 to 70 classes and from 1,000 to 50,257, whatever the vector length leaves over', async () => {
    const random = randomStream(7)
    for (const classes of [...Array.from({ length: 70 }, (_, k) => k + 1), 1000, 1025, 4097, 50257]) {
      for (const dtype of ['float32', 'float64'] as const) {
        const logits = tensor(
          Array.from({ length: classes }, () => 3 * normal(random)),
          dtype,
        )
        const labels = Math.floor(random() * classes)
        const args = { logits, labels }
        const actual = await engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')(args)
        const expected = await reference.valueAndGrad(
          reference.sparseSoftmaxCrossEntropyWithLogits,
          'logits',
        )(args)
        expectClose(actual.value, expected.value, dtype, valueUlps[dtype])
        expectClose(actual.grad.logits, expected.grad.logits, dtype, gradientUlps[dtype])
        expect(actual.value.dtype).toBe(dtype)
      }
    }
  })
})
