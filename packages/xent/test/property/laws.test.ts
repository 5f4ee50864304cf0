import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { engines, expectClose, numbers } from '../support.ts'

const row = (classes: number): fc.Arbitrary<number[]> =>
  fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: classes, maxLength: classes })

const matrix: fc.Arbitrary<number[][]> = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 12 }))
  .chain(([rows, classes]) => fc.array(row(classes), { minLength: rows, maxLength: rows }))

const wide = (rows: number[][]) => ({
  data: Float64Array.from(rows.flat()),
  shape: [rows.length, rows[0]!.length],
})

describe.each(engines)('laws on $name', (engine) => {
  it('probabilities are at least 0 and sum to 1', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const p = (await engine.softmax({ logits: wide(rows) })).toArray() as number[][]
        for (const one of p) {
          expect(Math.min(...one)).toBeGreaterThanOrEqual(0)
          expect(Math.abs(one.reduce((sum, q) => sum + q, 0) - 1)).toBeLessThan(1e-14)
        }
      }),
    )
  })

  it('a loss of distributions is at least 0 and its gradient sums to 0 in each row', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const logits = wide(rows)
        const labels = wide(
          rows.map((one) => one.map((_, k) => (k === 0 ? 0.75 : 0.25 / Math.max(1, one.length - 1)))),
        )
        const { value, grad } = await engine.valueAndGrad(
          engine.softmaxCrossEntropyWithLogits,
          'logits',
        )({ labels, logits })
        for (const loss of numbers(value)) expect(loss).toBeGreaterThanOrEqual(0)
        for (const one of grad.logits.toArray() as number[][]) {
          expect(Math.abs(one.reduce((sum, g) => sum + g, 0))).toBeLessThan(1e-14)
        }
      }),
    )
  })

  it('the order of the classes does not matter', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const classes = rows[0]!.length
        const reversed = rows.map((one) => one.toReversed())
        const a = await engine.sparseSoftmaxCrossEntropyWithLogits({
          labels: rows.map(() => 0),
          logits: wide(rows),
        })
        const b = await engine.sparseSoftmaxCrossEntropyWithLogits({
          labels: rows.map(() => classes - 1),
          logits: wide(reversed),
        })
        expectClose(a, b, 'float64', 8)
      }),
    )
  })

  it('adding a power of two to all logits of a row changes nothing that matters', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, fc.constantFrom(-1024, 64, 4096), async (rows, shift) => {
        const rounded = rows.map((one) => one.map((x) => Math.round(x * 1024) / 1024))
        const shifted = rounded.map((one) => one.map((x) => x + shift))
        expectClose(
          await engine.logSoftmax({ logits: wide(shifted) }),
          await engine.logSoftmax({ logits: wide(rounded) }),
          'float64',
          16,
        )
      }),
    )
  })

  it('the sigmoid loss of a label is that of the opposite label at the opposite logit', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const logits = wide(rows)
        const labels = wide(rows.map((one) => one.map((_, k) => (k % 3) / 2)))
        const opposite = { data: logits.data.map((x) => -x), shape: logits.shape }
        const flipped = { data: labels.data.map((z) => 1 - z), shape: labels.shape }
        const a = await engine.sigmoidCrossEntropyWithLogits({ labels, logits })
        const b = await engine.sigmoidCrossEntropyWithLogits({ labels: flipped, logits: opposite })
        expect(numbers(a)).toEqual(numbers(b))
      }),
    )
  })

  it('inputs are never written to', async () => {
    await fc.assert(
      fc.asyncProperty(matrix, async (rows) => {
        const logits = wide(rows)
        const labels = wide(rows.map((one) => one.map(Math.abs)))
        const before = [logits.data.slice(), labels.data.slice()]
        await engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])({
          labels,
          logits,
        })
        await engine.valueAndGrad(engine.sigmoidCrossEntropyWithLogits, ['logits', 'labels'])({
          labels,
          logits,
        })
        await engine.valueAndGrad(engine.softmax, 'logits')({ logits })
        expect([logits.data, labels.data]).toEqual(before)
      }),
    )
  })
})
