import type { ConfidentLine } from './confident.ts'
import { referenceName } from './contestants.ts'
import type { Errors } from './errors.ts'
import type { Measured } from './measure.ts'
import { isLoss, type Part, titleOf } from './titles.ts'

/** Largest error of the reference in float64, in ulp, of its terms where the result is a difference. */
const LARGEST_ERROR = 4
/** Share of the reference's float32 results that are the truth rounded. */
const LEAST_ROUNDED = 0.9999
/** Deviation of the float64 truth from mpmath: a millionth of an ulp of float32 would be 6e-14. */
const LARGEST_DEVIATION = 1e-14

/** Largest relative error that rounding to float32 may make. */
const HALF_ULP = 2 ** -24 * (1 + 1e-9)

/** What the kernels of float32 are to reach: the largest error in ulp, and the share of losses within 1 ulp. */
const KERNELS_LARGEST_ERROR = 2
const LEAST_LOSSES_WITHIN_ONE = 0.999

/** What breaks the rules that the reference, the truth and the kernels have to keep, a sentence each. */
export const violations = (lines: readonly Measured[]): readonly string[] =>
  lines.flatMap((measured) => [...violationsOfReference(measured), ...violationsOfKernels(measured)])

const violationsOfKernels = ({ line, errors }: Measured): readonly string[] => {
  if (line.dtype !== 'float32') return []
  return [...errors].flatMap(([name, { value, gradient }]) => {
    if (!name.startsWith('xent wasm')) return []
    const found: string[] = []
    const title = (part: Part): string =>
      `${name}: ${titleOf(line, part)}, ${line.classes} classes, ${line.inputs}`
    const worst = {
      value: value.ulps.max,
      ...(gradient && { gradient: (gradient.ulpsOfTerms ?? gradient.ulps).max }),
    }
    for (const [part, max] of Object.entries(worst) as [Part, number][]) {
      if (!(max <= KERNELS_LARGEST_ERROR))
        found.push(`${title(part)}: ${max} ulp off, more than ${KERNELS_LARGEST_ERROR}`)
    }
    if (isLoss(line) && !(value.withinOne >= LEAST_LOSSES_WITHIN_ONE)) {
      found.push(`${title('value')}: only ${100 * value.withinOne} % are within 1 ulp`)
    }
    return found
  })
}

const violationsOfReference = (measured: Measured): readonly string[] => {
  const own = measured.errors.get(referenceName)
  if (!own) return [`${titleOf(measured.line, 'value')}: the reference gave nothing`]
  return [
    ...violationsOf(measured, 'value', own.value),
    ...(own.gradient ? violationsOf(measured, 'gradient', own.gradient) : []),
  ]
}

const violationsOf = ({ line, deviation }: Measured, part: Part, errors: Errors): readonly string[] => {
  const title = `${titleOf(line, part)}, ${line.classes} classes, ${line.inputs}, ${line.dtype}`
  const found: string[] = []
  const { max } = errors.ulpsOfTerms ?? errors.ulps
  if (line.dtype === 'float64' && !(max <= LARGEST_ERROR)) {
    found.push(`${title}: the reference is ${max} ulp off, more than ${LARGEST_ERROR}`)
  }
  if (line.dtype === 'float32' && !(errors.rounded >= LEAST_ROUNDED)) {
    found.push(`${title}: only ${100 * errors.rounded} % of the reference's results are correctly rounded`)
  }
  if (deviation && !(deviation[part]! <= LARGEST_DEVIATION)) {
    found.push(`${title}: the float64 truth is ${deviation[part]} off mpmath`)
  }
  return found
}

/** The same of confident rows, whose results have to be correctly rounded. */
export const confidentViolations = (lines: readonly ConfidentLine[]): readonly string[] =>
  lines.flatMap(({ title, errors }) => {
    const { loss, gradient, others } = errors.get(referenceName)!
    const error = Math.max(loss, gradient, others)
    return error <= HALF_ULP ? [] : [`${title}: the reference has a relative error of ${error}`]
  })
