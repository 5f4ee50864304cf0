import { XentError } from '../../error.ts'
import { allocate, release } from '../wasm/allocation.ts'
import type { Range } from '../wasm/memory.ts'
import { startThread, type Thread } from './host.ts'
import type { Program } from './program.ts'
import {
  AWAITED,
  claim,
  execute,
  hasFailed,
  isPending,
  type Producer,
  producerOf,
  RING_BYTES,
  SCRATCHES,
  sleepers,
  sleepUntilDone,
  watch,
} from './ring.ts'
import type { Assignment } from './worker.ts'

/** The threads, and the caller's side of the ring. */
export interface Pool extends Producer {
  /** Waits for a task; computes along meanwhile. */
  wait(ticket: number): void
  /** The same without standing still. */
  done(ticket: number): Promise<void>
  /** An area of so many bytes for tasks, after each thread has got a scratch area. No task may be under way. */
  reserve(staging: number, scratch: number): number
  /** Whether a thread is looking for tasks, and none has to be woken. */
  isAwake(): boolean
  /** Ends the threads. What is under way fails for this reason. */
  close(why: string): void
  /** The same where they cannot be relied upon any more. */
  lose(why: string): void
}

const nowhere: Range = { start: 0, size: 0 }

/** Milliseconds after which a task that a thread has claimed is taken for lost, and the naps until then. */
const PATIENCE = 20_000
const NAP = 50

/**
 * Starts threads, and resolves when they can run tasks.
 *
 * @param helpers how many threads there are besides the caller's
 * @param mayWait whether the caller may compute along and wait
 * @param onLost what to do when a thread has ended by itself after that. The pool is closed then, and the memory that its
 *   threads might still write to is not used again.
 */
export const startPool = async (
  program: Program,
  helpers: number,
  mayWait: boolean,
  onLost: () => void,
): Promise<Pool> => {
  const { memory, callables } = program
  const ringAt = allocate(memory, RING_BYTES).start
  const ring = new Int32Array(memory.views.buffer, ringAt, RING_BYTES / 4)
  // others may have had that memory
  ring.fill(0)
  Atomics.store(ring, AWAITED, -1)
  const threads: Thread[] = []
  const areas = { staging: nowhere, scratch: nowhere }
  let isStarted = false
  let ended: XentError | undefined
  let wake: (() => void) | undefined

  const close = (why: string): void => {
    ended ??= new XentError('ENGINE', `threads: ${why}.`)
    for (const thread of threads.splice(0)) thread.end()
    wake?.()
  }

  const lose = (why: string): void => {
    if (ended) return
    close(why)
    if (isStarted) onLost()
  }

  const check = (ticket: number): void => {
    if (hasFailed(ring, ticket)) lose('a kernel has failed')
    if (ended) throw ended
  }

  /** Where an area of so many bytes is, a new one if need be. */
  const areaAt = (name: keyof typeof areas, bytes: number): number => {
    if (areas[name].size < bytes) {
      const outgrown = areas[name]
      // should there be no memory
      areas[name] = nowhere
      if (outgrown.size > 0) release(memory, outgrown)
      areas[name] = allocate(memory, bytes)
    }
    return areas[name].start
  }

  /** Runs what nobody else has claimed yet, as long as the task is not done. */
  const computeAlong = (ticket: number): void => {
    while (isPending(ring, ticket)) {
      const next = claim(ring)
      if (next === undefined) return
      execute(ring, callables, 0, next)
    }
  }

  /** Until a thread tells that it has done the task. */
  const message = async (ticket: number): Promise<void> => {
    threads[0]?.keepAlive(true)
    await new Promise<void>((resolve) => {
      wake = resolve
      Atomics.store(ring, AWAITED, ticket)
      if (ended || !isPending(ring, ticket)) resolve()
    })
    Atomics.store(ring, AWAITED, -1)
    threads[0]?.keepAlive(false)
  }

  /** Resolves when the thread is ready. */
  const begin = (k: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const thread = startThread({
        message: (text) => (text === 'ready' ? resolve() : wake?.()),
        ended: (why) => {
          reject(new Error(why))
          lose(`a thread was lost: ${why}`)
        },
      })
      threads.push(thread)
      const { modules, functions } = program
      const assignment: Assignment = {
        memory: memory.wasm,
        modules,
        functions,
        ring: ringAt,
        words: ring.length,
        thread: k,
      }
      thread.post(assignment)
    })

  try {
    await Promise.all(Array.from({ length: helpers }, (_, k) => begin(k + 1)))
    // one was ready, and is no more
    if (ended) throw ended
  } catch (error) {
    close('a thread does not start')
    throw error
  }
  isStarted = true
  for (const thread of threads) thread.keepAlive(false)

  return {
    ...producerOf(ring),
    wait: (ticket) => {
      for (let naps = 0; !ended && isPending(ring, ticket); ) {
        computeAlong(ticket)
        if (watch(() => !isPending(ring, ticket))) break
        sleepUntilDone(ring, ticket, NAP)
        if (++naps * NAP > PATIENCE) lose('a thread does not answer')
      }
      check(ticket)
    },
    done: async (ticket) => {
      if (mayWait) {
        computeAlong(ticket)
        watch(() => !isPending(ring, ticket))
      }
      while (!ended && isPending(ring, ticket)) await message(ticket)
      check(ticket)
    },
    reserve: (staging, scratch) => {
      const staged = areaAt('staging', staging)
      const scratches = areaAt('scratch', (helpers + 1) * scratch)
      for (let k = 0; k <= helpers; k++) ring[SCRATCHES + k] = scratches + k * scratch
      return staged
    },
    isAwake: () => sleepers(ring) < helpers,
    close,
    lose,
  }
}
