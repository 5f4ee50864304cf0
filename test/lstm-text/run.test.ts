import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { loadLayersModel } from '@tensorflow/tfjs-layers'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Corpus, readMails } from '../../examples/lstm-text/corpus.ts'
import { batchesOf, prepare } from '../../examples/lstm-text/examples.ts'
import { createLearner, disposeLearner, learn } from '../../examples/lstm-text/learner.ts'
import { xentCost } from '../../examples/lstm-text/losses.ts'
import { createModel, predict } from '../../examples/lstm-text/model.ts'
import { type Result, run } from '../../examples/lstm-text/run.ts'
import { loadModel, saveModel } from '../../examples/lstm-text/saved-model.ts'
import { sizeOf } from '../../examples/lstm-text/vocabulary.ts'
import { useWasm } from '../../examples/lstm-text/wasm-backend.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'xent-lstm-'))
afterAll(() => rmSync(folder, { recursive: true }))

beforeAll(async () => {
  await useWasm()
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})

/** What a run comes to, and what it prints. */
const runQuietly = async (
  corpus: Corpus,
  options: { seed: number; epochs: number; alone: boolean; out: string },
): Promise<{ result: Result; printed: string }> => {
  const lines: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line = '') => void lines.push(String(line)))
  const result = await run(corpus, options).finally(() => log.mockRestore())
  return { result, printed: lines.join('\n') }
}

describe('the LSTM classifier', () => {
  it('learns to tell spam from other mail', async () => {
    const corpus = await readMails(() => {}, 4)
    const out = join(folder, 'learned')
    const { result } = await runQuietly(corpus, { seed: 1, epochs: 8, alone: true, out })
    const [{ learner, heldOut }] = result.learned as [Result['learned'][0]]
    const losses = learner.epochs.map(({ training }) => training.loss)
    expect(losses).toEqual(losses.toSorted((a, b) => b - a))
    expect(losses.at(-1)).toBeLessThan(0.35)
    expect(heldOut.accuracy).toBeGreaterThan(0.85)
  }, 180_000)

  describe('beside the loss of TensorFlow.js', async () => {
    const corpus = await readMails(() => {}, 10)
    const out = join(folder, 'twice')
    const options = { seed: 7, epochs: 2, alone: false, out }
    let first: { result: Result; printed: string }
    beforeAll(async () => {
      first = await runQuietly(corpus, options)
    })

    it('comes to the same numbers twice, and to others from another seed', async () => {
      const [again, other] = [
        await runQuietly(corpus, options),
        await runQuietly(corpus, { ...options, seed: 8, epochs: 1, out: join(folder, 'other') }),
      ]
      const numbers = ({ learned, heldOut }: Result) => ({
        heldOut,
        learned: learned.map(({ learner: { costs, epochs } }) => ({ costs, epochs })),
      })
      expect(numbers(again.result)).toEqual(numbers(first.result))
      expect(other.result.heldOut.logits.data).not.toEqual(first.result.heldOut.logits.data)
    })

    it('goes the same way with both', () => {
      const [ours, theirs] = first.result.learned.map(({ learner }) => learner.costs)
      expect(ours).toHaveLength(14)
      expect(theirs).toEqual(ours!.map((cost) => expect.closeTo(cost, 3)))
    })

    it('leaves no tensor behind', () => {
      const { tensors } = first.result
      expect(tensors).toHaveLength(3)
      expect(tensors[1]).toBe(tensors[0])
      expect(tensors[2]).toBe(0)
    })

    it('prints logits, softmax, labels, losses and cost after each epoch', () => {
      const head = /^logits \[\d+, 2\] +softmax \[\d+, 2\] +labels \[\d+\] +losses \[\d+\]$/gm
      expect(first.printed.match(head)).toHaveLength(2)
      expect(first.printed.match(/^( +-?\d\S*){4} +[01] +\d\S*$/gm)).toHaveLength(10)
      expect(first.printed.match(/^cost, the mean of all \d+ losses: 0\.\d+$/gm)).toHaveLength(2)
    })

    it("prints what TensorFlow.js' own sparse loss makes of it", () => {
      expect(first.printed).toContain(
        "class indices of int32: Argument 'x' passed to 'floor' must be float32 tensor",
      )
    })

    it('saves logits and labels from which `xent score` computes the same', () => {
      const { heldOut } = first.result.learned[0]!
      const files = ['--logits', join(out, 'logits.npy'), '--labels', join(out, 'labels.npy')]
      const xent = join(root, 'packages', 'cli', 'bin', 'xent.js')
      const scored = JSON.parse(
        execFileSync(process.execPath, [xent, 'score', ...files, '--json'], { encoding: 'utf8' }),
      )
      expect(scored).toMatchObject({ count: heldOut.count, accuracy: heldOut.accuracy })
      expect(scored.mean).toBeCloseTo(heldOut.loss, 6)
    })

    it.each(['loss-curves.svg', 'reliability.svg'])('draws %s', (name) => {
      const svg = readFileSync(join(out, name), 'utf8')
      expect(svg).toMatch(/^<svg .*<\/svg>\n$/s)
      expect(svg).not.toMatch(/NaN|undefined|Infinity/)
    })
  })

  it('is the same when it has been saved and loaded, from disk or over http, and what its numbers mean is with it', async () => {
    const corpus = await readMails(() => {}, 10)
    const { vocabulary, training, heldOut } = prepare(corpus, 1, () => {})
    const learner = createLearner('xent', createModel(sizeOf(vocabulary), 2, 1), xentCost)
    learn(learner, [...batchesOf(training)][0]!)
    const out = join(folder, 'saved')
    await saveModel(out, learner.model, { classes: corpus.classes, vocabulary })
    const server = createServer(({ url }, response) => response.end(readFileSync(join(out, url!)))).listen(0)
    const { port } = server.address() as AddressInfo
    const models = [await loadModel(out), await loadLayersModel(`http://localhost:${port}/model.json`)]
    server.close()
    for (const model of models) {
      expect(predict(model, heldOut)).toEqual(predict(learner.model, heldOut))
      model.dispose()
    }
    const { classes, words } = JSON.parse(readFileSync(join(out, 'vocabulary.json'), 'utf8'))
    expect(classes).toEqual(['ham', 'spam'])
    expect(words).toEqual([...vocabulary.keys()])
    disposeLearner(learner)
  })
})
