import type { Peers } from '../peers.ts'
import { type Contestant, runAll } from './contestants.ts'
import { type Errors, errorsOf } from './errors.ts'
import type { Line } from './lines.ts'
import { type Deviation, deviation, type Truth, trueResults } from './truth.ts'

export interface LineErrors {
  readonly value: Errors
  readonly gradient?: Errors
}

/** A line of a table, measured. */
export interface Measured {
  readonly line: Line
  /** By the contestant's name; those that lack the function or the type are missing. */
  readonly errors: ReadonlyMap<string, LineErrors>
  /** Of the float64 truth from mpmath; missing where mpmath's is the truth. */
  readonly deviation?: Deviation
}

/** The processes that know the truth, each with a queue of its own. */
export interface TruthPeers {
  readonly mpmath: Peers
  readonly float64: Peers
}

/** Starts mpmath on a line, which takes its time: give it all lines first, then measure one after the other. */
export const startProof = ({ mpmath }: TruthPeers, line: Line): Promise<Truth> =>
  trueResults(mpmath, 'truth', line.call(line.proofRows))

export const measure = async (
  { float64 }: TruthPeers,
  contestants: readonly Contestant[],
  line: Line,
  proof: Promise<Truth>,
): Promise<Measured> => {
  const call = line.call(line.rows)
  const isProofWhole = line.dtype === 'float64'
  const results = runAll(contestants, call)
  const truth = await (isProofWhole ? proof : trueResults(float64, 'float64', call))
  const errors = new Map<string, LineErrors>()
  for (const [name, { value, alone = value, gradient }] of await results) {
    errors.set(name, {
      value: worse(errorsOf(value, truth.value, line.dtype), errorsOf(alone, truth.value, line.dtype)),
      ...(gradient && truth.gradient && { gradient: errorsOf(gradient, truth.gradient, line.dtype) }),
    })
  }
  return { line, errors, ...(!isProofWhole && { deviation: deviation(truth, await proof) }) }
}

const worse = (a: Errors, b: Errors): Errors =>
  a.withinOne < b.withinOne || (a.withinOne === b.withinOne && a.ulps.max > b.ulps.max) ? a : b
