// Compiles kernels/*.ts twice, in plain and in relaxed SIMD, and writes each module's bytes to
// src/engine/wasm/generated/ as text, the two forms of a module side by side, so that the second compresses to little more
// than a reference to the first.
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import asc from 'assemblyscript/asc'

const root = new URL('../', import.meta.url)
const out = new URL('src/engine/wasm/generated/', root)

/** Kernel modules share one memory, so each has a part of the first page for its constants; low addresses are short. */
const modules = ['fusion', 'layout', 'sparse', 'dense', 'probabilities', 'elements', 'pieces']
const CONSTANTS_BYTES = 1024

/**
 * A character for each byte, from 253, which every vector instruction starts with, up to 76; for the others x, y or z
 * before one. Unlike base64 this keeps bytes whole, which compresses better, and it is ASCII, which minifiers leave alone.
 */
const textOf = (bytes) =>
  Array.from(bytes, (byte) => {
    const place = (byte + 3) % 256
    const shift = ['', 'x', 'y', 'z'][Math.floor(place / 80)]
    return shift + String.fromCharCode(40 + (place % 80))
  }).join('')

const compile = async (name, position, features) => {
  const files = {}
  const { error, stderr } = await asc.main(
    [
      `kernels/${name}.ts`,
      '--outFile',
      `${name}.wasm`,
      '-O3',
      // no loop is merged into its caller, where it would compete for registers; what is to be inlined says so
      '--shrinkLevel',
      '1',
      '--runtime',
      'stub',
      // the probe has one of its own
      ...(name === 'fusion' ? [] : ['--importMemory', '--zeroFilledMemory']),
      '--noExportMemory',
      '--noAssert',
      '--memoryBase',
      String(CONSTANTS_BYTES * (position + 1)),
      ...features.flatMap((feature) => ['--enable', feature]),
    ],
    {
      writeFile: (file, contents) => {
        files[file] = contents
      },
    },
  )
  if (error) throw new Error(`${name}: ${stderr.toString()}`, { cause: error })
  return textOf(files[`${name}.wasm`])
}

await mkdir(out, { recursive: true })
for (const file of await readdir(out)) {
  if (!modules.includes(file.replace('.ts', ''))) await rm(new URL(file, out))
}
for (const [position, name] of modules.entries()) {
  const forms = {
    // the probe is of relaxed SIMD, and layouts multiply nothing
    ...(name !== 'layout' && { relaxed: await compile(name, position, ['simd', 'relaxed-simd']) }),
    ...(name !== 'fusion' && { plain: await compile(name, position, ['simd']) }),
  }
  const lines = Object.entries(forms).map(
    ([form, text]) => `  ${form}: '${text.replaceAll('\\', '\\\\')}',\n`,
  )
  await writeFile(new URL(`${name}.ts`, out), `export const ${name}Modules = {\n${lines.join('')}}\n`)
}
