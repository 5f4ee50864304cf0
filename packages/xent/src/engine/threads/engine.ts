import { XentError } from '../../error.ts'
import { sizeOf } from '../../tensor/shape.ts'
import { type Kernel, type KernelCall, type Results, resultsOf, type SyncEngine } from '../engine.ts'
import { referenceEngine } from '../reference/engine.ts'
import { layoutModules } from '../wasm/generated/layout.ts'
import { piecesModules } from '../wasm/generated/pieces.ts'
import type { LayoutExports } from '../wasm/layout.ts'
import { createMemory, type LinearMemory } from '../wasm/memory.ts'
import { bytesOf, moduleOf } from '../wasm/modules.ts'
import { locator } from '../wasm/operands.ts'
import { runAtOnce, type Work } from '../wasm/work.ts'
import { blocksOf, drive } from './drive.ts'
import { availableThreads, mayWait } from './host.ts'
import { keepPool } from './keep-pool.ts'
import { driveLongRows, type Hosts, isOfLongRows, type PiecesExports } from './long-rows.ts'
import { load } from './program.ts'
import { createSharedMemory } from './shared-memory.ts'

export interface ThreadsEngine extends SyncEngine {
  /** How many threads compute. */
  readonly threads: number
  /** Ends the threads; what is under way fails. */
  close(): void
}

export interface ThreadsOptions {
  /** How many threads compute, the caller's among them unless that is a browser's main thread, which must not wait. */
  readonly threads?: number | undefined
  /** Plain SIMD also where relaxed SIMD would do. */
  readonly isDeterministic?: boolean
  readonly limits?: Limits
}

/** What is worth a thread. Results do not depend on it. */
export interface Limits {
  /** Calls of fewer elements stay on the caller's thread. */
  readonly call: number
  /** And so do those of fewer, unless another thread is awake or has been just now: waking it takes as long as they do. */
  readonly wake: number
  /** Elements of a task at least. */
  readonly task: number
  /** Rows of fewer classes are not shared. */
  readonly row: number
  /** Classes of a piece of a row at least. */
  readonly piece: number
}

export const usualLimits: Limits = { call: 49_152, wake: 262_144, task: 32_768, row: 32_768, piece: 16_384 }

/** Milliseconds between calls that follow each other so closely that waking a thread is worth it for the next. */
const CLOSE = 0.2

/** Of what is left, a task is at most one of so many parts for each thread. */
const PARTS = 2

/**
 * The kernels of the wasm engine on shared memory, on several threads.
 *
 * @throws where there are no threads, or they may share no memory
 */
export const threadsEngine = async (
  kernels: readonly Kernel[],
  { threads = availableThreads(), isDeterministic = false, limits = usualLimits }: ThreadsOptions = {},
): Promise<ThreadsEngine> => {
  const memory = createMemory(createSharedMemory())
  const reference = referenceEngine()
  const forms = kernels.map(({ wasm }) => wasm!)
  const modules = [...forms, { modules: piecesModules }].map((form) => moduleOf(form, isDeterministic))
  const isWaiting = mayWait()
  const program = await load(memory, [...modules, bytesOf(layoutModules.plain)])
  const pools = await keepPool(program, isWaiting ? threads - 1 : threads, isWaiting)
  const recorders = program.recorders((fn, args) => pools.latest!.record(fn, args))
  const here = hostsOf(memory, program.exports)
  const there = hostsOf(memory, recorders)

  /** The call that has the pool; it never rejects. */
  let current: Promise<void> | undefined
  /** When the last call ended that would have been worth a thread that is awake. */
  let lastEnd = Number.NEGATIVE_INFINITY
  const isOurs = ({ kernel }: KernelCall): boolean => forms.includes(kernel.wasm!)
  const isLarge = ({ logits }: KernelCall): boolean => sizeOf(logits.shape) >= limits.call
  const isWorthWaking = ({ logits }: KernelCall): boolean =>
    sizeOf(logits.shape) >= limits.wake || performance.now() - lastEnd < CLOSE

  /** A call's results, and what is to be waited for until they are there: the pool's tasks where those are worth their while. */
  const begin = (call: KernelCall, mayShare: boolean): { results: Results; tickets: Iterable<number> } => {
    const results = resultsOf(call, (data) => locator(memory, data))
    const form = call.kernel.wasm!
    const module = forms.indexOf(form)
    const plan = (all: readonly object[], { host }: Hosts): Work =>
      form.plan(all[module] as never, host, call as never, results)
    const { pool } = pools
    if (mayShare && pool && isLarge(call) && (!isWaiting || pool.isAwake() || isWorthWaking(call))) {
      const work = plan(recorders, there)
      if (isOfLongRows(call, results, threads, limits.row)) {
        const steps = driveLongRows(pool, threads, call, results, { here, there }, work, limits.piece)
        return { results, tickets: steps }
      }
      const least = Math.ceil((limits.task * work.size) / sizeOf(call.logits.shape))
      const cut = { parts: PARTS * threads, least }
      // a caller that must not stand still leaves also a single block to others
      if (!isWaiting || work.end(0, least) < work.size)
        return { results, tickets: drive(pool, threads, work, blocksOf(work, cut)) }
    }
    runAtOnce(memory, plan(program.exports, here))
    return { results, tickets: [] }
  }

  return {
    name: 'threads',
    memory,
    threads,
    runSync: (call) => {
      if (!isOurs(call)) return reference.runSync(call)
      const using = pools.pool
      const { results, tickets } = begin(call, isWaiting && !current)
      try {
        for (const ticket of tickets) using!.wait(ticket)
      } catch (error) {
        using!.lose(String(error))
        throw error
      }
      if (isLarge(call)) lastEnd = performance.now()
      return results
    },
    run: async (call) => {
      if (!isOurs(call)) return reference.run(call)
      while (current && isLarge(call)) await current
      if (pools.isClosed) throw new XentError('ENGINE', 'threads: the engine is closed.')
      const using = pools.pool
      const { results, tickets } = begin(call, true)
      const running = (async () => {
        try {
          for (const ticket of tickets) await using!.done(ticket)
        } catch (error) {
          using!.lose(String(error))
          throw error
        }
      })()
      const turn = running
        .catch(() => {})
        .then(() => {
          if (current === turn) current = undefined
        })
      current ??= turn
      await running
      if (isLarge(call)) lastEnd = performance.now()
      return results
    },
    close: pools.close,
  }
}

/** The modules of families' kernels come first, and last those for long rows and for layouts. */
const hostsOf = (memory: LinearMemory, all: readonly object[]): Hosts => ({
  host: { memory, layout: all.at(-1) as LayoutExports },
  pieces: all.at(-2) as PiecesExports,
})
