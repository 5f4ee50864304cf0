import { type DType, type FloatDType, isFloat } from './dtype.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts'

type Element = number | bigint | boolean

/** Significant digits without trailing zeros; the first of them counts 10 to the `exponent`. */
interface Decimal {
  readonly digits: string
  readonly exponent: number
}

/** The text on either side of the decimal point, and `e+00` or nothing. */
interface Parts {
  readonly whole: string
  readonly fraction: string
  readonly exponent: string
}

const THRESHOLD = 1000
const EDGE_ITEMS = 3
const LINE_WIDTH = 75
const PRECISION = 8
const SMALLEST_POSITIONAL = 1e-4
const LARGEST_RATIO = 1000

interface FloatFormat {
  readonly round: (value: number) => number
  /** From here on arrays are in scientific notation: in full they would show digits the type cannot hold. */
  readonly limit: number
  /** The same for a scalar. */
  readonly scalarLimit: number
}

const formats: Readonly<Record<FloatDType, FloatFormat>> = {
  float16: { round: (value) => float16ToNumber(numberToFloat16(value)), limit: 1e3, scalarLimit: 1e3 },
  bfloat16: { round: (value) => bfloat16ToNumber(numberToBfloat16(value)), limit: 1e2, scalarLimit: 1e2 },
  float32: { round: Math.fround, limit: 1e6, scalarLimit: 1e6 },
  float64: { round: (value) => value, limit: 1e8, scalarLimit: 1e16 },
}

/**
 * The text that NumPy 2's `str(array)` gives under its default print options.
 *
 * @param values the elements in C order; only those that the text shows are read
 */
export function printArray(values: ArrayLike<Element>, shape: readonly number[], dtype: DType): string {
  if (shape.length === 0) return scalarText(values[0]!, dtype)
  const size = shape.reduce((product, length) => product * length)
  if (size === 0) return '[]'
  const edge = size > THRESHOLD ? EDGE_ITEMS : Number.POSITIVE_INFINITY
  const shown = shownOffsets(shape, edge).map((offset) => values[offset]!)
  const texts = elementTexts(shown, dtype)
  const width = longest(texts)
  const words = texts.map((text) => text.padStart(width)).values()
  return bracketed(shape, edge, words, ' ', LINE_WIDTH - 1)
}

const shownOffsets = (shape: readonly number[], edge: number): number[] =>
  shape.reduce(
    (offsets, length) =>
      offsets.flatMap((offset) => shownIndices(length, edge).map((index) => offset * length + index)),
    [0],
  )

/** The indices of an axis but for those between its first and last `edge`. */
const shownIndices = (length: number, edge: number): number[] =>
  length > 2 * edge
    ? Array.from({ length: 2 * edge }, (_, i) => (i < edge ? i : length - 2 * edge + i))
    : Array.from({ length }, (_, i) => i)

/** The next words in nested brackets; every line but the first starts with `indent`. */
function bracketed(
  [length = 0, ...inner]: readonly number[],
  edge: number,
  words: Iterator<string>,
  indent: string,
  width: number,
): string {
  const isRow = inner.length === 0
  const items = shownIndices(length, edge).map((): string =>
    isRow ? words.next().value : bracketed(inner, edge, words, `${indent} `, width - 1),
  )
  if (items.length < length) items.splice(edge, 0, '...')
  return `[${isRow ? wrapped(items, indent, width) : items.join('\n'.repeat(inner.length) + indent)}]`
}

function wrapped(words: readonly string[], indent: string, width: number): string {
  const lines: string[] = []
  let line = ''
  for (const word of words) {
    if (line !== '' && indent.length + line.length + word.length > width) {
      lines.push(line.trimEnd())
      line = ''
    }
    line += `${word} `
  }
  return [...lines, line.slice(0, -1)].join(`\n${indent}`)
}

const longest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, text.length), 0)

function elementTexts(values: readonly Element[], dtype: DType): string[] {
  if (isFloat(dtype)) return floatTexts(values.map(Number), dtype)
  return values.map(dtype === 'bool' ? (value) => (value ? ' True' : 'False') : String)
}

function scalarText(value: Element, dtype: DType): string {
  if (isFloat(dtype)) return floatScalarText(Number(value), dtype)
  return dtype === 'bool' ? (value ? 'True' : 'False') : String(value)
}

function floatScalarText(value: number, dtype: FloatDType): string {
  if (!Number.isFinite(value)) return nonFiniteText(value)
  const magnitude = Math.abs(value)
  if (magnitude !== 0 && (magnitude < SMALLEST_POSITIONAL || magnitude >= formats[dtype].scalarLimit)) {
    const { whole, fraction, exponent } = scientificParts([value], dtype, Number.POSITIVE_INFINITY)[0]!
    return `${whole}${fraction && `.${fraction}`}${exponent}`
  }
  const { whole, fraction } = positionalParts(value, dtype, Number.POSITIVE_INFINITY)
  return `${whole}.${fraction || '0'}`
}

