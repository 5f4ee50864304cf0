import type { NumericArray, NumericData } from './numeric-array.ts'

/** The dtypes that the text formats are read as. */
export type TextDtype = 'float32' | 'float64' | 'int32'

export interface TextOptions {
  /** what the numbers become; without it int32 if all are written as whole numbers within int32, else float64 */
  readonly dtype?: TextDtype
}

/** Takes the numbers of a text file one by one and decides the dtype at the end. */
export interface NumberCollector {
  /** what `add` takes, for errors */
  readonly expected: string
  /**
   * @param whole whether the number is written without point and exponent
   * @returns false when the dtype asked for cannot hold the value
   */
  add(value: number, whole: boolean): boolean
  finish(shape: readonly number[]): NumericArray
}

export const collectNumbers = (dtype: TextDtype | undefined): NumberCollector => {
  let values = new Float64Array(1024)
  let length = 0
  let allWhole = true
  return {
    expected: dtype === 'int32' ? 'a whole number within int32' : 'a number',
    add(value, whole) {
      if (dtype === 'int32' && !isInt32(value)) return false
      allWhole &&= whole && isInt32(value) && !Object.is(value, -0)
      if (length === values.length) values = grown(values)
      values[length++] = value
      return true
    },
    finish(shape) {
      const chosen = dtype ?? (allWhole ? 'int32' : 'float64')
      return { data: convert(values.subarray(0, length), chosen), shape, dtype: chosen }
    },
  }
}

const isInt32 = (value: number): boolean => value === (value | 0)

const grown = (values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
  const larger = new Float64Array(values.length * 2)
  larger.set(values)
  return larger
}

const convert = (values: Float64Array, dtype: TextDtype): NumericData => {
  if (dtype === 'int32') return Int32Array.from(values)
  return dtype === 'float32' ? Float32Array.from(values) : values.slice()
}
