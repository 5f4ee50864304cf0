// `npm run accuracy`: how far xent's engines and the libraries are from the truth. Writes docs/accuracy.md and .svg.
import '../relaxed-simd.ts'
import { writeFileSync } from 'node:fs'
import { arch, cpus, platform } from 'node:os'
import { join } from 'node:path'
import { folder } from '../environment.ts'
import { startPeers } from '../peers.ts'
import { confidentCurves, confidentLines } from './confident.ts'
import { type Contestant, startContestants } from './contestants.ts'
import { type Line, longLines, normalLines, shortLines, spreadLines } from './lines.ts'
import { type Measured, measure, startProof, type TruthPeers } from './measure.ts'
import { svg } from './plot.ts'
import { markdown } from './report.ts'
import { titleOf } from './titles.ts'
import { confidentViolations, violations } from './verdict.ts'

const docs = join(folder, '..', 'docs')

const say = (text: string): void => console.error(`accuracy: ${text}`)

const machine = (): string =>
  `Measured on ${cpus()[0]?.model.trim() ?? 'an unknown processor'}, ${platform()} ${arch()}, Node ${process.version}, everything on the CPU:`

const versions = async (all: readonly Contestant[], { mpmath, float64 }: TruthPeers): Promise<string> => {
  const about = await Promise.all(all.map((contestant) => contestant.about()))
  const { truth } = await mpmath.versions(['truth'])
  const { float64: numpy } = await float64.versions(['float64'])
  return [...new Set(about), `mpmath ${truth}`, `NumPy ${numpy}`].join(', ')
}

/** The largest error of the sparse loss of N(0, 3²) logits by the number of classes. */
const byClasses = (names: readonly string[], lines: readonly Measured[]) =>
  names.map((name) => ({
    name,
    points: lines
      .filter(({ line }) => line.title === 'sparse')
      .flatMap(({ line, errors }) => {
        const found = errors.get(name)
        return found ? [[line.classes, found.value.ulps.max] as const] : []
      }),
  }))

const run = async (): Promise<readonly string[]> => {
  const truths = { mpmath: startPeers(), float64: startPeers() }
  const all = startContestants()
  const names = all.map(({ name }) => name)

  say('confident rows')
  const confident = await confidentLines(truths.mpmath, all)
  const byGap = await confidentCurves(truths.mpmath, all)

  const proofs = new Map(
    [...normalLines, ...spreadLines, ...shortLines, ...longLines].map((line) => [
      line,
      startProof(truths, line),
    ]),
  )
  const measureAll = async (lines: readonly Line[]): Promise<readonly Measured[]> => {
    const measured: Measured[] = []
    for (const line of lines) {
      say(`${titleOf(line, 'value')}, ${line.classes} classes, ${line.inputs}, ${line.dtype}`)
      measured.push(await measure(truths, all, line, proofs.get(line)!))
    }
    return measured
  }
  const normal = await measureAll(normalLines)
  const spread = await measureAll(spreadLines)
  const short = await measureAll(shortLines)
  const long = await measureAll(longLines)

  const report = {
    names,
    ours: all.filter(({ isOurs }) => isOurs).map(({ name }) => name),
    versions: await versions(all, truths),
    machine: machine(),
    normal,
    confident,
    spread,
    short,
    long,
  }
  writeFileSync(join(docs, 'accuracy.md'), markdown(report))
  writeFileSync(join(docs, 'accuracy.svg'), svg({ byClasses: byClasses(names, normal), byGap }))
  for (const { close } of [...all, truths.mpmath, truths.float64]) close()
  return [...violations([...normal, ...spread, ...short, ...long]), ...confidentViolations(confident)]
}

const found = await run()
for (const violation of found) say(violation)
say(`docs/accuracy.md and docs/accuracy.svg are written; ${found.length} rules are broken`)
process.exitCode = found.length ? 1 : 0
