import { type KernelCall, type Results, resultsOf, type SyncEngine } from '../engine.ts'

/** The definition: plain TypeScript in float64, rounded once to the result's type. */
export const referenceEngine = (): SyncEngine => {
  const runSync = (call: KernelCall): Results => {
    const results = resultsOf(call)
    call.kernel.reference(call as never, results)
    return results
  }
  return { name: 'reference', runSync, run: async (call) => runSync(call) }
}
