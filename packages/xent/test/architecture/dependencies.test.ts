import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../', import.meta.url))
const source = join(root, 'src')

const files = readdirSync(source, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.includes('generated'))
  .map((file) => file.replaceAll('\\', '/'))

/** The rooms, each of which may enter only those before it. */
const order = ['error', 'tensor', 'engine', 'nn', 'keras', 'compat', 'tfjs', 'index']

const roomOf = (file: string): string => file.split('/')[0]!.replace(/\.ts$/, '')

interface Import {
  readonly from: string
  readonly to: string
  readonly isType: boolean
}

const imports: readonly Import[] = files.flatMap((from) => {
  const text = readFileSync(join(source, from), 'utf8')
  return [...text.matchAll(/(?:import|export) (type )?[^'"]*?from '([^']+)'/gs)].map(
    ([, type, specifier]) => ({
      from,
      to: specifier!.startsWith('.')
        ? relative(source, join(source, dirname(from), specifier!)).replaceAll('\\', '/')
        : specifier!,
      isType: type !== undefined,
    }),
  )
})

describe('the source of xent', () => {
  it('imports in one direction: error, tensor, engine, nn, keras, compat, tfjs, index', () => {
    expect(imports.length).toBeGreaterThan(50)
    const against = imports.filter(({ from, to }) => order.indexOf(roomOf(to)) > order.indexOf(roomOf(from)))
    expect(against).toEqual([])
    expect([...new Set(files.map(roomOf))].sort()).toEqual([...order].sort())
  })

  it('lets no engine but the one that is meant know another', () => {
    const crossing = imports.filter(
      ({ from, to }) => from.startsWith('engine/reference/') && to.startsWith('engine/wasm/'),
    )
    expect(crossing).toEqual([])
    const inNn = imports.filter(
      ({ from, to }) => from.startsWith('nn/') && /^engine\/(reference|wasm)\//.test(to),
    )
    expect(new Set(inNn.map(({ from }) => from))).toEqual(new Set(['nn/create-engine.ts']))
  })

  it('lets keras, compat and tfjs stand on nn and not reach past it', () => {
    const past = imports.filter(
      ({ from, to }) => /^(keras|compat|tfjs)\//.test(from) && roomOf(to) === 'engine',
    )
    expect(past).toEqual([])
  })

  it('imports nothing from outside, but for tfjs the core of TensorFlow.js', () => {
    const outside = imports.filter(({ to }) => !files.includes(to) && !to.includes('/generated/'))
    expect(new Set(outside.map(({ to }) => to))).toEqual(new Set(['@tensorflow/tfjs-core']))
    expect(outside.filter(({ from }) => roomOf(from) !== 'tfjs')).toEqual([])
  })

  it('has no runtime dependency', () => {
    const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, unknown>
    expect(manifest.dependencies ?? {}).toEqual({})
    expect(Object.keys(manifest.peerDependencies as object)).toEqual(['@tensorflow/tfjs-core'])
    expect(manifest.peerDependenciesMeta).toEqual({ '@tensorflow/tfjs-core': { optional: true } })
    expect(manifest.sideEffects).toBe(false)
  })

  it('names its files in kebab-case and exports no default', () => {
    for (const file of files) {
      expect(file).toMatch(/^([a-z0-9-]+\/)*[a-z0-9-]+\.ts$/)
      expect(readFileSync(join(source, file), 'utf8')).not.toMatch(/export default/)
    }
  })
})
