import { type Part, sizeOf, type Workload } from './workloads.ts'

/** The contestant that is compared with the others; those called after it are variants of it. */
export const ours = 'xent'

/** What one contestant took for a call. */
export interface Timing {
  /** Milliseconds of a call, the median of the rounds. */
  readonly ms: number
  readonly fastest: number
  readonly slowest: number
  readonly rounds: number
  /** Milliseconds of a call in each of them, in their order. */
  readonly times: readonly number[]
  /** Of each round. */
  readonly calls: number
  /** Rounds during which others had the core as well, and that were measured again. */
  readonly disturbed: number
}

export type RoofName = 'read' | 'copy' | 'exp'

export interface PartResult {
  /** By contestant. */
  readonly timings: Readonly<Record<string, Timing>>
  /** Contestants that were left out for a reason. */
  readonly leftOut: Readonly<Record<string, string>>
  /** The two roofs of the part in 10^9 elements a second; none where calls are too short to speak of them. */
  readonly roofs: Readonly<Partial<Record<RoofName, number>>>
}

export interface WorkloadResult {
  readonly workload: Workload
  readonly parts: Readonly<Partial<Record<Part, PartResult>>>
}

export interface Named {
  readonly id: string
  readonly name: string
  readonly isOurs: boolean
  /** Library, version and runtime. */
  readonly about: string
}

export interface Results {
  readonly isQuick: boolean
  readonly machine: string
  readonly contestants: readonly Named[]
  readonly notices: readonly string[]
  /** Of a round, except where calls are slow. */
  readonly rounds: number
  readonly results: readonly WorkloadResult[]
}

/** 10^9 logits a second. */
export const rateOf = ({ workload, parts }: WorkloadResult, part: Part, id: string): number | undefined => {
  const ms = parts[part]?.timings[id]?.ms
  return ms === undefined ? undefined : sizeOf(workload) / ms / 1e6
}

/** How many times as fast the one is as the other. */
export const ratioOf = (
  { parts }: WorkloadResult,
  part: Part,
  id: string,
  other: string,
): number | undefined => {
  const timings = parts[part]?.timings
  return timings?.[id] && timings[other] && timings[other].ms / timings[id].ms
}

/** The same by the rounds, in which one is measured soon after the other: the median of their ratios. */
export const ratioByRounds = (
  { parts }: WorkloadResult,
  part: Part,
  id: string,
  other: string,
): number | undefined => {
  const [ours, theirs] = [id, other].map((name) => parts[part]?.timings[name]?.times)
  if (!ours || !theirs) return undefined
  const rounds = Math.min(ours.length, theirs.length)
  return median(theirs.slice(0, rounds).map((time, k) => time / ours[k]!))
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b)
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2
}

/** A contestant's share of the lower of the part's roofs. */
export const shareOf = (result: WorkloadResult, part: Part, id: string): number | undefined => {
  const roofs = Object.values(result.parts[part]?.roofs ?? {})
  const rate = rateOf(result, part, id)
  return roofs.length && rate !== undefined ? rate / Math.min(...roofs) : undefined
}

export interface Steadiness {
  /** The roof `exp`, the same loop beside every workload, at its slowest and at its fastest. */
  readonly slowest: number
  readonly fastest: number
  /** The share of rounds during which others had the core as well. */
  readonly disturbed: number
}

/** How steady the machine was. */
export const steadinessOf = ({ results }: Results): Steadiness => {
  const parts = results.flatMap(({ parts }) => Object.values(parts))
  const exp = parts.flatMap(({ roofs }) => roofs.exp ?? [])
  const timings = parts.flatMap(({ timings }) => Object.values(timings))
  const sum = (counts: readonly number[]): number => counts.reduce((a, b) => a + b, 0)
  const disturbed = sum(timings.map(({ disturbed }) => disturbed))
  const rounds = sum(timings.map(({ rounds }) => rounds))
  return { slowest: Math.min(...exp), fastest: Math.max(...exp), disturbed: disturbed / (rounds + disturbed) }
}
