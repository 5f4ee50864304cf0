import { type Pool, startPool } from './pool.ts'
import type { Program } from './program.ts'

/** A pool, and another when it is lost. */
export interface KeptPool {
  /** The pool that calls may use. There is none while another is started, if no thread starts any more, or after `close`. */
  readonly pool: Pool | undefined
  /** The last that there was: who uses that hears at its next wait that it has ended. */
  readonly latest: Pool | undefined
  readonly isClosed: boolean
  close(): void
}

/** How often a pool is started anew. */
const ATTEMPTS = 3

/**
 * Starts a pool, if there are to be threads besides the caller's, and keeps one.
 *
 * @throws where the first does not start
 */
export const keepPool = async (program: Program, helpers: number, mayWait: boolean): Promise<KeptPool> => {
  let pool: Pool | undefined
  let latest: Pool | undefined
  let isClosed = false

  const start = async (): Promise<void> => {
    const started = await startPool(program, helpers, mayWait, () => {
      pool = undefined
      void restart()
    })
    if (isClosed) started.close('the engine is closed')
    else {
      pool = started
      latest = started
    }
  }
  const restart = async (): Promise<void> => {
    for (let attempt = 0; attempt < ATTEMPTS && !(pool || isClosed); attempt++) await start().catch(() => {})
  }
  if (helpers > 0) await start()

  return {
    get pool() {
      return pool
    },
    get latest() {
      return latest
    },
    get isClosed() {
      return isClosed
    },
    close: () => {
      isClosed = true
      pool?.close('the engine is closed')
      pool = undefined
    },
  }
}
