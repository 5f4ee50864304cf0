import { type ScaleLinear, scaleLinear } from 'd3-scale'

const WIDTH = 720
const HEIGHT = 420
const LEFT = 56
const RIGHT = 700
const TOP = 84
const BOTTOM = 368

/** Two axes, to draw between. */
export interface Chart {
  readonly title: string
  readonly subtitle: string
  readonly x: Axis
  readonly y: Axis
}

export interface Axis {
  readonly title: string
  readonly domain: readonly [number, number]
  /** About how many. */
  readonly ticks: number
}

type Scale = ScaleLinear<number, number>

/** A picture of its own, light or dark as the reader has it; `draw` gives the marks from where a value lies. */
export const svgOf = (
  { title, subtitle, x, y }: Chart,
  draw: (x: Scale, y: Scale) => readonly string[],
): string => {
  const across = scaleLinear(x.domain, [LEFT, RIGHT])
  const up = scaleLinear(y.domain, [BOTTOM, TOP])
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" role="img" font-family="system-ui, sans-serif" font-size="12">
<title>${title}</title>
<style>${style}</style>
<rect class="paper" width="${WIDTH}" height="${HEIGHT}"/>
<text class="title" x="16" y="28">${title}</text>
<text class="quiet" x="16" y="48">${subtitle}</text>
${up
  .ticks(y.ticks)
  .map(
    (tick) =>
      `<path class="grid" d="M${LEFT},${at(up(tick))}H${RIGHT}"/><text class="quiet" x="${LEFT - 8}" y="${at(up(tick))}" dy="4" text-anchor="end">${tick}</text>`,
  )
  .join('\n')}
${across
  .ticks(x.ticks)
  .map(
    (tick) =>
      `<text class="quiet" x="${at(across(tick))}" y="${BOTTOM + 18}" text-anchor="middle">${tick}</text>`,
  )
  .join('\n')}
<text class="quiet" x="${(LEFT + RIGHT) / 2}" y="${BOTTOM + 38}" text-anchor="middle">${x.title}</text>
<text class="quiet" x="${LEFT - 40}" y="${TOP - 16}">${y.title}</text>
${draw(across, up).join('\n')}
</svg>
`
}

/** A coordinate, of which a tenth is enough. */
export const at = (coordinate: number): string => coordinate.toFixed(1)

// Okabe and Ito's blue and vermilion, which colour-blind people tell apart
const style = `
.paper { fill: #ffffff } text { fill: #1f2328 } .quiet { fill: #59636e } .grid { stroke: #e4e8ec }
.title { font-size: 14px; font-weight: 600 } .line { fill: none; stroke-linejoin: round }
.above { stroke: #ffffff; stroke-width: 4; stroke-linejoin: round; paint-order: stroke }
.first { --color: #0072b2 } .second { --color: #d55e00 }
.line { stroke: var(--color) } .mark { fill: var(--color) } .level { stroke: #1f2328; stroke-width: 1.5; stroke-dasharray: 5 4 }
@media (prefers-color-scheme: dark) {
.paper { fill: #0d1117 } text { fill: #e6edf3 } .quiet { fill: #9198a1 } .grid { stroke: #262c34 }
.above { stroke: #0d1117 } .first { --color: #4aa8e0 } .second { --color: #f0803c } .level { stroke: #e6edf3 }
}`
