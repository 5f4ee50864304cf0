// xent through its public functions: `in-place` on arrays of its own memory, with the best vectors that it finds;
// `deterministic` the same on an engine with plain SIMD; `threads` the same on so many; `staged` on arrays of the caller.
import { readFileSync } from 'node:fs'
import * as xent from 'xent'
import { type FloatName, isPerRow, partsOf, product, type Workload } from '../workloads.ts'
import { type Arrays, type FloatArray, type Found, type Loaded, serve, storage } from './serve.ts'

type Mode = 'in-place' | 'deterministic' | 'threads' | 'staged'

/** An argument, or what receives a result. */
type Place = xent.Tensor | xent.AllocatedTensor

interface Args {
  readonly logits: Place
  readonly labels?: Place
  readonly axis?: number
}

interface ValueAndGradient {
  readonly value: xent.FloatTensor
  readonly grad: { readonly logits: xent.FloatTensor }
}

interface Out {
  readonly value: Place
  readonly grad: { readonly logits: Place }
}

type Value = (args: Args, options?: { out: Place }) => xent.FloatTensor | Promise<xent.FloatTensor>
type WithGradient = (args: Args, options: { out: Out }) => ValueAndGradient | Promise<ValueAndGradient>

const names = {
  sparse: 'sparseSoftmaxCrossEntropyWithLogits',
  dense: 'softmaxCrossEntropyWithLogits',
  sigmoid: 'sigmoidCrossEntropyWithLogits',
  softmax: 'softmax',
  logSoftmax: 'logSoftmax',
} as const

/** What the synchronous functions and those of an engine have in common. */
type Api = Readonly<Record<(typeof names)[keyof typeof names], Value>> & {
  readonly valueAndGrad: (fn: Value, wrt: 'logits') => WithGradient
  readonly allocate: (shape: readonly number[], dtype: xent.DType) => xent.AllocatedTensor
}

/** Those of an engine, without promises. */
const onThreads = async (threads: number) => {
  const engine = await xent.createEngine('threads', { threads })
  return { ...engine.sync, allocate: engine.allocate }
}

const [mode, threads] = process.argv.slice(2) as [Mode, string | undefined]
const api = (mode === 'deterministic'
  ? await xent.createEngine('wasm', { deterministic: true })
  : mode === 'threads'
    ? await onThreads(Number(threads))
    : xent) as unknown as Api

const load = (workload: Workload, { logits, labels }: Arrays): Loaded => {
  const { fn, dtype, shape, axis } = workload
  const { empty, filled, free } = mode === 'staged' ? arraysOfTheCaller : arraysInPlace()
  const rowsShape = shape.toSpliced(axis, 1)
  const valueShape = isPerRow(workload) ? rowsShape : shape

  const args: Args = {
    logits: filled(logits, shape, dtype),
    ...(labels &&
      (fn === 'sparse'
        ? { labels: filled(labels, rowsShape, 'int32') }
        : { labels: filled(labels, shape, dtype) })),
    ...(axis !== -1 && { axis }),
  }
  const value = empty(valueShape, dtype)
  const out: Out = { value, grad: { logits: empty(shape, dtype) } }
  const run = api[names[fn]]
  const runWithGradient = partsOf(workload).includes('gradient') ? api.valueAndGrad(run, 'logits') : undefined

  // as one calls it: losses are few and come as a new array, larger results go where they are wanted
  const options = isPerRow(workload) ? undefined : { out: value }
  return {
    runners: {
      value: {
        call: () => run(args, options),
        results: async (): Promise<Found> => ({ value: numbers(await run(args, options)) }),
      },
      gradient: {
        call: () => runWithGradient!(args, { out }),
        results: async (): Promise<Found> => {
          const { value, grad } = await runWithGradient!(args, { out })
          return { value: numbers(value), gradient: numbers(grad.logits) }
        },
      },
    },
    free,
  }
}

/** Where arguments and results lie. */
interface Places {
  readonly filled: (data: Data, shape: readonly number[], dtype: xent.DType) => Place
  readonly empty: (shape: readonly number[], dtype: FloatName) => Place
  readonly free: () => void
}

type Data = FloatArray | Int32Array

const arraysOfTheCaller: Places = {
  filled: (data, shape, dtype) => new xent.Tensor(data, shape, dtype),
  empty: (shape, dtype) => new xent.Tensor(new storage[dtype](product(shape)), shape, dtype),
  free: () => {},
}

const arraysInPlace = (): Places => {
  const allocated: xent.AllocatedTensor[] = []
  const empty = (shape: readonly number[], dtype: xent.DType): xent.AllocatedTensor => {
    const tensor = api.allocate(shape, dtype)
    allocated.push(tensor)
    return tensor
  }
  return {
    filled: (data, shape, dtype) => {
      const tensor = empty(shape, dtype)
      ;(tensor.data as Data).set(data)
      return tensor
    },
    empty,
    free: () => {
      for (const tensor of allocated) tensor.free()
    },
  }
}

const numbers = ({ data }: xent.FloatTensor): ArrayLike<number> => data

const { version } = JSON.parse(
  readFileSync(new URL('../../packages/xent/package.json', import.meta.url), 'utf8'),
) as { version: string }

await serve({ about: `xent ${version}, Node ${process.versions.node}`, load })
