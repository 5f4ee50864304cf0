import type { Score } from './score.ts'
import { formatShape } from './shape.ts'

export type Format = 'table' | 'json'

export const print = (score: Score, format: Format): string =>
  format === 'json' ? `${printJson(score)}\n` : `${printTable(score)}\n`

/** JSON has no NaN and no infinities, and would make null of them. */
const printJson = (score: Score): string =>
  JSON.stringify(score, (_, value: unknown) =>
    typeof value === 'number' && !Number.isFinite(value) ? String(value) : value,
  )

const printTable = (score: Score): string => {
  const lines = linesOf(score)
  const width = Math.max(...lines.map(([name]) => name.length))
  return lines.map(([name, value]) => `${name.padEnd(width)}  ${value}`).join('\n')
}

type Line = readonly [name: string, value: string]

const linesOf = (score: Score): readonly Line[] => [
  ['logits', printSource(score.logits)],
  ['labels', printSource(score.labels)],
  ['loss', score.loss],
  ...optional('classes', score.classes, (classes) => `${classes} along axis ${score.axis}`),
  ['losses', String(score.count)],
  ...optional(
    'NaN',
    score.nan === 0 ? undefined : score.nan,
    (nan) => `${nan} of the losses, and so mean and sum`,
  ),
  ['mean loss', `${printNumber(score.mean)} nats`],
  ['sum', `${printNumber(score.sum)} nats`],
  ...optional('perplexity', score.perplexity, printNumber),
  ['accuracy', `${printNumber(score.accuracy * 100, 4)} % (${score.correct} of ${score.count})`],
]

const optional = (
  name: string,
  value: number | undefined,
  show: (value: number) => string,
): readonly Line[] => (value === undefined ? [] : [[name, show(value)]])

const printSource = ({ file, shape, dtype }: Score['logits']): string =>
  `${file}  ${formatShape(shape)} ${dtype}`

/** Through Number once more, which leaves away zeros at the end. */
const printNumber = (value: number, digits = 7): string => String(Number(value.toPrecision(digits)))
