import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { check } from './check.ts'
import { ContestantError } from './child.ts'
import type { Contestant, Lineup } from './contestants.ts'
import { type Files, type Inputs, inputsOf, writeInputs } from './inputs.ts'
import { EXPONENTS } from './protocol.ts'
import type { PartResult, RoofName, Timing, WorkloadResult } from './results.ts'
import { type Lane, type Plan, timingsOf } from './rounds.ts'
import { type Truth, truthOf } from './truth.ts'
import {
  isPerRow,
  isTiny,
  type Part,
  partName,
  partsOf,
  sizeOf,
  titleOf,
  type Workload,
} from './workloads.ts'

export interface Circumstances {
  /** For the arrays that driver and contestants exchange. */
  readonly folder: string
  readonly plan: Plan
  /** Tells what is going on. */
  readonly say: (text: string) => void
}

/** Measures everyone on one workload, and checks what they compute. */
export const measure = async (
  lineup: Lineup,
  workload: Workload,
  circumstances: Circumstances,
): Promise<WorkloadResult> => {
  const { folder, say } = circumstances
  say(`${titleOf(workload)}: arrays`)
  const inputs = inputsOf(workload)
  const files = writeInputs(workload, inputs, folder)
  const leftOut = new Map<string, string>()
  const present = lineup.contestants.filter(({ without }) =>
    partsOf(workload).some((part) => without(workload, part) === undefined),
  )
  const loading = Promise.all([
    ...present.map((contestant) =>
      excused(contestant, leftOut, () => contestant.child.ask({ ask: 'load', workload, files })),
    ),
    ...(lineup.roofs && hasRoofs(workload) ? [lineup.roofs.ask({ ask: 'load', workload, files })] : []),
  ])
  const truth = truthOf(workload, inputs)
  await loading

  const loaded = { workload, files, inputs, truth, leftOut }
  const parts: Partial<Record<Part, PartResult>> = {}
  for (const part of partsOf(workload)) {
    parts[part] = await measurePart(lineup, loaded, part, circumstances)
  }
  for (const { child } of present) await child.ask({ ask: 'free' })
  return { workload, parts }
}

/** What every contestant has before it. */
interface Loaded {
  readonly workload: Workload
  readonly files: Files
  readonly inputs: Inputs
  readonly truth: Truth
  /** Why, by contestant. */
  readonly leftOut: Map<string, string>
}

const measurePart = async (
  { contestants, roofs }: Lineup,
  loaded: Loaded,
  part: Part,
  { folder, plan, say }: Circumstances,
): Promise<PartResult> => {
  const { workload } = loaded
  const title = `${titleOf(workload)}, ${partName(part)}`
  const leftOut = new Map(loaded.leftOut)
  const lanes: Lane[] = []
  for (const contestant of contestants) {
    const { id, name, child, without } = contestant
    const reason = without(workload, part)
    if (reason) leftOut.set(id, reason)
    if (reason !== undefined || leftOut.has(id)) continue
    say(`${title}: checks ${name}`)
    await excused(contestant, leftOut, async () => {
      await checkResults(contestant, part, loaded, folder)
      lanes.push({ id, child, part })
    })
  }
  const names = roofs ? roofNames(workload, part) : []
  const roofLanes = names.map((name) => ({ id: name, child: roofs!, part: name }))
  const timings = await timingsOf([...lanes, ...roofLanes], plan, (text) => say(`${title}: ${text}`))
  return {
    timings: Object.fromEntries(lanes.map(({ id }) => [id, timings.get(id)!])),
    leftOut: Object.fromEntries(leftOut),
    roofs: Object.fromEntries(names.map((name) => [name, roofRate(workload, name, timings.get(name)!)])),
  }
}

/** Not where a call is a matter of its overhead, nor where the elements are not those of the roofs. */
const hasRoofs = (workload: Workload): boolean => workload.dtype === 'float32' && !isTiny(workload)

const roofNames = (workload: Workload, part: Part): readonly RoofName[] => {
  if (!hasRoofs(workload)) return []
  return part === 'value' ? ['read', 'exp'] : ['copy', 'exp']
}

const roofRate = (workload: Workload, name: RoofName, { ms }: Timing): number =>
  (name === 'exp' ? EXPONENTS : sizeOf(workload)) / ms / 1e6

/** A library that throws is left out and the reason shown; that we throw is an error. */
const excused = async (
  { id, name, isOurs }: Contestant,
  leftOut: Map<string, string>,
  run: () => Promise<unknown>,
): Promise<void> => {
  try {
    await run()
  } catch (error) {
    if (!(error instanceof ContestantError)) throw error
    if (isOurs) throw new Error(`${name}: ${error.message}`, { cause: error })
    leftOut.set(id, error.message.split('\n')[0]!)
  }
}

const checkResults = async (
  { name, child }: Contestant,
  part: Part,
  { workload, files, inputs, truth }: Loaded,
  folder: string,
): Promise<void> => {
  const value = join(folder, 'value.bin')
  const gradient = join(folder, 'gradient.bin')
  const isWhole = isPerRow(workload)
  const { picks } = files
  const { hasGradient } = await child.ask({ ask: 'results', part, picks, isWhole, value, gradient })
  const found = { value: numbers(value), gradient: hasGradient ? numbers(gradient) : undefined }
  check(name, workload, part, found, { truth, picks: inputs.picks })
}

const numbers = (path: string): Float64Array => new Float64Array(new Uint8Array(readFileSync(path)).buffer)
