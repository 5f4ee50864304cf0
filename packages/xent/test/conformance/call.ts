import { type DType, Tensor } from '../../src/index.ts'
import { zeros } from '../../src/tensor/dtype.ts'

// Calls and what came of them as JSON, the way oracle/peers/call.py writes them.

/** The element type, the shape, and the little-endian elements in base64. */
export interface EncodedArray {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: string
}

export interface Call {
  /** A function of `xent`; `v1.` comes before those of `xent/compat/v1`. */
  readonly function: string
  readonly args: Readonly<Record<string, EncodedArray | null>>
  readonly options?: Readonly<Record<string, unknown>>
  /** The arguments whose gradient of the sum of upstream · value is wanted. */
  readonly wrt?: readonly string[]
  readonly upstream?: EncodedArray
  /** The vector that the Hessian is multiplied with, by argument. */
  readonly tangents?: Readonly<Record<string, EncodedArray>>
}

export type Outcome = Success | Failure

export interface Success {
  readonly value: EncodedArray
  readonly gradients?: Readonly<Record<string, EncodedArray>>
  readonly products?: Readonly<Record<string, EncodedArray>>
  /** What ulps are counted at where a result is a difference: the sum of the absolute values of its terms. */
  readonly magnitudes?: Readonly<Record<string, EncodedArray>>
}

export interface Failure {
  readonly error: { readonly class: string; readonly text: string }
}

export const failed = (outcome: Outcome): outcome is Failure => 'error' in outcome

export const decode = ({ dtype, shape, data }: EncodedArray): Tensor => {
  const bytes = Buffer.from(data, 'base64')
  const elements = zeros(
    dtype,
    shape.reduce((size, d) => size * d, 1),
  )
  new Uint8Array(elements.buffer).set(bytes)
  return new Tensor(elements, shape, dtype)
}

export const encode = ({ dtype, shape, data }: Tensor): EncodedArray => ({
  dtype,
  shape,
  data: Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
})
