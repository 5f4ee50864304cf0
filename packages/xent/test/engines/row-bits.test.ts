import { describe, expect, it } from 'vitest'
import { type Tensor, tensor, type XentEngine } from '../../src/index.ts'
import { engines, expectClose, normal, randomStream } from '../support.ts'

const bytes = (result: Tensor, from: number, count: number): string =>
  Buffer.from(result.data.slice(from, from + count).buffer).toString('hex')

const randomRow = (classes: number, seed: number): number[] => {
  const random = randomStream(seed)
  return Array.from({ length: classes }, () => 4 * normal(random))
}

// [rows around it, where it stands, classes]: inside one staging block, over several, and with every remainder.
const places = [
  [1, 0, 3],
  [5, 4, 3],
  [64, 17, 2],
  [7, 3, 10],
  [9, 8, 33],
  [700, 411, 100],
  [300, 299, 1001],
  [5, 2, 40003],
] as const

describe.each(engines)("a row's bits depend on that row alone on $name", (engine: XentEngine) => {
  describe.each(['float32', 'float64', 'float16', 'bfloat16'] as const)('in %s', (dtype) => {
    it.each(places)('%i rows, at %i, of %i classes', async (rows, at, classes) => {
      const row = randomRow(classes, classes)
      const label = classes >> 1
      const labelRow = randomRow(classes, 5).map(Math.abs)
      const random = randomStream(rows)
      const batch = Array.from({ length: rows }, (_, r) =>
        r === at ? row : row.map(() => 50 * normal(random)),
      )
      const labelBatch = batch.map((_, r) => (r === at ? labelRow : labelRow.map(random)))
      const alone = tensor([row], dtype)
      const among = tensor(batch, dtype)

      const sparse = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
      const oneSparse = await sparse({ labels: [label], logits: alone })
      const allSparse = await sparse({ labels: batch.map((_, r) => (r === at ? label : 0)), logits: among })
      expect(bytes(allSparse.value, at, 1)).toBe(bytes(oneSparse.value, 0, 1))
      expect(bytes(allSparse.grad.logits, at * classes, classes)).toBe(
        bytes(oneSparse.grad.logits, 0, classes),
      )

      const ofOne = await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [label], logits: alone })
      const ofAll = await engine.sparseSoftmaxCrossEntropyWithLogits({
        labels: batch.map((_, r) => (r === at ? label : 0)),
        logits: among,
      })
      expect(bytes(ofAll, at, 1)).toBe(bytes(ofOne, 0, 1))

      const dense = engine.valueAndGrad(engine.softmaxCrossEntropyWithLogits, ['logits', 'labels'])
      const oneDense = await dense({ labels: tensor([labelRow], dtype), logits: alone })
      const allDense = await dense({ labels: tensor(labelBatch, dtype), logits: among })
      expect(bytes(allDense.value, at, 1)).toBe(bytes(oneDense.value, 0, 1))
      expect(bytes(allDense.grad.logits, at * classes, classes)).toBe(bytes(oneDense.grad.logits, 0, classes))
      expect(bytes(allDense.grad.labels, at * classes, classes)).toBe(bytes(oneDense.grad.labels, 0, classes))

      for (const name of ['softmax', 'logSoftmax'] as const) {
        const one = await engine[name]({ logits: alone })
        const all = await engine[name]({ logits: among })
        expect(bytes(all, at * classes, classes)).toBe(bytes(one, 0, classes))
      }

      const oneSigmoid = await engine.sigmoidCrossEntropyWithLogits({
        labels: tensor([labelRow], dtype),
        logits: alone,
      })
      const allSigmoid = await engine.sigmoidCrossEntropyWithLogits({
        labels: tensor(labelBatch, dtype),
        logits: among,
      })
      expect(bytes(allSigmoid, at * classes, classes)).toBe(bytes(oneSigmoid, 0, classes))
    })

    it.each([2, 3, 10, 40, 200])('among rows of any kind, of %i classes', async (classes) => {
      const kinds = [3, 0, 300, 3, 3, Infinity, 3, 3, 3, Number.NaN]
      const rows = Array.from({ length: 200 }, (_, r) => randomRow(classes, r + 1).map((x) => (x * 3) / 4))
      const others = rows.map((row, r) => row.map((x) => x * kinds[r % 10]!))
      const loss = async (logits: number[][], labelOf: (k: number) => number) =>
        engine.sparseSoftmaxCrossEntropyWithLogits({
          labels: logits.map((_, k) => labelOf(k)),
          logits: tensor(logits, dtype),
        })
      const apart = await loss(rows, (r) => r % classes)
      const mixed = await loss(
        rows.flatMap((row, r) => [others[(7 * r) % 200]!, row, others[r]!]),
        (k) => (k % 3 === 1 ? Math.floor(k / 3) % classes : 0),
      )
      for (let r = 0; r < 200; r++) expect(bytes(mixed, 3 * r + 1, 1)).toBe(bytes(apart, r, 1))
    })

    it('and, but for the last bits of float32, not on the axis it lies along', async () => {
      const rows = Array.from({ length: 6 }, (_, r) => randomRow(37, r + 1))
      const columns = rows[0]!.map((_, c) => rows.map((row) => row[c]!))
      const labels = [0, 36, 5, 17, 20, 3]
      const loss = engine.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
      const last = await loss({ labels, logits: tensor(rows, dtype) })
      const first = await loss({ labels, logits: tensor(columns, dtype), axis: 0 })
      const straight = last.grad.logits.toArray() as number[][]
      const across = straight[0]!.map((_, c) => straight.map((row) => row[c]!))
      const ulps = dtype === 'float32' ? 2 : 0
      expectClose(first.value, last.value, dtype, ulps)
      expectClose(first.grad.logits, tensor(across, dtype), dtype, ulps)
    })
  })
})
