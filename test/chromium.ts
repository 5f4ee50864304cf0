import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import chromium from '@sparticuz/chromium'
import { type Browser, chromium as browsers } from 'playwright-core'

/** WebGL and WebGPU on SwiftShader, which needs no graphics card and is the same everywhere. */
const graphics = [
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-features=Vulkan',
]

/** The Chromium that an npm package carries, or the Chrome that is installed where that does not run. */
export const launchBrowser = async (): Promise<Browser> => {
  if (process.platform !== 'linux' || process.arch !== 'x64')
    return browsers.launch({ channel: 'chrome', args: graphics })
  chromium.setGraphicsMode = true
  const executablePath = await chromium.executablePath()
  return browsers.launch({ executablePath, args: ['--no-sandbox', ...graphics] })
}

export interface Site {
  /** Its address, without a path. */
  readonly origin: string
  close(): void
}

const types: Readonly<Record<string, string>> = { html: 'text/html', js: 'text/javascript' }

/** Serves files by their names on this machine, as pages that are cross-origin isolated, or not. */
export const serveSite = async (
  files: Readonly<Record<string, string>>,
  isIsolated: boolean,
): Promise<Site> => {
  const isolation = {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
  }
  const server = createServer(({ url }, response) => {
    const name = url!.slice(1)
    const type = types[name.split('.').at(-1)!]
    response.writeHead(name in files ? 200 : 404, {
      'Content-Type': `${type}; charset=utf-8`,
      ...(isIsolated && isolation),
    })
    response.end(files[name])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, close: () => server.close() }
}
