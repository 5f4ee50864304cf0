import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { build } from 'esbuild'
import { expect, it } from 'vitest'

it('bundles for a browser and reads text where there is no Buffer and no process', async () => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../src/index.ts', import.meta.url))],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    globalName: 'formats',
    write: false,
  })
  const script = `${outputFiles[0]!.text}
    formats.readArray(formats.bytesSource(new TextEncoder().encode('a,b\\n1,2\\n3,4'), 'x.csv'))
      .then(({ data, shape }) => JSON.stringify({ data: [...data], shape, buffer: typeof Buffer }))`
  const result: string = await runInNewContext(script, { TextEncoder, TextDecoder, Uint8Array })
  expect(JSON.parse(result)).toEqual({ data: [1, 2, 3, 4], shape: [2, 2], buffer: 'undefined' })
})
