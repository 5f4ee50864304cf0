// `npm run bench`: xent beside the libraries that one would use instead, on the same arrays and the same core, in one run.
// Prints what it finds and writes bench/results.json; a whole run writes docs/performance.md and .svg as well.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import ora from 'ora'
import { startContestants } from './contestants.ts'
import { chosenCore } from './core.ts'
import { folder as bench, install } from './install.ts'
import { machine } from './machine.ts'
import { measure } from './measure.ts'
import { svg } from './plot.ts'
import { markdown } from './report.ts'
import type { Named, Results, WorkloadResult } from './results.ts'
import { compileRoofs } from './roofs.ts'
import type { Plan } from './rounds.ts'
import { summaryText, workloadText } from './terminal.ts'
import {
  inMeasuringOrder,
  otherWorkloads,
  quickOtherWorkloads,
  sparseWorkloads,
  titleOf,
  type Workload,
} from './workloads.ts'

const { values: options } = parseArgs({
  options: {
    /** Fewer rounds and fewer of the other functions, in under two minutes. */
    quick: { type: 'boolean', default: false },
    /** Only workloads whose title has this in it, say 4096x1000. */
    only: { type: 'string', default: '' },
  },
})

const plan: Plan = options.quick
  ? { rounds: 5, patience: 150, warmUp: 30 }
  : { rounds: 7, patience: 350, warmUp: 80 }

/** In the order of the tables. */
const wanted: readonly Workload[] = [
  ...sparseWorkloads,
  ...(options.quick ? quickOtherWorkloads : otherWorkloads),
].filter((workload) => titleOf(workload).includes(options.only))

const run = async (folder: string, say: (text: string) => void): Promise<Results> => {
  say('compiles the roofs and starts the contestants')
  const core = chosenCore()
  const roofModules = await compileRoofs(folder)
  const lineup = startContestants({ core, isQuick: options.quick, roofModules })
  try {
    const contestants: readonly Named[] = await Promise.all(
      lineup.contestants.map(async ({ id, name, isOurs, child }) => {
        const { text } = await child.ask({ ask: 'about' })
        return { id, name, isOurs, about: text }
      }),
    )
    await lineup.roofs.ask({ ask: 'about' })
    const head = {
      isQuick: options.quick,
      machine: machine(core),
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
    for (const { child } of [...lineup.contestants, { child: lineup.roofs }]) child.close()
  }
}

const spinner = ora({ prefixText: 'bench:' })
const folder = mkdtempSync(join(tmpdir(), 'xent-bench-'))
process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
// else an interrupted run would leave its arrays behind
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(1))

try {
  install()
  spinner.start()
  const results = await run(folder, (text) => {
    spinner.text = text
  })
  spinner.stop()
  console.log(summaryText(results))
  writeFileSync(join(bench, 'results.json'), `${JSON.stringify(results, null, 2)}\n`)
  if (!options.quick && !options.only) {
    const docs = join(bench, '..', 'docs')
    writeFileSync(join(docs, 'performance.md'), markdown(results))
    writeFileSync(join(docs, 'performance.svg'), svg(results))
  }
} catch (error) {
  spinner.stop()
  console.error(`bench: ${error instanceof Error ? error.message : String(error)}`)
  process.exitCode = 1
}
