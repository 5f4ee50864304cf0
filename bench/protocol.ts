import type { Files } from './inputs.ts'
import type { Workload } from './workloads.ts'

/** Elements of the roof `exp`, which stays in the first-level cache of every processor: 16 KiB. */
export const EXPONENTS = 4_096

/**
 * The driver asks, a contestant's process answers: a JSON object a line, on its stdin and stdout, in order.
 * `part` is a part of the workload, or the name of a roof.
 */
export type Question =
  | { readonly ask: 'about' }
  /** Reads the arrays and makes ready what runs on them, in the place of what was there. */
  | { readonly ask: 'load'; readonly workload: Workload; readonly files: Files }
  /** Runs for at least so many milliseconds. */
  | { readonly ask: 'warm'; readonly part: string; readonly ms: number }
  | { readonly ask: 'run'; readonly part: string; readonly calls: number }
  /** Writes the results as raw float64: of a value in whole, or at the picks, of a gradient at the picks. */
  | {
      readonly ask: 'results'
      readonly part: string
      readonly picks: string
      readonly isWhole: boolean
      readonly value: string
      readonly gradient: string
    }
  /** Lets the arrays go. */
  | { readonly ask: 'free' }

export interface Answers {
  readonly about: { readonly text: string }
  readonly load: Record<never, never>
  /** Milliseconds of a call, once warm. */
  readonly warm: { readonly ms: number }
  /** Milliseconds of all the calls, by the clock and of the processor. */
  readonly run: Spent
  readonly results: { readonly hasGradient: boolean }
  readonly free: Record<never, never>
}

export interface Spent {
  readonly ms: number
  readonly cpu: number
}

export type Answer<Ask extends Question['ask']> = Answers[Ask] | { readonly error: string }
