// jax-js on its WebAssembly backend, jitted. Its take_along_axis has no gradient under jit, so with a gradient the label's
// logit is picked by a comparison; its functions consume their arguments, `ref` keeps one.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Workload } from '../workloads.ts'
import { type Arrays, type Found, type Loaded, serve } from './serve.ts'

/** What is used here of the library, which need not be installed for this file to be checked. */
interface Jax {
  init(device: 'wasm'): Promise<unknown>
  defaultDevice(device: 'wasm'): unknown
  jit<Fn>(fn: Fn): Fn
  vjp(fn: (x: Array) => Array, args: readonly [Array]): [Array, (upstream: Array) => Array | [Array]]
  blockUntilReady(arrays: unknown): Promise<unknown>
  readonly nn: { logsumexp(x: Array, axis: number): Array }
  readonly numpy: {
    array(data: ArrayBufferView, options: { shape: readonly number[]; dtype?: unknown }): Array
    arange(stop: number): Array
    expandDims(x: Array, axis: number): Array
    squeeze(x: Array, axis: number): Array
    takeAlongAxis(x: Array, indices: Array, axis: number): Array
    where(condition: Array, x: Array, y: number): Array
    onesLike(x: Array): Array
    readonly int32: unknown
  }
}

interface Array {
  readonly ref: Array
  sub(other: Array): Array
  equal(other: Array): Array
  reshape(shape: readonly number[]): Array
  sum(axis: number): Array
  dataSync(): Float32Array
  dispose(): void
}

const library: string = '@jax-js/jax'
const jax = (await import(library)) as Jax
const { nn, numpy: np } = jax
await jax.init('wasm')
jax.defaultDevice('wasm')

const load = (workload: Workload, { logits, labels }: Arrays): Loaded => {
  const { shape } = workload
  const axis = workload.axis < 0 ? workload.axis + shape.length : workload.axis
  const x = np.array(logits, { shape })
  const y = np.array(labels!, { shape: shape.toSpliced(axis, 1), dtype: np.int32 })

  const loss = jax.jit((x: Array, y: Array): Array => {
    const target = np.takeAlongAxis(x.ref, np.expandDims(y, axis), axis)
    return nn.logsumexp(x, axis).sub(np.squeeze(target, axis))
  })
  const classes = shape.map((size, dimension) => (dimension === axis ? size : 1))
  const differentiableLoss = (x: Array, y: Array): Array => {
    const isTarget = np.arange(shape[axis]!).reshape(classes).equal(np.expandDims(y, axis))
    return nn.logsumexp(x.ref, axis).sub(np.where(isTarget, x, 0).sum(axis))
  }
  const withGradient = jax.jit((x: Array, y: Array): readonly [Array, Array] => {
    const [value, pullback] = jax.vjp((x) => differentiableLoss(x, y), [x])
    const gradient = pullback(np.onesLike(value.ref))
    return [value, 'ref' in gradient ? gradient : gradient[0]]
  })
  const finish = async (...arrays: readonly Array[]): Promise<void> => {
    await jax.blockUntilReady(arrays)
    for (const array of arrays) array.dispose()
  }
  return {
    runners: {
      value: {
        call: () => finish(loss(x.ref, y.ref)),
        results: (): Found => ({ value: loss(x.ref, y.ref).dataSync() }),
      },
      gradient: {
        call: () => finish(...withGradient(x.ref, y.ref)),
        results: (): Found => {
          const [value, gradient] = withGradient(x.ref, y.ref)
          return { value: value.dataSync(), gradient: gradient.dataSync() }
        },
      },
    },
    free: () => {
      x.dispose()
      y.dispose()
    },
  }
}

const entry = createRequire(import.meta.url).resolve(library)
const { version } = JSON.parse(readFileSync(new URL('../package.json', `file://${entry}`), 'utf8')) as {
  version: string
}

await serve({ about: `jax-js ${version}, wasm, jit, Node ${process.versions.node}`, load })