/** The finite values share a notation and, after the point, a width. */
function floatTexts(values: readonly number[], dtype: FloatDType): string[] {
  const finite = values.filter(Number.isFinite)
  const parts = needsScientific(finite, dtype)
    ? scientificParts(finite, dtype, PRECISION)
    : finite.map((value) => positionalParts(value, dtype, PRECISION))
  const width = longest(parts.map(({ fraction }) => fraction))
  const texts = parts.map((part) => `${part.whole}.${part.fraction.padEnd(width)}${part.exponent}`).values()
  return values.map((value) => (Number.isFinite(value) ? texts.next().value! : nonFiniteText(value)))
}

function needsScientific(values: readonly number[], dtype: FloatDType): boolean {
  const { round, limit } = formats[dtype]
  const magnitudes = values.map(Math.abs).filter((magnitude) => magnitude > 0)
  const largest = magnitudes.reduce((a, b) => Math.max(a, b), 0)
  const smallest = magnitudes.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
  // NumPy compares within the dtype: the float32 nearest to 1e-4 lies below it but is not less than it.
  return (
    largest >= limit || smallest < round(SMALLEST_POSITIONAL) || round(largest / smallest) > LARGEST_RATIO
  )
}

const nonFiniteText = (value: number): string => (Number.isNaN(value) ? 'nan' : value < 0 ? '-inf' : 'inf')

const signText = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

const exponentText = (exponent: number, width: number): string =>
  `e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(width, '0')}`

function positionalParts(value: number, dtype: FloatDType, precision: number): Parts {
  const magnitude = Math.abs(value)
  const fewest = shortest(magnitude, dtype)
  const { digits, exponent } = atMost(1 + fewest.exponent + precision, fewest, magnitude)
  const padded = exponent < 0 ? '0'.repeat(-exponent) + digits : digits.padEnd(exponent + 1, '0')
  const point = Math.max(exponent, 0) + 1
  return { whole: signText(value) + padded.slice(0, point), fraction: padded.slice(point), exponent: '' }
}

/** Each with as many digits, exact ones, as the one that needs the most. */
function scientificParts(values: readonly number[], dtype: FloatDType, precision: number): Parts[] {
  const magnitudes = values.map(Math.abs)
  const decimals = magnitudes.map((magnitude) => atMost(1 + precision, shortest(magnitude, dtype), magnitude))
  const count = longest(decimals.map(({ digits }) => digits))
  const exponentWidth = Math.max(2, longest(decimals.map(({ exponent }) => String(Math.abs(exponent)))))
  return decimals.map((decimal, i) => {
    const { digits, exponent } = decimal.digits.length < count ? toDigits(magnitudes[i]!, count) : decimal
    return {
      whole: signText(values[i]!) + digits.charAt(0),
      fraction: digits.slice(1).padEnd(count - 1, '0'),
      exponent: exponentText(exponent, exponentWidth),
    }
  })
}

const atMost = (count: number, decimal: Decimal, magnitude: number): Decimal =>
  decimal.digits.length > count ? toDigits(magnitude, count) : decimal

/** The fewest digits that round to the magnitude in its dtype. */
function shortest(magnitude: number, dtype: FloatDType): Decimal {
  const fewest = parseDecimal(magnitude.toExponential())
  if (dtype === 'float64') return fewest
  for (let count = 1; count < fewest.digits.length; count++) {
    const { digits, exponent } = toDigits(magnitude, count)
    const nearest = Number(digits.padEnd(count, '0'))
    // A power of two has more room above than below: the next decimal may do where a nearer one below fails.
    for (const coefficient of [nearest, nearest + 1]) {
      const candidate = Number(`${coefficient}e${exponent - count + 1}`)
      if (formats[dtype].round(candidate) === magnitude) return parseDecimal(candidate.toExponential())
    }
  }
  return fewest
}

/** The nearest decimal of `count` digits at most; ties go to even, where `toExponential` goes up. */
function toDigits(magnitude: number, count: number): Decimal {
  // No double is so close to a tie that it would show only after a hundred digits.
  const exact = parseDecimal(magnitude.toExponential(100))
  const isTieAboveEven = /^[02468]5$/.test(exact.digits.slice(count - 1))
  if (!isTieAboveEven) return parseDecimal(magnitude.toExponential(count - 1))
  return { digits: withoutTrailingZeros(exact.digits.slice(0, count)), exponent: exact.exponent }
}

/** Reads what `toExponential` wrote. */
function parseDecimal(text: string): Decimal {
  const [mantissa = '', exponent] = text.split('e')
  return { digits: withoutTrailingZeros(mantissa.replace('.', '')), exponent: Number(exponent) }
}

const withoutTrailingZeros = (digits: string): string => digits.replace(/(?<=.)0+$/, '')
