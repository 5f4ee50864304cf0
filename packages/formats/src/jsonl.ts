import { type ByteSource, readAll } from './byte-source.ts'
import { excerpt, FormatError } from './error.ts'
import { collectNumbers, type NumberCollector, type TextOptions } from './number-collector.ts'
import { formatShape, type NumericArray } from './numeric-array.ts'

export interface JsonlOptions extends TextOptions {
  /** the lines are objects and this is the name of the value that is wanted */
  readonly field?: string
}

/**
 * One example per line: a number, a nested array of numbers, or an object of which `field` names such a value.
 *
 * NaN, Infinity and -Infinity are numbers, as strings and as the bare words that Python's json writes. Blank lines
 * are passed over.
 *
 * @returns shape [lines, ...shape of each line's value]; dtype of the option, else int32 if every number is written as a whole number within int32, else float64
 * @throws FormatError names the line, and the element in it, where the JSON is broken, a value is no number or the nesting differs from that of the first line
 */
export const readJsonl = async (source: ByteSource, options: JsonlOptions = {}): Promise<NumericArray> => {
  const numbers = collectNumbers(options.dtype)
  let shape: readonly number[] | undefined
  let count = 0
  for (const { text, place } of linesOf(await readAll(source), source.name)) {
    const value = selectField(parseJson(text, place), options.field, place)
    shape ??= shapeOf(value)
    checkNesting(value, shape, place)
    const leaves = leavesOf(value, shape)
    // this takes a second look at the line, and a dtype that is asked for leaves nothing to find out
    const whole = options.dtype === undefined && areWrittenWhole(leaves, text, options.field, shape)
    addLeaves(leaves, whole, shape, numbers, place)
    count++
  }
  if (shape === undefined) {
    throw new FormatError({ source: source.name, expected: 'at least one line of JSON', received: 'none' })
  }
  return numbers.finish([count, ...shape])
}

interface Place {
  readonly source: string
  readonly line: number
}

const problemAt = (
  { source, line }: Place,
  path: readonly number[],
  expected: string,
  received: string,
  options?: ErrorOptions,
): FormatError => {
  const element = path.length === 0 ? '' : `, element ${formatShape(path)}`
  return new FormatError({ source, position: `line ${line}${element}`, expected, received }, options)
}

const NEWLINE = 0x0a

/** The lines that are not blank. One is decoded at a time, since a file may be longer than a string can be. */
function* linesOf(bytes: Uint8Array, source: string): Generator<{ text: string; place: Place }> {
  let start = 0
  for (let line = 1; start < bytes.length; line++) {
    const newline = bytes.indexOf(NEWLINE, start)
    const end = newline === -1 ? bytes.length : newline
    const text = new TextDecoder().decode(bytes.subarray(start, end)).trim()
    if (text !== '') yield { text, place: { source, line } }
    start = end + 1
  }
}

const NON_FINITE_WORD = /\\.|"|-?Infinity|NaN/g
const FRACTION = /\\.|"|-?\d+(?=[.eE])[-+.eE\d]+/g

/** Replaces what `pattern` finds outside of strings; the pattern has to find quotes and escapes as well. */
const replaceOutsideStrings = (
  text: string,
  pattern: RegExp,
  replacement: (token: string) => string,
): string => {
  // Counting the quotes, since a pattern for a whole string overflows the stack of the engine on long ones.
  let inside = false
  return text.replace(pattern, (token) => {
    if (token === '"') inside = !inside
    return inside || token === '"' ? token : replacement(token)
  })
}

/** JSON.parse that also takes the bare NaN and Infinity, as strings. */
const parse = (text: string): unknown =>
  JSON.parse(
    /NaN|Infinity/.test(text) ? replaceOutsideStrings(text, NON_FINITE_WORD, (token) => `"${token}"`) : text,
  )

const parseJson = (text: string, place: Place): unknown => {
  try {
    return parse(text)
  } catch (cause) {
    throw problemAt(place, [], 'JSON', excerpt(text), { cause })
  }
}

const selectField = (value: unknown, field: string | undefined, place: Place): unknown => {
  if (field === undefined) return value
  if (isObject(value) && Object.hasOwn(value, field)) return value[field]
  throw problemAt(place, [], `an object with the field ${JSON.stringify(field)}`, describe(value))
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const describe = (value: unknown): string => {
  if (Array.isArray(value)) return `an array of length ${value.length}`
  if (isObject(value)) return `an object with the fields ${excerpt(Object.keys(value).join(', '))}`
  return typeof value === 'string' ? excerpt(value) : String(value)
}

const shapeOf = (value: unknown): number[] =>
  Array.isArray(value) ? [value.length, ...shapeOf(value[0])] : []

/** Throws unless the arrays nest as `shape` says. */
const checkNesting = (
  value: unknown,
  shape: readonly number[],
  place: Place,
  path: readonly number[] = [],
): void => {
  const depth = path.length
  if (depth === shape.length) return
  if (!Array.isArray(value) || value.length !== shape[depth]) {
    const because = `since the first line begins with shape ${formatShape(shape)}`
    throw problemAt(place, path, `an array of length ${shape[depth]} ${because}`, describe(value))
  }
  if (depth + 1 === shape.length) return
  for (const [i, inner] of value.entries()) checkNesting(inner, shape, place, [...path, i])
}

/** The innermost values; an array among them is one level too deep, and no number. */
const leavesOf = (value: unknown, shape: readonly number[]): readonly unknown[] =>
  Array.isArray(value) && shape.length > 0 ? value.flat(shape.length - 1) : [value]

/** Whether all leaves are whole and no one of them is written as 1.0 or 1e3, which JSON.parse cannot tell from 1. */
const areWrittenWhole = (
  leaves: readonly unknown[],
  text: string,
  field: string | undefined,
  shape: readonly number[],
): boolean => {
  if (!leaves.every(Number.isInteger)) return false
  const marked = parse(replaceOutsideStrings(text, FRACTION, () => '0.5'))
  const value = field !== undefined && isObject(marked) ? marked[field] : marked
  return leavesOf(value, shape).every(Number.isInteger)
}

const addLeaves = (
  leaves: readonly unknown[],
  whole: boolean,
  shape: readonly number[],
  numbers: NumberCollector,
  place: Place,
): void => {
  for (const [i, leaf] of leaves.entries()) {
    const value = numberOf(leaf)
    if (value !== undefined && numbers.add(value, whole)) continue
    throw problemAt(place, indicesOf(i, shape), numbers.expected, describe(leaf))
  }
}

const NON_FINITE: ReadonlyMap<unknown, number> = new Map([
  ['NaN', Number.NaN],
  ['Infinity', Infinity],
  ['-Infinity', -Infinity],
])

const numberOf = (leaf: unknown): number | undefined =>
  typeof leaf === 'number' ? leaf : NON_FINITE.get(leaf)

/** The indices along each axis of the element at position `index` in C order. */
const indicesOf = (index: number, shape: readonly number[]): number[] => {
  const indices: number[] = []
  let rest = index
  for (const size of shape.toReversed()) {
    indices.unshift(rest % size)
    rest = Math.floor(rest / size)
  }
  return indices
}
