import type { Child } from './child.ts'
import { median, type Timing } from './results.ts'

export interface Plan {
  /** Milliseconds of a round at least; calls that are shorter are repeated. */
  readonly round: number
  /** Of each lane; the medians are of them. */
  readonly rounds: number
  /** Milliseconds that the rounds of one lane may take, beyond which they are fewer. */
  readonly patience: number
  /** Milliseconds of a lane before its first round. */
  readonly warmUp: number
}

/** One thing that is measured: a part of a contestant, or a roof. */
export interface Lane {
  readonly id: string
  readonly child: Child
  readonly part: string
}

const FEWEST_ROUNDS = 3

/** Medians by the lanes' ids. The lanes take turns, a round each, so that all see the same machine. */
export const timingsOf = async (
  lanes: readonly Lane[],
  { round, rounds, patience, warmUp }: Plan,
  say: (text: string) => void,
): Promise<ReadonlyMap<string, Timing>> => {
  const runs: Run[] = []
  for (const lane of lanes) {
    say(`${lane.id} warms up`)
    const ms = await warm(lane, warmUp)
    const calls = Math.max(1, Math.ceil(round / ms))
    const affordable = Math.floor(patience / (calls * ms))
    const wanted = Math.min(rounds, Math.max(FEWEST_ROUNDS, affordable))
    runs.push({ lane, calls, rounds: wanted, times: [], disturbed: 0 })
  }
  for (let k = 0; k < rounds; k++) {
    say(`round ${k + 1} of ${rounds}`)
    for (const run of runs) if (k < run.rounds) run.times.push(await timeRound(run))
  }
  return new Map(runs.map((run) => [run.lane.id, timingOf(run)]))
}

/** Milliseconds of a call, once warm. */
const warm = async ({ child, part }: Lane, warmUp: number): Promise<number> => {
  const { ms } = await child.ask({ ask: 'warm', part, ms: warmUp })
  if (ms >= TINIEST) return ms
  const longer = await child.ask({ ask: 'warm', part, ms: TINY_WARM_UPS * warmUp })
  return longer.ms
}

/** Milliseconds of calls that are mostly what surrounds the kernels, which engines compile after thousands of them. */
const TINIEST = 0.2
const TINY_WARM_UPS = 4

interface Run {
  readonly lane: Lane
  readonly calls: number
  readonly rounds: number
  readonly times: number[]
  disturbed: number
}

/**
 * Milliseconds of a call, from a round in which the process had the core to itself. Where others never leave it alone,
 * the time that the processor gave it: what the clock says would count their work too.
 */
const timeRound = async (run: Run): Promise<number> => {
  const { lane, calls, rounds } = run
  const { ms, cpu } = await lane.child.ask({ ask: 'run', part: lane.part, calls })
  if (cpu >= UNDISTURBED * ms) return ms / calls
  run.disturbed++
  return run.disturbed > rounds ? cpu / calls : timeRound(run)
}

/** The share of the core that a process must have had. */
const UNDISTURBED = 0.95

const timingOf = ({ times, calls, disturbed }: Run): Timing => {
  const sorted = times.toSorted((a, b) => a - b)
  return {
    ms: median(times),
    fastest: sorted[0]!,
    slowest: sorted.at(-1)!,
    rounds: times.length,
    times,
    calls,
    disturbed,
  }
}
