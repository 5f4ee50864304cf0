// `npm run bench`: xent beside the libraries that one would use instead, on the same arrays and the same cores, in one run: first
// everyone on one core, then the sparse loss on all of them. Prints what it finds and writes bench/results*.json; a whole run
// writes docs/performance.md and .svg, and docs/threads.md, as well.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { allThreads, startOnAllCores } from './all-cores.ts'
import { type Lineup, startOnOneCore } from './contestants.ts'
import { chosenCore } from './core.ts'
import { folder as bench, install } from './install.ts'
import { machine } from './machine.ts'
import { measure } from './measure.ts'
import { packagedNode, runningNode } from './nodes.ts'
import { svg } from './plot.ts'
import { markdown } from './report.ts'
import type { Named, Results, WorkloadResult } from './results.ts'
import { compileRoofs } from './roofs.ts'
import type { Plan } from './rounds.ts'
import { summaryText, workloadText } from './terminal.ts'
import { threadsMarkdown, threadsSummary } from './threads-report.ts'
import type { Latencies } from './wake.ts'
import {
  inMeasuringOrder,
  otherWorkloads,
  quickOtherWorkloads,
  quickThreadsWorkloads,
  sparseWorkloads,
  titleOf,
  type Workload,
} from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    /** Fewer rounds and fewer of the other functions. */
    quick: { type: 'boolean', default: false },
    /** Only workloads whose title has this in it, say 4096x1000. */
    only: { type: 'string', default: '' },
    /** 'one', 'all' or 'both'. */
    cores: { type: 'string', default: 'both' },
  },
})

const plan: Plan = options.quick
  ? { round: 20, rounds: 5, patience: 150, warmUp: 30 }
  : { round: 20, rounds: 7, patience: 350, warmUp: 80 }
/**
 * Where every core is wanted, more of what else happens on the machine is seen, and processes that start together do so a
 * moment apart.
 */
const threadsPlan: Plan = options.quick
  ? { round: 40, rounds: 5, patience: 200, warmUp: 60 }
  : { round: 50, rounds: 15, patience: 1000, warmUp: 150 }

const isWanted = (workload: Workload): boolean => titleOf(workload).includes(options.only)

/** In the order of the tables. */
const onOneCore: readonly Workload[] = [
  ...sparseWorkloads,
  ...(options.quick ? quickOtherWorkloads : otherWorkloads),
].filter(isWanted)
const onAllCores = (options.quick ? quickThreadsWorkloads : sparseWorkloads).filter(isWanted)

const isWhole = !options.quick && !options.only

/** Measures a line-up on workloads, and ends it. */
const run = async (
  lineup: Lineup,
  wanted: readonly Workload[],
  description: string,
  plan: Plan,
  folder: string,
): Promise<Results> => {
  try {
    const contestants: readonly Named[] = await Promise.all(
      lineup.contestants.map(async ({ id, name, isOurs, child }) => {
        const { text } = await child.ask({ ask: 'about' })
        return { id, name, isOurs, about: text }
      }),
    )
    await lineup.roofs?.ask({ ask: 'about' })
    const head = {
      isQuick: options.quick,
      machine: description,
      contestants,
      notices: lineup.notices,
      rounds: plan.rounds,
    }
    const results: WorkloadResult[] = []
    for (const workload of inMeasuringOrder(wanted)) {
      const result = await measure(lineup, workload, { folder, plan, say })
      results.push(result)
      spinner.clear()
      console.log(workloadText({ ...head, results }, result))
    }
    const inOrder = results.toSorted((a, b) => wanted.indexOf(a.workload) - wanted.indexOf(b.workload))
    return { ...head, results: inOrder }
  } finally {
    for (const { child } of lineup.contestants) child.close()
    lineup.roofs?.close()
  }
}

const runOnOneCore = async (folder: string): Promise<void> => {
  say('compiles the roofs and starts the contestants')
  const core = chosenCore()
  const roofModules = await compileRoofs(folder)
  const lineup = startOnOneCore({ core, threads: 1, isQuick: options.quick, roofModules })
  const results = await run(lineup, onOneCore, machine(core), plan, folder)
  spinner.clear()
  console.log(summaryText(results))
  writeResults('results', results)
  if (!isWhole) return
  writeFileSync(join(docs, 'performance.md'), markdown(results))
  writeFileSync(join(docs, 'performance.svg'), svg(results))
}

const runOnAllCores = async (folder: string): Promise<void> => {
  say('starts the contestants on all cores')
  const threads = allThreads()
  const lineup = startOnAllCores({ core: undefined, threads, isQuick: options.quick })
  const description = `${machine(undefined)}, ${threads} threads`
  const results = await run(lineup, onAllCores, description, threadsPlan, folder)
  say('wakes threads')
  const node = (packagedNode() ?? runningNode).command
  const latencies = JSON.parse(
    execFileSync(node, ['--import', 'tsx', 'wake.ts'], { cwd: bench, encoding: 'utf8' }),
  ) as Latencies
  const all = { ...results, threads, latencies }
  spinner.clear()
  console.log(threadsSummary(all))
  writeResults('results-threads', all)
  if (isWhole) writeFileSync(join(docs, 'threads.md'), threadsMarkdown(all))
}

const writeResults = (name: string, results: Results): void =>
  writeFileSync(join(bench, `${name}.json`), `${JSON.stringify(results, null, 2)}\n`)

const docs = join(bench, '..', 'docs')
const spinner = ora({ prefixText: 'bench:' })
const say = (text: string): void => {
  spinner.text = text
}
const folder = mkdtempSync(join(tmpdir(), 'xent-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
// else an interrupted run would leave its arrays behind
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  if (!['one', 'all', 'both'].includes(options.cores))
    throw new Error(`--cores: expected one, all or both, received ${options.cores}`)
  install()
  spinner.start()
  if (options.cores !== 'all') await runOnOneCore(folder)
  if (options.cores !== 'one') await runOnAllCores(folder)
  spinner.stop()
} catch (error) {
  spinner.stop()
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
