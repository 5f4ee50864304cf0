// ONNX Runtime's binding for Node: inference alone, so there are no gradients.
import { createRequire } from 'node:module'
import type { Workload } from '../workloads.ts'
import { modelOf } from './onnx-model.ts'
import { type Arrays, type Found, type Loaded, serve } from './serve.ts'

/** What is used here of the library, which need not be installed for this file to be checked. */
interface Runtime {
  readonly InferenceSession: {
    create(model: Uint8Array, options: object): Promise<Session>
  }
  readonly Tensor: new (type: string, data: ArrayBufferView, shape: readonly number[]) => object
  readonly env: { readonly versions: { readonly common?: string; readonly node?: string } }
}

interface Session {
  run(feeds: Readonly<Record<string, object>>): Promise<{ readonly value: { readonly data: Float32Array } }>
  release(): Promise<void>
}

const require = createRequire(import.meta.url)
const { InferenceSession, Tensor, env } = require('onnxruntime-node') as Runtime

const load = async ({ fn, shape, axis }: Workload, { logits, labels }: Arrays): Promise<Loaded> => {
  const session = await InferenceSession.create(modelOf(fn, axis < 0 ? axis + shape.length : axis), {
    executionMode: 'sequential',
    graphOptimizationLevel: 'all',
    interOpNumThreads: 1,
    intraOpNumThreads: 1,
  })
  const feeds = {
    logits: new Tensor('float32', logits, shape),
    ...(labels && {
      labels: new Tensor('int64', BigInt64Array.from(labels, BigInt), shape.toSpliced(axis, 1)),
    }),
  }
  return {
    runners: {
      value: {
        call: () => session.run(feeds),
        results: async (): Promise<Found> => ({ value: (await session.run(feeds)).value.data }),
      },
    },
    free: () => session.release(),
  }
}

await serve({
  about: `onnxruntime-node ${env.versions.node ?? env.versions.common}, Node ${process.versions.node}`,
  load,
})
