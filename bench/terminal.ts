import { figure, percent, times } from './figures.ts'
import { ours, type Results, rateOf, ratioOf, shareOf, steadinessOf, type WorkloadResult } from './results.ts'
import { verdictsOf } from './targets.ts'
import { functionName, isTiny, type Part, partsOf, titleOf } from './workloads.ts'

/** One workload as a table: a line for each contestant, a group of columns for each part. */
export const workloadText = ({ contestants }: Results, result: WorkloadResult): string => {
  const parts = partsOf(result.workload)
  const lines = contestants.flatMap(({ id, name }) => {
    const cells = parts.map((part) => cellOf(result, part, id))
    return cells.some((cell) => cell.trim()) ? [`  ${name.padEnd(14)}${cells.join('')}`.trimEnd()] : []
  })
  const heads = parts.map((part) => headOf(result, part))
  return ['', `${titleOf(result.workload)}`, `  ${' '.repeat(14)}${heads.join('')}`.trimEnd(), ...lines].join(
    '\n',
  )
}

const CELL = 46

/** How fast, its share of the lower roof, and how many times as fast xent is. */
const cellOf = (result: WorkloadResult, part: Part, id: string): string => {
  const timing = result.parts[part]?.timings[id]
  if (!timing) {
    const reason = result.parts[part]?.leftOut[id] ?? ''
    return ` ${reason.slice(0, CELL - 2)}`.padEnd(CELL)
  }
  const speed = isTiny(result.workload)
    ? `${figure(1000 * timing.ms)} µs`
    : `${figure(rateOf(result, part, id)!)} Gelt/s`
  const share = shareOf(result, part, id)
  const ratio = ratioOf(result, part, ours, id)
  return [
    speed.padStart(16),
    (share === undefined ? '' : `${percent(share)} of roof`).padStart(15),
    (ratio === undefined || id === ours ? '' : times(ratio)).padStart(10),
  ]
    .join('')
    .padEnd(CELL)
}

const headOf = (result: WorkloadResult, part: Part): string => {
  const name = part === 'value' ? functionName(result.workload) : 'and gradient'
  const roofs = Object.entries(result.parts[part]?.roofs ?? {}).map(
    ([roof, rate]) => `${roof} ${figure(rate!)}`,
  )
  return ` ${name}${roofs.length ? `; roofs: ${roofs.join(', ')}` : ''}`.padEnd(CELL)
}

/** What is said once at the end: the targets, how steady the machine was, what was missing. */
export const summaryText = (results: Results): string => {
  const lines = verdictsOf(results).flatMap(({ text, measured, isMet }) => {
    const verdict = isMet === undefined ? 'not measured' : isMet ? 'met' : 'NOT MET'
    return [
      `  ${verdict.padEnd(13)} ${text}`,
      ...(measured.length ? [`${' '.repeat(17)}${measured.join(', ')}`] : []),
    ]
  })
  const { slowest, fastest, disturbed } = steadinessOf(results)
  return [
    '',
    'targets, of medians of this run',
    ...lines,
    '',
    `the roof exp was between ${figure(slowest)} and ${figure(fastest)} Gelt/s; ${percent(disturbed)} of the rounds were disturbed`,
    results.machine,
    results.contestants.map(({ about }) => about).join('; '),
    ...results.notices,
  ].join('\n')
}
