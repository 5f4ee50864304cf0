// Writes src/engine/threads/worker.ts, with what it imports, as text to src/engine/threads/generated/: a program in itself.
import { mkdir, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const folder = new URL('../src/engine/threads/', import.meta.url)
const out = new URL('generated/', folder)

const { outputFiles } = await build({
  entryPoints: [fileURLToPath(new URL('worker.ts', folder))],
  bundle: true,
  minify: true,
  format: 'iife',
  platform: 'neutral',
  target: 'es2022',
  write: false,
})
await mkdir(out, { recursive: true })
await writeFile(
  new URL('worker.ts', out),
  `export const workerText: string = ${JSON.stringify(outputFiles[0].text.trim())}\n`,
)
