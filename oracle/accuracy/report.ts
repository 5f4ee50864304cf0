import type { ConfidentErrors, ConfidentLine } from './confident.ts'
import { referenceName } from './contestants.ts'
import type { Errors, Ulps } from './errors.ts'
import type { LineErrors, Measured } from './measure.ts'
import { table } from './table.ts'
import { figure, functionOf, grouped, type Part, percent, titleOf } from './titles.ts'

export interface Report {
  /** Of all libraries, in the order of the columns. */
  readonly names: readonly string[]
  /** Those of them that are ours. */
  readonly ours: readonly string[]
  readonly versions: string
  readonly machine: string
  readonly normal: readonly Measured[]
  readonly confident: readonly ConfidentLine[]
  readonly spread: readonly Measured[]
  readonly short: readonly Measured[]
  readonly long: readonly Measured[]
}

/** docs/accuracy.md. */
export const markdown = (report: Report): string => {
  const { names, ours, normal, confident, spread, short, long } = report
  const hasGradient = normal.filter(({ line }) => !line.title.endsWith('softmax'))
  const probabilities = normal.filter(({ line }) => line.title.endsWith('softmax'))
  const all = [...normal, ...spread, ...short, ...long]
  return `# Accuracy

![Two plots: the largest error of the sparse loss in ulp against the number of classes, and the largest relative error of the loss of a confident row against the gap](accuracy.svg)

How far are the results of xent, and of the libraries that one would use instead, from the true ones? Each table gives
**max / mean** of the error in ulp, the distance between neighbouring numbers of the result's type at the true result: a
correctly rounded result is at most 0.5 off, and 0.25 in the mean. All get the same random inputs from a fixed seed, and the
truth is that of these inputs as they are stored. The upstream gradient is 1; gradients are by logits. A loss of xent is
measured alone and beside its gradient, for its kernels differ, and the worse is shown. A result of 0 where the truth is not
0 counts as what it is, an error of up to 2²⁴ = 1.7e7 ulp in float32, and (3 × 0) says that there are three. True results
below the type's smallest normal number are left out, for some libraries flush them to 0. A dash: the library has no such
function or type.

The gradient p − y of soft labels is a difference, and so are those of sigmoid and weighted cross-entropy. Where it nearly
vanishes, no arithmetic of finite precision is right to an ulp of the difference. Such lines stand twice, the second time
_in ulp of its terms_: at the sum of the absolute values of the two terms that are subtracted, the other classes' labels
times p and y · (1 − p), or (1 − z) · σ(x) and w · z · σ(−x).

${report.machine} ${report.versions}. \`npm run accuracy\` measures again.

## Float32, logits of N(0, 3²)

Sparse labels are any class with equal chance, dense ones random distributions that sum to exactly 1. Weights are between
¼ and 16.

### Loss

${ulpTable(names, hasGradient, ['value'])}

### Gradient

${ulpTable(names, hasGradient, ['gradient'])}

### Softmax and log-softmax

${ulpTable(names, probabilities, ['value'])}

## Confident rows

The true class is far ahead, as training wants it to be. The loss is then small, but no less a number: with a class 30 ahead
of nine others at 0 it is 8.4e-13. Relative error of **loss / gradient of the true class**; an error of 1 is a result of 0.
Of several rows the largest.

${confidentTable(names, confident)}

## Wide spreads and common offsets

Float32 again. Logits uniform between ±1000; N(0, 3²) with 10⁴ added to each; all equal 10⁸. What is true of the rounded
logits is asked for, so nothing need be lost.

${ulpTable(names, spread, ['value', 'gradient'], 'inputs')}

## float16 and bfloat16

Inputs and results of 16 bits, logits of N(0, 3²); in ulp of the 16-bit type.

${ulpTable(names, short, ['value', 'gradient'], 'dtype')}

## float64

The truth is mpmath's, rounded to float64: errors are whole numbers of ulp, and a correctly rounded result has none.

${ulpTable(names, long, ['value', 'gradient'], 'inputs')}

## Correctly rounded results of xent

The share of **losses / gradient entries** that are the truth rounded to the type, subnormal ones included. _left out_ counts
those below the smallest normal number, which the ulps above leave out.

${roundedTable(ours, all)}

## How the truth was made

In float64 it is mpmath's, in as many bits as the inputs need. For the other types that takes too long, so it is computed in
float64 by formulas that subtract nothing they have just added (\`oracle/peers/in_float64.py\`): with m the largest logit and
q = Σ exp(xⱼ − m) over the other classes (\`math.fsum\`), log Σ exp(xⱼ) − xₖ = log1p(q) + (m − xₖ), and 1 − pₖ is the sum
over the classes other than k. Results stay float64, so that a fraction of an ulp can be measured. In the same run mpmath
computed the first rows of every line. The largest deviation, relative to the number, and to the sum of its terms' absolute
values where it is a difference:

${deviationTable(all)}

The reference has to be correctly rounded in 99.99 % of the float32 results of every line and within 4 ulp in float64 (of its
terms where it is a difference), and the deviations above must stay below 1e-14; \`npm run accuracy\` fails otherwise.
`
}

