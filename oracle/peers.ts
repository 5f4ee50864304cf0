import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Call, Outcome } from '../packages/xent/test/conformance/call.ts'
import { folder, python } from './environment.ts'

/** The libraries behind oracle/peers/serve.py; `truth` is mpmath, `float64` the truth where mpmath takes too long. */
export type Library = 'tensorflow' | 'torch' | 'jax' | 'truth' | 'float64'

export type Outcomes = Readonly<Record<Library, Outcome | null>>

export interface Peers {
  /** Runs a call in each library; null where a library has no such function. */
  run(libraries: readonly Library[], call: Call): Promise<Outcomes>
  versions(libraries: readonly Library[]): Promise<Readonly<Record<Library, string>>>
  close(): void
}

/** Starts the Python process that runs calls in the real libraries. Answers come in the order of the questions. */
export const startPeers = (): Peers => {
  const child = spawn(python(), ['-m', 'peers.serve'], { cwd: folder, stdio: ['pipe', 'pipe', 'pipe'] })
  const waiting: { resolve: (answer: never) => void; reject: (cause: Error) => void }[] = []
  let complaints = ''
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + String(text)).slice(-4000)
  })
  createInterface({ input: child.stdout, crlfDelay: Number.POSITIVE_INFINITY }).on('line', (line) => {
    waiting.shift()?.resolve(JSON.parse(line) as never)
  })
  let ended: Error | undefined
  child.on('close', (status) => {
    ended = new Error(`oracle: the Python process ended with ${status}\n${complaints}`)
    for (const { reject } of waiting.splice(0)) reject(ended)
  })
  // a question to a process that ends is answered by its end
  child.stdin.on('error', () => {})
  const ask = <Answer>(question: object): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (ended) return reject(ended)
      waiting.push({ resolve, reject })
      child.stdin.write(`${JSON.stringify(question)}\n`)
    })
  return {
    run: (libraries, call) => ask({ libraries, call }),
    versions: (libraries) => ask({ libraries }),
    close: () => child.stdin.end(),
  }
}
