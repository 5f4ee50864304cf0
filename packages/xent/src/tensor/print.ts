import { type DType, type FloatDType, isFloat } from './dtype.ts'
import { rounded } from './encoding.ts'
import { type Nested, nested, type Shape, sizeOf } from './shape.ts'

type Element = number | bigint | boolean

const THRESHOLD = 1000
const EDGE_ITEMS = 3
const LINE_WIDTH = 75
const PRECISION = 8
const SMALLEST_POSITIONAL = 1e-4
const LARGEST_RATIO = 1000

/** From here on numbers are in scientific notation: in full they would show digits the type cannot hold. */
const limits: Readonly<Record<FloatDType, number>> = {
  float16: 1e3,
  bfloat16: 1e2,
  float32: 1e6,
  float64: 1e8,
}
const SCALAR_FLOAT64_LIMIT = 1e16

/**
 * The text that NumPy 2's `str(array)` gives under its default print options.
 *
 * @param values the elements in C order; only those that the text shows are read
 */
export const printArray = (values: ArrayLike<Element>, shape: Shape, dtype: DType): string => {
  const size = sizeOf(shape)
  if (size === 0) return '[]'
  const shown: Element[] = []
  const edge = size > THRESHOLD ? EDGE_ITEMS : size
  const places = nested(shape, edge, (position) => shown.push(values[position]!) - 1)
  const isScalar = shape.length === 0
  const texts = isFloat(dtype)
    ? floatTexts(shown.map(Number), dtype, isScalar)
    : shown.map(dtype === 'bool' ? (value) => (value ? ' True' : 'False') : String)
  if (isScalar) return texts[0]!.trim().replace(/\.$/, '.0').replace('.e', 'e')
  const width = longest(texts)
  return bracketed(places, shape, (place) => texts[place]!.padStart(width), ' ')
}

const longest = (texts: readonly string[]): number =>
  texts.reduce((width, text) => Math.max(width, text.length), 0)

/** Words in nested brackets; every line but the first starts with `indent`. */
const bracketed = (
  part: Nested<number>,
  [length, ...inner]: Shape,
  wordAt: (place: number) => string,
  indent: string,
): string => {
  if (typeof part === 'number') return wordAt(part)
  const items = part.map((item) => bracketed(item, inner, wordAt, `${indent} `))
  if (items.length < length!) items.splice(EDGE_ITEMS, 0, '...')
  return `[${inner.length ? items.join('\n'.repeat(inner.length) + indent) : wrapped(items, indent)}]`
}

/** Words in lines, each with room for as many closing brackets as the indent has opening ones. */
const wrapped = (words: readonly string[], indent: string): string => {
  let lines = ''
  let line = ''
  for (const word of words) {
    if (line && 2 * indent.length + line.length + word.length > LINE_WIDTH) {
      lines += `${line.trimEnd()}\n${indent}`
      line = ''
    }
    line += `${word} `
  }
  return lines + line.slice(0, -1)
}

/** The finite values share a notation and, after the point, a width. */
const floatTexts = (values: readonly number[], dtype: FloatDType, isScalar: boolean): string[] => {
  const magnitudes = values.map(Math.abs).filter(Number.isFinite)
  const isScientific = needsScientific(magnitudes, dtype, isScalar)
  const precision = isScalar ? Infinity : PRECISION
  const fewest = magnitudes.map((magnitude) =>
    decimalOf(magnitude, precision, isScientific, (decimal) => rounded(decimal, dtype) === magnitude),
  )
  const parts = isScientific ? scientificParts(magnitudes, fewest) : fewest.map(positionalParts)
  const width = longest(parts.map(([, fraction]) => fraction))
  const texts = parts.map(([whole, fraction]) => `${whole}.${fraction.padEnd(width)}`).values()
  return values.map((value) =>
    Number.isFinite(value)
      ? (1 / value < 0 ? '-' : '') + texts.next().value
      : String(value).replace('inity', '').toLowerCase(),
  )
}

/** The text on either side of the decimal point. */
type Parts = readonly [whole: string, fraction: string]

const positionalParts = (decimal: number): Parts => {
  const [whole, fraction = ''] = String(decimal).split('.')
  return [whole!, fraction]
}

/** Each with as many digits, exact ones, as the one that needs the most. */
const scientificParts = (magnitudes: readonly number[], fewest: readonly number[]): Parts[] => {
  const shortest = fewest.map((decimal) => decimal.toExponential().split('e'))
  const length = longest(shortest.map(([mantissa]) => mantissa!))
  const precision = Math.max(0, length - 2)
  const exact = shortest.map((parts, k) =>
    parts[0]!.length < length
      ? decimalOf(magnitudes[k]!, precision, true, () => false)
          .toExponential(precision)
          .split('e')
      : parts,
  )
  const width = Math.max(3, longest(exact.map(([, power]) => power!)))
  return exact.map(([mantissa, power]) => [
    mantissa!.charAt(0),
    `${mantissa!.slice(2)}e${power!.charAt(0)}${power!.slice(1).padStart(width - 1, '0')}`,
  ])
}

const needsScientific = (magnitudes: readonly number[], dtype: FloatDType, isScalar: boolean): boolean => {
  const limit = isScalar && dtype === 'float64' ? SCALAR_FLOAT64_LIMIT : limits[dtype]
  // NumPy compares the elements of an array within their type, where 1e-4 is the number nearest to it.
  const least = isScalar ? SMALLEST_POSITIONAL : rounded(SMALLEST_POSITIONAL, dtype)
  const most = magnitudes.reduce((a, b) => Math.max(a, b), 0)
  return magnitudes.some(
    (magnitude) =>
      magnitude >= limit ||
      (magnitude > 0 && (magnitude < least || rounded(most / magnitude, dtype) > LARGEST_RATIO)),
  )
}

/**
 * The decimal of the fewest digits that is enough, or else the nearest of `precision` digits behind the point (in
 * scientific notation that is behind the first digit); ties go to even.
 */
const decimalOf = (
  magnitude: number,
  precision: number,
  isScientific: boolean,
  isEnough: (decimal: number) => boolean,
): number => {
  // No double is so close to a tie that it would show only after a hundred digits.
  const [mantissa, power] = magnitude.toExponential(100).split('e')
  const digits = mantissa!.replace('.', '')
  const first = Number(power)
  const most = 1 + precision + (isScientific ? 0 : first)
  for (let count = 1; ; count++) {
    const cut = BigInt(digits.slice(0, count))
    const rest = digits.slice(count).replace(/0+$/, '')
    const nearest = rest > '5' || (rest === '5' && cut & 1n) ? cut + 1n : cut
    // A power of two has more room above than below: the next decimal may do where a nearer one below fails.
    const decimals = [nearest, nearest + 1n].map((integer) => Number(`${integer}e${first - count + 1}`))
    const enough = decimals.find(isEnough)
    if (enough !== undefined || count >= most) return enough ?? decimals[0]!
  }
}
