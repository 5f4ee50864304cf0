import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

const bundle = async (statement: string): Promise<string> => {
  const result = await build({
    stdin: { contents: statement, resolveDir: dist },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
  })
  return result.outputFiles[0]!.text
}

/** The interface that outside programs call. */
const names = [
  'XentError',
  'allocate',
  'computeAverageLoss',
  'createEngine',
  'hessianVectorProduct',
  'logSoftmax',
  'reduceMean',
  'reduceSum',
  'sigmoidCrossEntropyWithLogits',
  'softmax',
  'softmaxCrossEntropyWithLogits',
  'sparseSoftmaxCrossEntropyWithLogits',
  'tensor',
  'valueAndGrad',
  'weightedCrossEntropyWithLogits',
]

describe('the built package', () => {
  it('exports every name', async () => {
    const built = (await import(new URL('../../dist/index.js', import.meta.url).href)) as Record<
      string,
      unknown
    >
    expect(names.filter((name) => typeof built[name] !== 'function')).toEqual([])
  })

  it('exports what package.json says', () => {
    const { exports } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
      exports: Record<string, string | Record<string, string>>
    }
    for (const target of Object.values(exports).flatMap((entry) =>
      typeof entry === 'string' ? [entry] : Object.values(entry),
    )) {
      expect(readFileSync(new URL(`../../${target}`, import.meta.url)).length).toBeGreaterThan(0)
    }
  })

  it('runs where there is nothing of Node', async () => {
    const script = await bundle(`
      import { allocate, sparseSoftmaxCrossEntropyWithLogits, valueAndGrad } from './index.js'
      const logits = allocate([1, 2], 'float32')
      const { value } = valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')({ labels: [0], logits })
      globalThis.printed = String(value) + typeof process + typeof Buffer`)
    const browser: { printed?: string; atob: typeof atob } = { atob }
    runInNewContext(script, browser)
    expect(browser.printed).toBe('[0.6931472]undefinedundefined')
  })

  it('leaves out what a program does not use', async () => {
    const sizes: string[] = []
    const sizeOf = async (...used: string[]): Promise<string> => {
      const text = await bundle(`export { ${used.join(', ')} } from './index.js'`)
      sizes.push(`${used.join(' + ')}: ${text.length} bytes, ${gzipSync(text).length} gzipped`)
      return text
    }
    const softmax = await sizeOf('softmax')
    const sparse = await sizeOf('sparseSoftmaxCrossEntropyWithLogits', 'valueAndGrad')
    const all = await sizeOf(...names)
    console.log(sizes.join('\n'))
    const modules = await Promise.all(
      ['sparse', 'dense', 'probabilities', 'elements'].map(async (name) => {
        const path = new URL(`../../src/engine/wasm/generated/${name}.ts`, import.meta.url)
        return [name, readFileSync(path, 'utf8').match(/'([^']+)'/)![1]!] as const
      }),
    )
    const kernels = (text: string): string[] =>
      modules.filter(([, bytes]) => text.includes(bytes)).map(([name]) => name)
    expect(kernels(softmax)).toEqual(['probabilities'])
    expect(kernels(sparse)).toEqual(['sparse'])
    expect(kernels(all)).toEqual(['sparse', 'dense', 'probabilities', 'elements'])
    expect(await bundle("import './index.js'")).toBe('')
  })
})
