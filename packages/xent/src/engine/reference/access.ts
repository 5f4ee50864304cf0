import type { FloatArray } from '../../tensor/dtype.ts'
import type { Upstream } from '../engine.ts'
import { readerOf, type Transfer } from '../staging.ts'

/** Reads row after row of an argument into one array, which a single number fills. */
export const rowReader = <Row extends FloatArray>(
  source: Upstream,
  row: Row,
  axis?: number,
): ((index: number) => Row) => {
  const read = readerOf(source, axis)
  return (index) => {
    read(index * row.length, (index + 1) * row.length, row, 0)
    return row
  }
}

/** Writes row after row of a result, where it is wanted. */
export const rowWriter = (
  write: Transfer | undefined,
  length: number,
): ((index: number, element: (j: number) => number) => void) => {
  const row = new Float64Array(length)
  return (index, element) => {
    if (!write) return
    for (let j = 0; j < length; j++) row[j] = element(j)
    write(index * length, (index + 1) * length, row, 0)
  }
}
