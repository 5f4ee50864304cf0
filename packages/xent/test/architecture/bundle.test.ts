import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { describe, expect, it } from 'vitest'

const dist = fileURLToPath(new URL('../../dist/', import.meta.url))

const bundle = async (statement: string, plugins: Plugin[] = []): Promise<string> => {
  const result = await build({
    stdin: { contents: statement, resolveDir: dist },
    bundle: true,
    minify: true,
    format: 'esm',
    write: false,
    logLevel: 'error',
    plugins,
  })
  return result.outputFiles[0]!.text
}

/** Takes the bytes of the kernels out of their modules. */
const withoutKernels: Plugin = {
  name: 'without kernels',
  setup: ({ onLoad }) => {
    onLoad({ filter: /[\\/]generated[\\/]\w+\.js$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace(/(["'`])(?:\\.|(?!\1)[^\\])*\1/gs, "''"),
    }))
  },
}

/** The kernels whose bytes a bundle has. */
const kernelsIn = (text: string): string[] =>
  ['sparse', 'dense', 'probabilities', 'elements'].filter((name) => {
    const path = new URL(`../../src/engine/wasm/generated/${name}.ts`, import.meta.url)
    return text.includes(readFileSync(path, 'utf8').match(/'([^']+)'/)![1]!)
  })

const gzippedSize = (text: string): number => gzipSync(text, { level: 9 }).length

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

const kerasNames = (
  'Loss get serialize deserialize compileLoss distributionStrategy ' +
  'CategoricalCrossentropy SparseCategoricalCrossentropy BinaryCrossentropy BinaryFocalCrossentropy ' +
  'CategoricalFocalCrossentropy KLDivergence Poisson MeanSquaredError MeanAbsoluteError ' +
  'MeanAbsolutePercentageError MeanSquaredLogarithmicError CosineSimilarity Huber LogCosh Hinge SquaredHinge ' +
  'CategoricalHinge Dice Tversky Circle CTC CategoricalGeneralizedCrossEntropy ' +
  'categoricalCrossentropy sparseCategoricalCrossentropy binaryCrossentropy binaryFocalCrossentropy ' +
  'categoricalFocalCrossentropy klDivergence poisson meanSquaredError meanAbsoluteError ' +
  'meanAbsolutePercentageError meanSquaredLogarithmicError cosineSimilarity huber logCosh hinge squaredHinge ' +
  'categoricalHinge dice tversky circle ctc categoricalGeneralizedCrossEntropy'
).split(' ')

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
      sizes.push(`${used.join(' + ')}: ${text.length} bytes, ${gzippedSize(text)} gzipped`)
      return text
    }
    const softmax = await sizeOf('softmax')
    const sparse = await sizeOf('sparseSoftmaxCrossEntropyWithLogits', 'valueAndGrad')
    const all = await sizeOf(...names)
    console.log(sizes.join('\n'))
    expect(kernelsIn(softmax)).toEqual(['probabilities'])
    expect(kernelsIn(sparse)).toEqual(['sparse'])
    expect(kernelsIn(all)).toEqual(['sparse', 'dense', 'probabilities', 'elements'])
    expect(await bundle("import './index.js'")).toBe('')
  })

  it.each([
    [
      'one sparse loss with its gradient',
      10_500,
      20_350,
      ['sparseSoftmaxCrossEntropyWithLogits', 'valueAndGrad'],
    ],
    ['softmax alone', 9_150, 17_150, ['softmax']],
  ])(
    'takes for %s at most %d bytes of JavaScript, gzipped, and %d in all',
    async (_what, most, mostInAll, used) => {
      const statement = `export { ${used.join(', ')} } from './index.js'`
      const javascript = gzippedSize(await bundle(statement, [withoutKernels]))
      const whole = gzippedSize(await bundle(statement))
      console.log(`${used.join(' + ')}: ${javascript} bytes gzipped, ${whole} with its kernels`)
      expect(javascript).toBeLessThanOrEqual(most)
      expect(whole).toBeLessThanOrEqual(mostInAll)
    },
  )

  it('holds of Keras the losses that a program uses, with their kernels', async () => {
    const of = (...used: string[]): Promise<string> =>
      bundle(`export { ${used.join(', ')} } from './keras/index.js'`)
    const named = (text: string): string[] =>
      ['mean_squared_error', 'categorical_crossentropy', 'sparse_categorical_crossentropy', 'ctc'].filter(
        (name) => new RegExp(`[\`'"]${name}[\`'"]`).test(text),
      )
    const error = await of('MeanSquaredError')
    const dense = await of('CategoricalCrossentropy')
    const all = await of('get')
    console.log(
      [error, dense, all].map((text) => `${text.length} bytes, ${gzippedSize(text)} gzipped`).join('\n'),
    )
    expect([named(error), kernelsIn(error)]).toEqual([['mean_squared_error'], []])
    expect([named(dense), kernelsIn(dense)]).toEqual([['categorical_crossentropy'], ['dense']])
    expect(named(all)).toHaveLength(4)
    expect(await bundle("import './keras/index.js'")).toBe('')
    expect(named(await bundle(`export { ${names.join(', ')} } from './index.js'`))).toEqual([])
  })

  it('exports every loss of Keras', async () => {
    const built = (await import(new URL('../../dist/keras/index.js', import.meta.url).href)) as Record<
      string,
      unknown
    >
    expect(kerasNames.filter((name) => typeof built[name] !== 'function')).toEqual([])
    expect(built.Reduction).toEqual({
      AUTO: 'auto',
      NONE: 'none',
      SUM: 'sum',
      SUM_OVER_BATCH_SIZE: 'sum_over_batch_size',
    })
  })

  it('holds second derivatives only where hessianVectorProduct is asked for', async () => {
    const fn = 'sparseSoftmaxCrossEntropyWithLogits'
    const first = await bundle(`export { ${fn}, valueAndGrad } from './index.js'`)
    const second = await bundle(`export { ${fn}, hessianVectorProduct } from './index.js'`)
    expect([first, second].map((text) => text.includes('tangents'))).toEqual([false, true])
    expect(kernelsIn(second)).toEqual(['sparse'])
  })
})
