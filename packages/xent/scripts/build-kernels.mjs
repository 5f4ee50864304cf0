// Compiles kernels/*.ts and writes each module's bytes, in base64, to src/engine/wasm/generated/.
import { mkdir, writeFile } from 'node:fs/promises'
import asc from 'assemblyscript/asc'

const root = new URL('../', import.meta.url)
const out = new URL('src/engine/wasm/generated/', root)

/** Kernel modules share one memory, so each has a page-fraction of its own for its constants, below the staging area. */
const modules = ['rows', 'probabilities', 'elements']
const CONSTANTS_BYTES = 4096

await mkdir(out, { recursive: true })
for (const [position, name] of modules.entries()) {
  const files = {}
  const { error, stderr } = await asc.main(
    [
      `kernels/${name}.ts`,
      '--outFile',
      `${name}.wasm`,
      '-O3',
      '--runtime',
      'stub',
      '--importMemory',
      '--noAssert',
      '--memoryBase',
      String(CONSTANTS_BYTES * (position + 1)),
      '--enable',
      'simd',
    ],
    {
      writeFile: (file, contents) => {
        files[file] = contents
      },
    },
  )
  if (error) throw new Error(`${name}: ${stderr.toString()}`, { cause: error })
  const base64 = Buffer.from(files[`${name}.wasm`]).toString('base64')
  await writeFile(new URL(`${name}.ts`, out), `export const ${name}Module: string = '${base64}'\n`)
}
