import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, ConsoleMessage, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, type Site, serveSite } from '../../../../test/chromium.ts'
import type { FloatTensor } from '../../src/index.ts'

// The built library in a browser, as a bundler makes one file of it.

declare global {
  var xent: typeof import('../../src/index.ts')
}

const library = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../dist/index.js', import.meta.url))],
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
  })
  return outputFiles[0]!.text
}

const page =
  '<!doctype html><script type="module">import * as xent from "./xent.js"; globalThis.xent = xent</script>'

/** What a worker of the page makes of the same call, on threads of its own. */
const worker = `
  import { createEngine } from './xent.js'
  onmessage = async ({ data: { logits, labels } }) => {
    const engine = await createEngine('threads', { threads: 2 })
    const loss = engine.sync.valueAndGrad(engine.sparseSoftmaxCrossEntropyWithLogits, 'logits')
    const { grad } = loss({ logits, labels })
    postMessage({ threads: engine.threads, gradient: grad.logits.data })
    engine.close()
  }`

let browser: Browser
const sites: Site[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  const files = { 'page.html': page, 'xent.js': await library(), 'worker.js': worker }
  sites.push(await serveSite(files, true), await serveSite(files, false))
}, 120_000)

afterAll(async () => {
  await browser.close()
  for (const site of sites) site.close()
})

const open = async (site: Site): Promise<{ page: Page; warnings: string[] }> => {
  const page = await browser.newPage()
  const warnings: string[] = []
  page.on('console', (message: ConsoleMessage) => warnings.push(message.text()))
  await page.goto(`${site.origin}/page.html`)
  await page.waitForFunction(() => 'xent' in globalThis)
  return { page, warnings }
}

describe('in Chromium', () => {
  it('threads have the bits of one thread on a page that is cross-origin isolated', async () => {
    const { page, warnings } = await open(sites[0]!)
    const found = await page.evaluate(async () => {
      const engine = await xent.createEngine('threads', { threads: 3 })
      const wasm = await xent.createEngine('wasm')
      const args = (rows: number, classes: number) => ({
        labels: Int32Array.from({ length: rows }, (_, k) => (7 * k) % classes),
        logits: {
          data: Float32Array.from({ length: rows * classes }, (_, k) => 9 * Math.sin(k * k)),
          shape: [rows, classes],
        },
      })
      const isSame = (a: FloatTensor, b: FloatTensor): boolean => a.data.every((x, k) => x === b.data[k])
      const same: boolean[] = []
      for (const [rows, classes] of [
        [3000, 100],
        [400, 1001],
        [1, 100_000],
        [4, 3],
      ] as const) {
        const [ours, theirs] = await Promise.all(
          [engine, wasm].map((on) =>
            on.valueAndGrad(on.sparseSoftmaxCrossEntropyWithLogits, 'logits')(args(rows, classes)),
          ),
        )
        const now = engine.sync.softmax({ logits: args(rows, classes).logits })
        const soft = await wasm.softmax({ logits: args(rows, classes).logits })
        same.push(
          isSame(ours!.value, theirs!.value),
          isSame(ours!.grad.logits, theirs!.grad.logits),
          isSame(now, soft),
        )
      }
      engine.close()
      return { threads: engine.threads, isolated: crossOriginIsolated, same }
    })
    expect(found).toEqual({ threads: 3, isolated: true, same: found.same.map(() => true) })
    expect(warnings).toEqual([])
    await page.close()
  })

  it('the main thread goes on while others compute', async () => {
    const { page } = await open(sites[0]!)
    const turns = await page.evaluate(async () => {
      const engine = await xent.createEngine('threads', { threads: 2 })
      const logits = engine.allocate([8000, 1000], 'float32')
      const { port1, port2 } = new MessageChannel()
      let turns = 0
      port1.onmessage = () => {
        turns++
        port2.postMessage(0)
      }
      port2.postMessage(0)
      await engine.logSoftmax({ logits }, { out: engine.allocate([8000, 1000], 'float32') })
      port1.close()
      engine.close()
      return turns
    })
    expect(turns).toBeGreaterThan(2)
    await page.close()
  })

  it('a worker may wait for threads of its own', async () => {
    const { page } = await open(sites[0]!)
    const found = await page.evaluate(async () => {
      const logits = {
        data: Float32Array.from({ length: 90_000 }, (_, k) => 9 * Math.sin(k * k)),
        shape: [90, 1000],
      }
      const labels = new Int32Array(90)
      const worker = new Worker('./worker.js', { type: 'module' })
      const told = new Promise<{ threads: number; gradient: Float32Array }>((resolve) => {
        worker.onmessage = ({ data }) => resolve(data)
      })
      worker.postMessage({ logits, labels })
      const { threads, gradient } = await told
      const { grad } = xent.valueAndGrad(
        xent.sparseSoftmaxCrossEntropyWithLogits,
        'logits',
      )({ logits, labels })
      worker.terminate()
      return { threads, isSame: gradient.every((x, k) => x === grad.logits.data[k]) }
    })
    expect(found).toEqual({ threads: 2, isSame: true })
    await page.close()
  })

  it('a page that is not isolated is told so, and goes on with one thread', async () => {
    const { page, warnings } = await open(sites[1]!)
    const found = await page.evaluate(async () => {
      const engine = await xent.createEngine('threads')
      const loss = await engine.sparseSoftmaxCrossEntropyWithLogits({ labels: [0], logits: [[2, 0.5, 1]] })
      return { threads: engine.threads, loss: loss.item(), isolated: crossOriginIsolated }
    })
    expect(found).toEqual({ threads: 1, loss: Math.fround(0.4643688), isolated: false })
    expect(warnings).toEqual([expect.stringContaining('cross-origin isolated')])
    await page.close()
  })
})
