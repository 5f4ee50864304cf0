// The browser build carries its own Buffer, so that one path serves node, browsers and workers.
import { CsvError, parse } from 'csv-parse/browser/esm/sync'
import { type ByteSource, readAll } from './byte-source.ts'
import { excerpt, FormatError } from './error.ts'
import { collectNumbers, type NumberCollector, type TextOptions } from './number-collector.ts'
import type { NumericArray } from './numeric-array.ts'

export interface CsvOptions extends TextOptions {
  /** between the fields of a row: a comma unless given */
  readonly delimiter?: ',' | '\t'
}

/**
 * A table of numbers, with or without a header line.
 *
 * The first line is a header when none of its fields is a number. nan, inf and infinity are numbers in any case of
 * their letters. Blank lines are passed over.
 *
 * @returns shape [rows] for a single column, else [rows, columns]; dtype of the option, else int32 if every field is written as a whole number within int32, else float64
 * @throws FormatError names line and column of a field that is no number, and the line of a row that has another number of columns
 */
export const readCsv = async (source: ByteSource, options: CsvOptions = {}): Promise<NumericArray> => {
  const bytes = withoutByteOrderMark(await readAll(source))
  const table = collectTable(source.name, collectNumbers(options.dtype))
  parseRows(bytes, source.name, options.delimiter ?? ',', table.addRow)
  return table.finish()
}

const withoutByteOrderMark = (bytes: Uint8Array): Uint8Array =>
  bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes

type AddRow = (fields: readonly string[], line: number) => void

const parseRows = (bytes: Uint8Array, source: string, delimiter: string, addRow: AddRow): void => {
  try {
    parse(bytes, {
      delimiter,
      // given, since the parser's own search for it costs more than all the rest of a long first line
      record_delimiter: ['\r\n', '\n', '\r'],
      relax_column_count: true, // counted in addRow, whose error names the line as all others do
      skip_empty_lines: true,
      trim: true,
      on_record: (fields, { lines }) => {
        addRow(fields, lines)
        return null // nothing is kept: the numbers are already where they belong
      },
    })
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    throw new FormatError(
      { source, expected: 'quotes as in RFC 4180', received: error.message },
      { cause: error },
    )
  }
}

const collectTable = (
  source: string,
  numbers: NumberCollector,
): { addRow: AddRow; finish: () => NumericArray } => {
  let columns: number | undefined
  let rows = 0
  return {
    addRow(fields, line) {
      const header = columns === undefined && isHeader(fields)
      columns ??= fields.length
      if (fields.length !== columns) {
        throw new FormatError({
          source,
          position: `line ${line}`,
          expected: `${columns} columns as in the first line`,
          received: `${fields.length}`,
        })
      }
      if (header) return
      addFields(fields, line, source, numbers)
      rows++
    },
    finish() {
      if (columns === undefined || rows === 0) {
        throw new FormatError({ source, expected: 'at least one row of numbers', received: 'none' })
      }
      return numbers.finish(columns === 1 ? [rows] : [rows, columns])
    },
  }
}

// A line of empty fields is a row of missing values, which is an error and not a header.
const isHeader = (fields: readonly string[]): boolean =>
  fields.some((field) => field !== '') && fields.every((field) => parseNumber(field) === undefined)

const addFields = (
  fields: readonly string[],
  line: number,
  source: string,
  numbers: NumberCollector,
): void => {
  for (const [i, field] of fields.entries()) {
    const value = parseNumber(field)
    if (value !== undefined && numbers.add(value, /^[+-]?\d+$/.test(field))) continue
    throw new FormatError({
      source,
      position: `line ${line}, column ${i + 1}`,
      expected: numbers.expected,
      received: excerpt(field),
    })
  }
}

const parseNumber = (field: string): number | undefined => {
  // Number() alone would also take an empty field and 0x10
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(field)) return Number(field)
  if (/^[+-]?nan$/i.test(field)) return Number.NaN
  if (/^[+-]?inf(?:inity)?$/i.test(field)) return field.startsWith('-') ? -Infinity : Infinity
  return undefined
}
