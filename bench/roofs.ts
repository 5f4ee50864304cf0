import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import asc from 'assemblyscript/asc'
import { folder } from './install.ts'

/** Compiles the roofs' loops, once with relaxed SIMD and once without, and gives the files. */
export const compileRoofs = async (into: string): Promise<readonly [relaxed: string, plain: string]> => [
  await compile(into, 'relaxed', ['--enable', 'simd', '--enable', 'relaxed-simd']),
  await compile(into, 'plain', ['--enable', 'simd']),
]

const compile = async (into: string, name: string, features: readonly string[]): Promise<string> => {
  const path = join(into, `roofs-${name}.wasm`)
  const { error, stderr } = await asc.main(
    [
      'kernels/roofs.ts',
      ...['--baseDir', folder, '--outFile', `${name}.wasm`],
      ...['-O3', '--runtime', 'stub', '--importMemory', '--noAssert', ...features],
    ],
    { writeFile: (_, contents) => writeFileSync(path, contents) },
  )
  if (error) throw new Error(`kernels/roofs.ts: ${String(stderr)}`, { cause: error })
  return path
}
