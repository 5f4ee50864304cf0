import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import type { Answer, Answers, Question } from './protocol.ts'

/** A contestant's process. */
export interface Child {
  /** Rejects with a ContestantError where the library has thrown, with another where the process has ended. */
  ask<Ask extends Question['ask']>(question: Extract<Question, { ask: Ask }>): Promise<Answers[Ask]>
  close(): void
}

/** What a library threw. */
export class ContestantError extends Error {}

export interface Program {
  readonly command: readonly string[]
  readonly folder: string
  readonly environment?: Readonly<Record<string, string>> | undefined
}

/** Starts a process that answers questions in their order. */
export const start = (name: string, { command, folder, environment }: Program): Child => {
  const [file, ...args] = command
  const child = spawn(file!, args, {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const waiting: { resolve: (line: string) => void; reject: (cause: Error) => void }[] = []
  let complaints = ''
  let ended: Error | undefined
  const end = (why: string): void => {
    ended ??= new Error(`${name} ${why}\n${complaints}`)
    for (const { reject } of waiting.splice(0)) reject(ended)
  }
  child.stderr.on('data', (text: Buffer) => {
    complaints = (complaints + String(text)).slice(-4000)
  })
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.resolve(line))
  child.on('error', (error) => end(`does not start: ${error.message}`))
  child.on('close', (status, signal) => end(`ended with ${signal ?? status}`))
  // a question to a process that ends is answered by its end
  child.stdin.on('error', () => {})

  return {
    ask: async <Ask extends Question['ask']>(
      question: Extract<Question, { ask: Ask }>,
    ): Promise<Answers[Ask]> => {
      const line = await new Promise<string>((resolve, reject) => {
        if (ended) return reject(ended)
        waiting.push({ resolve, reject })
        child.stdin.write(`${JSON.stringify(question)}\n`)
      })
      const answer = JSON.parse(line) as Answer<Ask>
      if ('error' in answer) throw new ContestantError(answer.error)
      return answer
    },
    close: () => child.stdin.end(),
  }
}
