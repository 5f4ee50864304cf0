import { scaleBand, scaleLinear } from 'd3-scale'
import { figure } from './figures.ts'
import { type Named, ours, type Results, rateOf, type WorkloadResult } from './results.ts'
import { isTiny, type Part, shapeName } from './workloads.ts'

const WIDTH = 960
const HEIGHT = 700
const LEFT = 44
const RIGHT = 948
const PANEL = 232

/** docs/performance.svg: two panels, one below the other. */
export const svg = ({ contestants, results }: Results): string => {
  const lines = results.filter(
    ({ workload }) => workload.fn === 'sparse' && workload.dtype === 'float32' && !isTiny(workload),
  )
  const bars = contestants.filter(({ id }) => id in looks)
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>Speed of the sparse softmax cross-entropy in float32 on one core</title>
<style>
${style}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
${legend(bars)}
${panel('Loss, 10⁹ logits a second', 'value', 112, lines, bars)}
${panel('Loss and gradient, 10⁹ logits a second', 'gradient', 424, lines, bars)}
</svg>
`
}

/** Okabe and Ito's colours, which colour-blind people tell apart: blues are ours. */
const looks: Readonly<Record<string, readonly [light: string, dark: string]>> = {
  [ours]: ['#0072b2', '#4aa8e0'],
  'xent-plain': ['#56b4e9', '#9ad4f5'],
  jax: ['#d55e00', '#f0803c'],
  torch: ['#cc79a7', '#dd94bd'],
  tensorflow: ['#c98a00', '#f0b733'],
  onnxruntime: ['#009e73', '#1cc495'],
  'tfjs-wasm': ['#7f6a3f', '#b9a06b'],
  'jax-js': ['#8a4b9c', '#c08ad0'],
  loop: ['#6e7681', '#9aa2ab'],
}

const className = (id: string): string => `c-${id}`

const colors = (scheme: 0 | 1): string =>
  Object.entries(looks)
    .map(([id, look]) => `.${className(id)} { fill: ${look[scheme]} }`)
    .join('\n')

const style = `.paper { fill: #ffffff } text { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #e4e8ec }
.roof { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 4 3 } .title { font-size: 14px; font-weight: 600 }
${colors(0)}
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #262c34 }
.roof { stroke: #9198a1 }
${colors(1)}
}`

const LEGEND_COLUMN = 150
const LEGEND_COLUMNS = 6

const legend = (bars: readonly Named[]): string => {
  const at = (k: number): { x: number; y: number } => ({
    x: LEFT + (k % LEGEND_COLUMNS) * LEGEND_COLUMN,
    y: 24 + Math.floor(k / LEGEND_COLUMNS) * 22,
  })
  const entries = bars.map(({ id, name }, k) => {
    const { x, y } = at(k)
    return `<rect class="${className(id)}" x="${x}" y="${y - 10}" width="12" height="12"/><text x="${x + 18}" y="${y}">${name}</text>`
  })
  const { x, y } = at(bars.length)
  return [
    ...entries,
    `<path class="roof" d="M${x},${y - 4}h14"/><text x="${x + 20}" y="${y}">the lower roof</text>`,
  ].join('\n')
}

const panel = (
  title: string,
  part: Part,
  top: number,
  lines: readonly WorkloadResult[],
  bars: readonly Named[],
): string => {
  const bottom = top + PANEL
  const names = lines.map(({ workload }) => shapeName(workload))
  const group = scaleBand(names, [LEFT, RIGHT]).paddingInner(0.16).paddingOuter(0.08)
  const present = bars.filter(({ id }) => lines.some((line) => line.parts[part]?.timings[id]))
  const bar = scaleBand(
    present.map(({ id }) => id),
    [0, group.bandwidth()],
  )
  const highest = Math.max(
    ...lines.flatMap((line) => [
      lowerRoof(line, part),
      ...present.map(({ id }) => rateOf(line, part, id) ?? 0),
    ]),
  )
  const y = scaleLinear([0, highest], [bottom, top]).nice(6)
  return [
    `<text class="title" x="${LEFT - 28}" y="${top - 18}">${title}</text>`,
    ...y
      .ticks(6)
      .map(
        (tick) =>
          `<path class="grid" d="M${LEFT},${y(tick).toFixed(1)}H${RIGHT}"/><text class="quiet" x="${LEFT - 8}" y="${y(tick).toFixed(1)}" dy="4" text-anchor="end">${tick}</text>`,
      ),
    ...lines.flatMap((line, k) => {
      const left = group(names[k]!)!
      const center = (left + group.bandwidth() / 2).toFixed(1)
      const roof = y(lowerRoof(line, part)).toFixed(1)
      return [
        ...present.map(({ id, name }) => {
          const rate = rateOf(line, part, id)
          if (rate === undefined) return ''
          const place = { x: left + bar(id)!, y: y(rate), width: bar.bandwidth() }
          return `<rect class="${className(id)}" x="${place.x.toFixed(1)}" y="${place.y.toFixed(1)}" width="${(place.width - 1).toFixed(1)}" height="${(bottom - place.y).toFixed(1)}"><title>${name}, ${names[k]}: ${figure(rate)}</title></rect>`
        }),
        `<path class="roof" d="M${left.toFixed(1)},${roof}h${group.bandwidth().toFixed(1)}"/>`,
        ...labelLines(names[k]!).map(
          (text, row) =>
            `<text class="quiet" x="${center}" y="${bottom + 18 + 14 * row}" text-anchor="middle" font-size="11">${text}</text>`,
        ),
      ]
    }),
    `<path class="grid" d="M${LEFT},${bottom}H${RIGHT}"/>`,
  ].join('\n')
}

/** A long name goes into two lines. */
const labelLines = (name: string): readonly string[] => name.split(' of ')

const lowerRoof = ({ parts }: WorkloadResult, part: Part): number =>
  Math.min(...Object.values(parts[part]?.roofs ?? {}))
