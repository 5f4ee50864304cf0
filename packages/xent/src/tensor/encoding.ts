import { type ArrayOf, type DType, type TypedArray, zeros } from './dtype.ts'
import { bfloat16ToNumber, float16ToNumber, numberToBfloat16, numberToFloat16 } from './float16.ts'

/** What makes the value of the bits of a 16-bit float; other elements are their values. */
export const decoderOf = (dtype: DType): ((bits: number) => number) | undefined =>
  dtype === 'bfloat16' ? bfloat16ToNumber : dtype === 'float16' ? float16ToNumber : undefined

export const encoderOf = (dtype: DType): ((value: number) => number) | undefined =>
  dtype === 'bfloat16' ? numberToBfloat16 : dtype === 'float16' ? numberToFloat16 : undefined

/** The elements as numbers: the array itself, or 16-bit floats widened. */
export const decoded = (data: TypedArray, dtype: DType): TypedArray => {
  const decode = decoderOf(dtype)
  return decode ? Float32Array.from(data as Uint16Array, decode) : data
}

/** An array of `dtype` that holds `values`, each rounded once. */
export const encoded = <D extends DType>(
  values: ArrayLike<number | bigint | boolean>,
  dtype: D,
): ArrayOf<D> => {
  const array = zeros(dtype, values.length)
  const elements: Record<number, number | bigint> = array
  const encode = encoderOf(dtype) ?? (dtype === 'bool' ? toBit : Number)
  for (let k = 0; k < values.length; k++)
    elements[k] = dtype === 'int64' ? toBigInt(values[k]!) : encode(Number(values[k]))
  return array
}

const toBit = (value: number): number => (value === 0 ? 0 : 1)

/** A fraction is cut, and what is no number is 0, as a typed array of smaller integers has it. */
const toBigInt = (value: number | bigint | boolean): bigint =>
  typeof value === 'bigint' ? value : Number.isFinite(value) ? BigInt(Math.trunc(Number(value))) : 0n

/** The number of a type that is nearest to a value. */
export const rounded = (value: number, dtype: DType): number =>
  Number(decoded(encoded([value], dtype), dtype)[0])
