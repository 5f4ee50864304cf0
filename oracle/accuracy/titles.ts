import type { Line } from './lines.ts'

export type Part = 'value' | 'gradient'

/** The function of a line, and its kind of labels. */
export const functionOf = ({ title, labels }: Line): string => `${title}${labels ? `, labels ${labels}` : ''}`

/** Whether the value is a loss, and not probabilities or their logarithms. */
export const isLoss = ({ title }: Pick<Line, 'title'>): boolean => !title.endsWith('softmax')

/** What a number of a line is, say 'sigmoid loss, labels 0 or 1'. */
export const titleOf = ({ title, labels }: Line, part: Part): string => {
  const what = part === 'gradient' ? ' gradient' : isLoss({ title }) ? ' loss' : ''
  return `${title}${what}${labels ? `, labels ${labels}` : ''}`
}

/** Two significant digits. */
export const figure = (value: number): string => {
  if (value === 0) return '0'
  if (!Number.isFinite(value)) return '∞'
  if (value < 0.001 || value >= 99_500) return value.toExponential(1).replace('e+', 'e')
  return value < 99.5 ? value.toPrecision(2) : String(Number(value.toPrecision(2)))
}

/** A share in percent that never rounds up to the whole. */
export const percent = (share: number): string =>
  share === 1 ? '100 %' : share > 0.99 ? `${Math.floor(share * 1e6) / 1e4} %` : `${Math.round(100 * share)} %`

/** 262144 as 262 144. */
export const grouped = (count: number): string => String(count).replace(/\B(?=(\d{3})+$)/g, ' ')
