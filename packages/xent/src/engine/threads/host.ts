import { workerText } from './generated/worker.ts'
import { ofNode } from './node.ts'
import { MOST_THREADS } from './ring.ts'

/** A thread, whatever the platform calls it. */
export interface Thread {
  post(message: unknown): void
  /** Ends it at once, whatever it does. */
  end(): void
  /** Whether a program that has nothing else to do waits for it. */
  keepAlive(isWanted: boolean): void
}

/** What a thread tells. */
export interface Listener {
  message(text: string): void
  /** It has come to its end, for this reason. */
  ended(why: string): void
}

/** How many threads the machine runs at a time, as far as there may be so many. */
export const availableThreads = (): number => {
  const count = ofNode('node:os')?.availableParallelism() ?? globalThis.navigator?.hardwareConcurrency ?? 1
  return Math.min(count, MOST_THREADS)
}

/** Whether this thread may wait for others: not the main one of a browser, whose page would stand still. */
export const mayWait = (): boolean => {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1)
    return true
  } catch {
    return false
  }
}

/** Starts a thread; throws where there are none. */
export const startThread = (listener: Listener): Thread =>
  ofNode('node:worker_threads') ? startNodeWorker(listener) : startWebWorker(listener)

const startNodeWorker = ({ message, ended }: Listener): Thread => {
  const { Worker } = ofNode('node:worker_threads')!
  // without what this process was told to load first
  const worker = new Worker(workerText, { eval: true, execArgv: [], name: 'xent' })
  worker.on('message', message)
  worker.on('error', (error: Error) => ended(error.message))
  worker.on('exit', () => ended('it has ended'))
  return {
    post: (data) => worker.postMessage(data),
    end: () => worker.terminate(),
    keepAlive: (isWanted) => (isWanted ? worker.ref() : worker.unref()),
  }
}

const startWebWorker = ({ message, ended }: Listener): Thread => {
  const address = URL.createObjectURL(new Blob([workerText], { type: 'text/javascript' }))
  const worker = new Worker(address, { name: 'xent' })
  worker.onmessage = ({ data }: MessageEvent<string>) => {
    URL.revokeObjectURL(address)
    message(data)
  }
  worker.onerror = (event) => {
    event.preventDefault()
    ended(event.message || 'the page forbids it')
  }
  return {
    post: (data) => worker.postMessage(data),
    end: () => worker.terminate(),
    keepAlive: () => {},
  }
}
