import { afterEach, describe, expect, it, vi } from 'vitest'
import { numbers } from '../support.ts'

/** A fresh copy of the library, whose default engine is not yet made. */
const load = async () => {
  vi.resetModules()
  return import('../../src/index.ts')
}

/** Rows of float64 differ between the engines in a last bit here and there, so one can tell which ran. */
const args = { logits: Float64Array.from({ length: 501 }, (_, k) => Math.sin(k * k)) }

const realModule = WebAssembly.Module

const forbidSynchronousCompilation = (): void => {
  vi.stubGlobal('WebAssembly', {
    ...Object.fromEntries(
      Object.getOwnPropertyNames(WebAssembly).map((name) => [name, WebAssembly[name as 'Module']]),
    ),
    Module: class {
      constructor() {
        throw new RangeError('WebAssembly.Module is disallowed on the main thread')
      }
    },
  })
}

describe('starting', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    expect(WebAssembly.Module).toBe(realModule)
  })

  it('runs the reference while a module may not be compiled at once, and the module when it is ready', async () => {
    forbidSynchronousCompilation()
    const { createEngine, softmax } = await load()
    const reference = numbers(await (await createEngine('reference')).softmax(args))
    expect(numbers(softmax(args))).toEqual(reference)
    await vi.waitFor(() => expect(numbers(softmax(args))).not.toEqual(reference))
  })

  it('waits for the modules where it can: createEngine', async () => {
    forbidSynchronousCompilation()
    const { createEngine } = await load()
    const reference = numbers(await (await createEngine('reference')).softmax(args))
    expect(numbers(await (await createEngine('wasm')).softmax(args))).not.toEqual(reference)
  })

  it('runs the reference for good where there is no WebAssembly, and says so when asked for it', async () => {
    vi.stubGlobal('WebAssembly', undefined)
    const { createEngine, softmax } = await load()
    const reference = await createEngine('reference')
    expect(numbers(softmax(args))).toEqual(numbers(await reference.softmax(args)))
    await expect(createEngine('wasm')).rejects.toThrow('does not run here')
  })

  it('closed engines reject', async () => {
    const { createEngine } = await load()
    for (const name of ['reference', 'wasm'] as const) {
      const engine = await createEngine(name)
      engine.close()
      await expect(engine.softmax(args)).rejects.toMatchObject({ code: 'ENGINE' })
      expect(() => engine.allocate([1], 'float32')).toThrow('closed')
    }
    await expect(createEngine('cuda' as never)).rejects.toMatchObject({ code: 'ENGINE' })
  })
})
