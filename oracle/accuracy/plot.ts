import { scaleLinear, scaleLog } from 'd3-scale'
import {
  line as lineThrough,
  type SymbolType,
  symbol,
  symbolCircle,
  symbolCross,
  symbolDiamond,
  symbolSquare,
  symbolStar,
  symbolTriangle,
  symbolWye,
} from 'd3-shape'
import { grouped } from './titles.ts'

export interface Series {
  readonly name: string
  readonly points: readonly (readonly [x: number, y: number])[]
}

export interface Plot {
  /** Largest error of the sparse loss in ulp against the number of classes. */
  readonly byClasses: readonly Series[]
  /** Largest relative error of the loss against the gap. */
  readonly byGap: readonly Series[]
}

const WIDTH = 720
const HEIGHT = 690
const LEFT = 60
const RIGHT = 590
const LABEL_HEIGHT = 16

/** docs/accuracy.svg: two panels, one below the other. */
export const svg = ({ byClasses, byGap }: Plot): string => {
  const looks = looksOf(byClasses.map(({ name }) => name))
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>Errors of the sparse softmax cross-entropy in float32</title>
<style>
${style(looks)}
</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
${panel(classesPanel, byClasses, looks)}
${panel(gapPanel, byGap, looks)}
</svg>
`
}

interface Panel {
  readonly title: string
  readonly subtitle: string
  readonly top: number
  readonly bottom: number
  readonly x: (value: number) => number
  readonly xTicks: readonly number[]
  readonly xTitle: string
  readonly y: (value: number) => number
  readonly yTicks: readonly number[]
  readonly yText: (value: number) => string
  /** A level worth knowing. */
  readonly level: { readonly at: number; readonly text: string }
  /** Whether a point of a line has its mark; those of lines that coincide lie side by side. */
  readonly isMarked: (x: number, index: number) => boolean
}

const classesPanel: Panel = {
  title: 'Sparse loss of N(0, 3²) logits: largest error in ulp of float32',
  subtitle: 'Few classes make rows of small loss by chance; it is those that are lost.',
  top: 62,
  bottom: 300,
  x: scaleLog([2, 262_144], [LEFT + 10, RIGHT - 10]),
  xTicks: [2, 10, 1000, 32_000, 262_144],
  xTitle: 'classes',
  y: scaleLog([0.06, 1e8], [300, 62]),
  yTicks: [1, 100, 1e4, 1e6, 1e8],
  yText: (value) => (value < 100 ? String(value) : `10${superscript(Math.log10(value))}`),
  level: { at: 0.5, text: 'correctly rounded' },
  isMarked: () => true,
}

/** Errors below are drawn on it. */
const SMALLEST_SHOWN = 1e-9

const gapPanel: Panel = {
  title: 'Loss of a confident row: largest relative error',
  subtitle: '10 classes, 64 rows for each gap, float32. An error of 1: the result is 0.',
  top: 402,
  bottom: 640,
  x: scaleLinear([0, 60], [LEFT + 10, RIGHT - 10]),
  xTicks: [0, 10, 20, 30, 40, 50, 60],
  xTitle: 'how far the true class is ahead of the next',
  y: scaleLog([SMALLEST_SHOWN, 3], [640, 402]),
  yTicks: [1e-8, 1e-6, 1e-4, 1e-2, 1],
  yText: (value) => (value === 1 ? '1' : `10${superscript(Math.round(Math.log10(value)))}`),
  level: { at: 2 ** -24, text: 'half an ulp' },
  isMarked: (gap, index) => (gap + 2 * index) % 14 === 7,
}

const superscript = (exponent: number): string =>
  [...String(exponent)].map((sign) => (sign === '-' ? '⁻' : '⁰¹²³⁴⁵⁶⁷⁸⁹'[Number(sign)])).join('')

interface Look {
  readonly index: number
  /** Lines that coincide are drawn thinner and thinner, so that each shows below the next. */
  readonly width: number
  readonly light: string
  readonly dark: string
  readonly mark: SymbolType
}

type Looks = ReadonlyMap<string, Look>

const marks = [symbolCircle, symbolSquare, symbolTriangle, symbolDiamond, symbolStar, symbolWye, symbolCross]

/** Okabe and Ito's colours, which colour-blind people tell apart: blues for our engines, the others for the libraries. */
const ourColors = [
  ['#0072b2', '#4aa8e0'],
  ['#56b4e9', '#9ad4f5'],
  ['#003f63', '#2f7fb5'],
  ['#7f8fd6', '#b7c0f0'],
] as const
const otherColors = [
  ['#d55e00', '#f0803c'],
  ['#cc79a7', '#dd94bd'],
  ['#009e73', '#1cc495'],
  ['#c98a00', '#f0b733'],
] as const

const looksOf = (names: readonly string[]): Looks => {
  const isOurs = (name: string): boolean => name.startsWith('xent')
  return new Map(
    names.map((name, index) => {
      const colors = isOurs(name) ? ourColors : otherColors
      const kin = names.filter((other) => isOurs(other) === isOurs(name))
      const rank = kin.indexOf(name)
      const width = 1.6 + 1.4 * (kin.length - 1 - rank)
      const [light, dark] = colors[rank % colors.length]!
      return [name, { index, width, light, dark, mark: marks[index % marks.length]! }]
    }),
  )
}

const style = (looks: Looks): string => {
  const colors = (scheme: 'light' | 'dark'): string =>
    [...looks.values()]
      .map((look) => `.l${look.index} { stroke: ${look[scheme]} } .m${look.index} { fill: ${look[scheme]} }`)
      .join('\n')
  return `.paper { fill: #ffffff } text { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #e4e8ec }
.level { stroke: #8c959f; stroke-dasharray: 2 3 } .line { fill: none; stroke-linejoin: round }
.mark { stroke: #ffffff; stroke-width: 1 } .lead { fill: none; stroke-width: 1 }
.title { font-size: 14px; font-weight: 600 }
${colors('light')}
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #262c34 }
.level { stroke: #6e7681 } .mark { stroke: #0d1117 }
${colors('dark')}
}`
}

const panel = (panel: Panel, series: readonly Series[], looks: Looks): string => {
  const drawn = series.map(({ name, points }) => ({
    look: looks.get(name)!,
    name,
    points: points.map(([x, y]) => [x, panel.x(x), panel.y(Math.max(y, SMALLEST_SHOWN))] as const),
  }))
  return [
    `<text class="title" x="${LEFT - 40}" y="${panel.top - 32}">${panel.title}</text>`,
    `<text class="quiet" x="${LEFT - 40}" y="${panel.top - 14}">${panel.subtitle}</text>`,
    axes(panel),
    ...drawn.map(curve),
    ...drawn.map(({ look, points }) =>
      points
        .filter(([x]) => panel.isMarked(x, look.index))
        .map(mark(look))
        .join(''),
    ),
    ...endLabels(
      panel,
      drawn.map(({ look, name, points }) => ({
        look,
        name,
        end: points.at(-1)!.slice(1) as [number, number],
      })),
    ),
  ].join('\n')
}

const axes = ({ x, y, xTicks, yTicks, yText, xTitle, level, bottom }: Panel): string => {
  const at = (value: number): string => y(value).toFixed(1)
  return [
    ...yTicks.map(
      (tick) =>
        `<path class="grid" d="M${LEFT},${at(tick)}H${RIGHT}"/><text class="quiet" x="${LEFT - 8}" y="${at(tick)}" dy="4" text-anchor="end">${yText(tick)}</text>`,
    ),
    ...xTicks.map(
      (tick) =>
        `<path class="grid" d="M${x(tick).toFixed(1)},${bottom}v5"/><text class="quiet" x="${x(tick).toFixed(1)}" y="${bottom + 18}" text-anchor="middle">${grouped(tick)}</text>`,
    ),
    `<path class="level" d="M${LEFT},${at(level.at)}H${RIGHT}"/>`,
    `<text class="quiet" font-size="11" x="${LEFT + 4}" y="${at(level.at)}" dy="19">${level.text}</text>`,
    `<text class="quiet" x="${(LEFT + RIGHT) / 2}" y="${bottom + 36}" text-anchor="middle">${xTitle}</text>`,
  ].join('\n')
}

type Placed = readonly [value: number, x: number, y: number]

const curve = ({ look, points }: { look: Look; points: readonly Placed[] }): string => {
  const path = lineThrough<Placed>()
    .x(([, x]) => x)
    .y(([, , y]) => y)
    .digits(1)
  return `<path class="line l${look.index}" stroke-width="${look.width.toFixed(1)}" d="${path(points)}"/>`
}

const mark =
  (look: Look) =>
  ([, x, y]: Placed): string =>
    `<path class="mark m${look.index}" transform="translate(${x.toFixed(1)},${y.toFixed(1)})" d="${symbol(look.mark, 44).digits(1)()}"/>`

interface End {
  readonly look: Look
  readonly name: string
  readonly end: readonly [x: number, y: number]
}

/** The names beside the ends of the lines, moved apart where they would lie on each other. */
const endLabels = ({ top, bottom }: Panel, ends: readonly End[]): readonly string[] => {
  const sorted = ends.toSorted((a, b) => a.end[1] - b.end[1] || a.look.index - b.look.index)
  const heights = spread(
    sorted.map(({ end }) => end[1]),
    top,
    bottom,
  )
  return sorted.map(({ look, name, end: [x, y] }, k) => {
    const height = heights[k]!
    return `<path class="lead l${look.index}" d="M${(x + 7).toFixed(1)},${y.toFixed(1)}L${RIGHT + 14},${height.toFixed(1)}"/>${mark(look)([0, RIGHT + 20, height])}<text x="${RIGHT + 29}" y="${height.toFixed(1)}" dy="4">${name}</text>`
  })
}

/** Heights nearest to those given, in their order, a label's height apart and between the limits. */
const spread = (heights: readonly number[], top: number, bottom: number): readonly number[] => {
  const moved = [...heights]
  for (let k = 0; k < moved.length; k++) {
    moved[k] = Math.max(moved[k]!, k ? moved[k - 1]! + LABEL_HEIGHT : top)
  }
  for (let k = moved.length - 1; k >= 0; k--) {
    moved[k] = Math.min(moved[k]!, k < moved.length - 1 ? moved[k + 1]! - LABEL_HEIGHT : bottom)
  }
  return moved
}
