import { table } from '../oracle/accuracy/table.ts'
import { usualLimits } from '../packages/xent/src/engine/threads/engine.ts'
import { alone, processes } from './all-cores.ts'
import { figure, times } from './figures.ts'
import { ours, type Results, rateOf, ratioByRounds, type WorkloadResult } from './results.ts'
import type { Latencies } from './wake.ts'
import { isTiny, type Part, partsOf, shapeName, sizeOf } from './workloads.ts'

export interface ThreadsResults extends Results {
  readonly threads: number
  readonly latencies: Latencies
}

/** What threads are held to. */
interface Verdict {
  readonly text: string
  readonly isMet: boolean
  readonly measured: string
}

/** From so many logits on threads are to be as good as processes. */
const LARGE = 4096 * 1000

const partNames: Readonly<Record<Part, string>> = { value: 'loss', gradient: 'loss and gradient' }

const cases = (results: Results): readonly (readonly [WorkloadResult, Part])[] =>
  results.results.flatMap((result) => partsOf(result.workload).map((part) => [result, part] as const))

/** How many times as fast as one thread, of threads and of as many processes. */
const scaling = (result: WorkloadResult, part: Part) => ({
  threads: ratioByRounds(result, part, ours, alone),
  processes: ratioByRounds(result, part, processes, alone),
})

const verdictsOf = (results: ThreadsResults): readonly Verdict[] => [
  ...(results.threads === 2 ? scalingVerdicts(results) : []),
  ...['torch', 'jax'].flatMap((id) => aheadVerdicts(results, id)),
]

/** 1.8 times one thread where two processes are 1.9 times one, and else nine tenths of those. */
const scalingVerdicts = (results: ThreadsResults): readonly Verdict[] => {
  const lines = cases(results).flatMap(([result, part]) => {
    const { threads, processes } = scaling(result, part)
    if (sizeOf(result.workload) < LARGE || threads === undefined || processes === undefined) return []
    const isMet = threads >= (processes >= 1.9 ? 1.8 : 0.9 * processes)
    const name = `${partNames[part]} of ${shapeName(result.workload)}`
    return [{ isMet, text: `${times(threads)} (processes ${times(processes)}) for ${name}` }]
  })
  if (lines.length === 0) return []
  const text =
    'two threads are at least 1.8 times as fast as one from 4096x1000 up where two processes are 1.9 times as fast, and else within a tenth of those'
  return [
    { text, isMet: lines.every(({ isMet }) => isMet), measured: lines.map(({ text }) => text).join(', ') },
  ]
}

const aheadVerdicts = (results: ThreadsResults, id: string): readonly Verdict[] => {
  const name = results.contestants.find((contestant) => contestant.id === id)?.name
  const lines = cases(results).flatMap(([result, part]) => {
    const ratio = ratioByRounds(result, part, ours, id)
    if (ratio === undefined) return []
    return [{ ratio, text: `${times(ratio)} for ${partNames[part]} of ${shapeName(result.workload)}` }]
  })
  if (!name || lines.length === 0) return []
  const text = `as fast as ${name} on as many threads, everywhere`
  return [
    {
      text,
      isMet: lines.every(({ ratio }) => ratio >= 1),
      measured: lines.map(({ text }) => text).join(', '),
    },
  ]
}

const latencyLines = ({
  asleep,
  awake,
  alone,
  shared,
  aloneAsleep,
  sharedAsleep,
}: Latencies): readonly string[] => [
  `another thread has done nothing, which is a task, ${figure(asleep)} µs after it was told to if it sleeps, ${figure(awake)} µs if it has just done another`,
  `a loss of 64x1000 takes ${figure(alone)} µs on one thread, ${figure(shared)} µs on all`,
  `after a pause of some milliseconds it takes ${figure(aloneAsleep)} µs and ${figure(sharedAsleep)} µs`,
]

/** What is said at the end of the run on all cores. */
export const threadsSummary = (results: ThreadsResults): string =>
  [
    '',
    `${results.threads} threads, of medians of this run`,
    ...verdictsOf(results).flatMap(({ text, isMet, measured }) => [
      `  ${(isMet ? 'met' : 'NOT MET').padEnd(13)} ${text}`,
      `${' '.repeat(17)}${measured}`,
    ]),
    ...latencyLines(results.latencies).map((line) => `  ${line}`),
    '',
    results.machine,
    ...results.notices,
  ].join('\n')

/** docs/threads.md. */
export const threadsMarkdown = (results: ThreadsResults): string => {
  const { threads, rounds, machine, notices } = results
  return `# Threads

How fast is \`createEngine('threads')\` on all cores, beside one thread and beside the libraries that one would use instead on as
many? The sparse softmax cross-entropy per example, as in [performance.md](performance.md): the same float32 arrays, in one run,
a round of each in turn, medians of ${rounds} rounds (fewer where rounds are slow), every result checked against float64. How many
times as fast xent is, is the median of what it was in each round, for a machine is not the same in all of them.

${[machine, ...notices].join('; ')}. Nothing is pinned, and what else a machine does is felt more where all of its cores are wanted.

- **xent** (${aboutOf(results, ours)}): \`engine.sync\` of \`createEngine('threads', { threads: ${threads} })\`, arrays of its \`allocate\`
- **one thread**: the synchronous functions of \`xent\`, arrays of \`allocate\`
- **${threads} processes**: the same in ${threads} processes at the same time, and all of their rows counted: what the machine gives to
  programs that never wait for each other, and so the roof for threads
- **PyTorch** (${aboutOf(results, 'torch')}), **JAX** (${aboutOf(results, 'jax')}), **TensorFlow** (${aboutOf(results, 'tensorflow')}): as in
  [performance.md](performance.md#columns), with ${threads} threads; _kept_ as there

## Loss

10⁹ logits a second, and in brackets how many times as fast xent is.

${speedTable(results, 'value')}

## Loss and gradient

${speedTable(results, 'gradient')}

## A small batch, and a thread that sleeps

Calls of fewer than ${count(usualLimits.call)} logits stay on the caller's thread, and so do those of fewer than ${count(usualLimits.wake)} unless another
thread is awake. Medians:

${latencyLines(results.latencies)
  .map((line) => `- ${line}`)
  .join('\n')}

## Targets

${verdictsOf(results)
  .map(({ text, isMet, measured }) => `- **${isMet ? '✓ met' : '✗ not met'}**: ${text} (${measured})`)
  .join('\n')}

## Measure again

\`\`\`sh
npm run bench -- --cores all
\`\`\`
`
}

const count = (logits: number): string => logits.toLocaleString('en')

const aboutOf = ({ contestants }: Results, id: string): string =>
  contestants.find((contestant) => contestant.id === id)?.about ?? 'not here'

const speedTable = ({ contestants, results }: ThreadsResults, part: Part): string =>
  table(
    ['', ...contestants.map(({ name }) => name)],
    results.map((result) => [
      `${shapeName(result.workload)}${isTiny(result.workload) ? ', µs' : ''}`,
      ...contestants.map(({ id }) => cellOf(result, part, id)),
    ]),
  )

const cellOf = (result: WorkloadResult, part: Part, id: string): string => {
  const ms = result.parts[part]?.timings[id]?.ms
  if (ms === undefined) return '–'
  const speed = isTiny(result.workload) ? figure(1000 * ms) : figure(rateOf(result, part, id)!)
  return id === ours ? speed : `${speed} (${times(ratioByRounds(result, part, ours, id)!)})`
}
