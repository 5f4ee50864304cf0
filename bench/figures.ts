/** Three significant digits, more only where they come before the point. */
export const figure = (value: number): string =>
  value < 99.95 ? value.toPrecision(3) : String(Math.round(value))

/** A ratio of speeds. */
export const times = (ratio: number): string =>
  `${ratio < 9.95 ? ratio.toFixed(2) : ratio.toFixed(ratio < 99.5 ? 1 : 0)}×`

export const percent = (share: number): string => `${Math.round(100 * share)} %`
