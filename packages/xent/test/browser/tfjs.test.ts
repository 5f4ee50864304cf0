import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { launchBrowser, type Site, serveSite } from '../../../../test/chromium.ts'

import { tooLarge } from '../tfjs/agreement.ts'

// The GPU backends of TensorFlow.js, in the Chromium of the npm package.

const script = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('./tfjs-page.ts', import.meta.url))],
    bundle: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
    define: { global: 'globalThis' },
  })
  return outputFiles[0]!.text
}

let browser: Browser
let site: Site
let page: Page
const complaints: string[] = []

beforeAll(async () => {
  browser = await launchBrowser()
  const html = '<!doctype html><script type="module" src="tfjs.js"></script>'
  site = await serveSite({ 'page.html': html, 'tfjs.js': await script() }, false)
  page = await browser.newPage()
  page.on('console', (message) => complaints.push(message.text()))
  page.on('pageerror', (error) => complaints.push(String(error)))
  await page.goto(`${site.origin}/page.html`)
  await page.waitForFunction(() => 'check' in globalThis)
}, 120_000)

afterAll(async () => {
  await browser.close()
  site.close()
})

describe.each(['webgl', 'webgpu'])('on the backend %s', (backend) => {
  it('every operation has the value, the gradients and the second derivatives of xent', async () => {
    const result = await page.evaluate((name) => globalThis.check(name, 'differences'), backend)
    expect(result.backend).toBe(backend)
    expect(tooLarge(result.found)).toEqual([])
    expect(result.found.length).toBeGreaterThan(90)
    expect(result.left).toBe(0)
  }, 120_000)

  it('every loss has the value and the gradients of xent/keras', async () => {
    const { found, left } = await page.evaluate((name) => globalThis.check(name, 'losses'), backend)
    expect(found.filter(({ difference }) => !(difference <= 1e-5))).toEqual([])
    expect(new Set(found.map(({ what }) => what.match(/of (\w+)\(/)![1])).size).toBe(22)
    expect(left).toBe(0)
  }, 120_000)

  it('fit trains by the sparse loss on class indices of int32', async () => {
    const { found } = await page.evaluate((name) => globalThis.check(name, 'training'), backend)
    expect(found.loss.at(-1)).toBeLessThan(0.2)
    expect(found.acc.at(-1)).toBe(1)
  }, 60_000)

  it('labels that are no classes give rows of NaN', async () => {
    const { found, left } = await page.evaluate((name) => globalThis.check(name, 'strangers'), backend)
    const isNaNRow = [false, true, true, true, true, false]
    expect(found.loss.map(Number.isNaN)).toEqual(isNaNRow)
    expect(found.gradient.map((row) => row.every(Number.isNaN))).toEqual(isNaNRow)
    expect(left).toBe(0)
  })
})

it('says nothing on the console', () => {
  expect(complaints).toEqual([])
})
