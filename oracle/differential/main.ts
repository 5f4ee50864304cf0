/**
 * Runs random calls through TensorFlow, PyTorch, JAX, mpmath and every engine of xent, and stops at the first that
 * disagree beyond rounding and the table of differences, with the shortest call that still shows it.
 *
 *     npm run oracle -- [--cases 20000] [--seed N]
 */
import '../relaxed-simd.ts'
import { parseArgs } from 'node:util'
import fc from 'fast-check'
import ora from 'ora'
import { judge } from '../../packages/xent/test/conformance/judge.ts'
import { engines } from '../../packages/xent/test/support.ts'
import { type Library, startPeers } from '../peers.ts'
import { calls, isCompiled } from './cases.ts'
import { reproduction } from './reproduction.ts'

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
  },
})
const count = Number(options.cases)
const seed = Number(options.seed)
if (!(count > 0) || !Number.isInteger(seed)) throw new Error('oracle: --cases and --seed are whole numbers')

const libraries: readonly Library[] = ['tensorflow', 'torch', 'jax', 'truth']

const peers = startPeers()
const versions = Object.entries(await peers.versions(libraries)).map(([name, version]) =>
  name === 'truth' ? `mpmath ${version}` : `${name} ${version}`,
)
console.log(`${count} random calls, seed ${seed}, on ${engines.map(({ name }) => name).join(' and ')}`)
console.log(`against ${versions.join(', ')}`)

const started = Date.now()
const spinner = ora().start()
const shown = new Map<string, number>()
const functions = new Map<string, number>()
let ran = 0
let compared = 0
let misrounded = 0

const add = (counts: Map<string, number>, key: string): void => {
  counts.set(key, (counts.get(key) ?? 0) + 1)
}

const result = await fc.check(
  fc.asyncProperty(calls, async (call) => {
    const outcomes = await peers.run(
      libraries.filter((library) => library !== 'jax' || isCompiled(call)),
      call,
    )
    const faults: string[] = []
    for (const engine of engines) {
      const verdict = await judge(engine, { call, outcomes })
      faults.push(...verdict.faults.map((fault) => `${engine.name}: ${fault}`))
      if (engine.name !== 'reference') continue
      for (const name of verdict.differences) add(shown, name)
      compared += verdict.compared
      misrounded += verdict.misrounded
    }
    add(functions, call.function)
    ran++
    const seconds = (Date.now() - started) / 1000
    spinner.text = `${ran} of ${count} calls, ${Math.round(ran / seconds)} a second`
    if (faults.length > 0) throw new Error(`${faults.join('\n')}\n${reproduction(call, outcomes)}`)
  }),
  { numRuns: count, seed },
)
peers.close()

const table = (counts: Map<string, number>): void => {
  for (const [name, times] of [...counts].sort((a, b) => b[1] - a[1])) {
    console.log(`  ${String(times).padStart(6)}  ${name}`)
  }
}

const minutes = ((Date.now() - started) / 60_000).toFixed(1)
if (result.failed) {
  spinner.fail(`a mismatch after ${result.numRuns} calls; shrunk ${result.numShrinks} times:`)
  console.error((result.errorInstance as Error | undefined)?.message ?? 'interrupted')
  console.error(`\nAgain: npm run oracle -- --cases ${count} --seed ${seed}`)
  process.exitCode = 1
} else {
  spinner.succeed(`${ran} calls in ${minutes} minutes, no mismatch`)
  table(functions)
  console.log('deliberate differences that showed (docs/differences.md)')
  table(shown)
  console.log(
    `the reference gave ${compared} float32 results, ${misrounded} of them not the number nearest to the truth`,
  )
}