const ulpTable = (
  names: readonly string[],
  lines: readonly Measured[],
  parts: readonly Part[],
  extra?: 'inputs' | 'dtype',
): string => {
  const body = parts.flatMap((part) =>
    lines.flatMap((measured) => {
      const { line } = measured
      const lead = [...(extra ? [line[extra]] : []), grouped(line.classes), grouped(line.rows)]
      const cells = (show: (errors: Errors) => string): readonly string[] =>
        names.map((name) => {
          const errors = measured.errors.get(name)?.[part]
          return errors ? show(errors) : '–'
        })
      const isThere = part === 'value' || measured.errors.get(referenceName)?.gradient
      if (!isThere) return []
      const plain = [titleOf(line, part), ...lead, ...cells(({ ulps, zeros }) => ulpCell(ulps, zeros))]
      if (!measured.errors.get(referenceName)?.[part]?.ulpsOfTerms) return [plain]
      const ofTerms = cells(({ ulpsOfTerms }) => (ulpsOfTerms ? ulpCell(ulpsOfTerms, 0) : '–'))
      return [plain, ['_in ulp of its terms_', ...lead.map(() => ''), ...ofTerms]]
    }),
  )
  return table(
    ['', ...(extra ? [extra === 'dtype' ? 'type' : 'logits'] : []), 'classes', 'rows', ...names],
    body,
  )
}

const ulpCell = ({ max, mean }: Ulps, zeros: number): string =>
  `${figure(max)} / ${figure(mean)}${zeros ? ` (${grouped(zeros)} × 0)` : ''}`

const confidentTable = (names: readonly string[], lines: readonly ConfidentLine[]): string => {
  const cell = (errors: ConfidentErrors | undefined): string =>
    errors ? `${figure(errors.loss)} / ${figure(errors.gradient)}` : '–'
  const others = (name: string): string => {
    const errors = lines.flatMap((line) => line.errors.get(name)?.others ?? [])
    return errors.length ? figure(Math.max(...errors)) : '–'
  }
  return table(
    ['', 'true loss', ...names],
    [
      ...lines.map(({ title, loss, errors }) => [
        title,
        loss === undefined ? '' : figure(loss),
        ...names.map((name) => cell(errors.get(name))),
      ]),
      ['gradients of the other classes, all of these rows', '', ...names.map(others)],
    ],
  )
}

const roundedTable = (ours: readonly string[], lines: readonly Measured[]): string => {
  const both = (errors: LineErrors | undefined, show: (errors: Errors) => string): string =>
    errors ? [errors.value, ...(errors.gradient ? [errors.gradient] : [])].map(show).join(' / ') : '–'
  return table(
    ['', 'type', 'logits', 'classes', 'results', 'left out', ...ours],
    lines.map(({ line, errors }) => [
      functionOf(line),
      line.dtype,
      line.inputs,
      grouped(line.classes),
      both(errors.get(referenceName), ({ entries }) => grouped(entries)),
      both(errors.get(referenceName), ({ leftOut }) => grouped(leftOut)),
      ...ours.map((name) => both(errors.get(name), ({ rounded }) => percent(rounded))),
    ]),
  )
}

/** A row for each function, type and kind of logits; all numbers of classes together. */
const deviationTable = (lines: readonly Measured[]): string => {
  const proved = lines.filter(({ deviation }) => deviation)
  const groups = new Map<string, Measured[]>()
  for (const measured of proved) {
    const { line } = measured
    const key = [functionOf(line), line.dtype, line.inputs].join()
    groups.set(key, [...(groups.get(key) ?? []), measured])
  }
  return table(
    ['', 'type', 'logits', 'classes', 'results proved', 'value', 'gradient'],
    [...groups.values()].map((group) => {
      const { line } = group[0]!
      const largest = (part: Part): string => {
        const all = group.flatMap(({ deviation }) => deviation?.[part] ?? [])
        return all.length ? figure(Math.max(...all)) : '–'
      }
      return [
        functionOf(line),
        line.dtype,
        line.inputs,
        group.map((measured) => grouped(measured.line.classes)).join(', '),
        grouped(group.reduce((sum, { deviation }) => sum + deviation!.entries, 0)),
        largest('value'),
        largest('gradient'),
      ]
    }),
  )
}
