import type { Tensor } from '../../packages/xent/src/index.ts'
import { decode, type EncodedArray } from '../../packages/xent/test/conformance/call.ts'
import { numbers } from '../../packages/xent/test/support.ts'

/** What a library gave, each number widened exactly. */
export interface Results {
  readonly value: ArrayLike<number>
  /** The value from a call that wants no gradient, where that is computed otherwise. */
  readonly alone?: ArrayLike<number>
  /** By logits. */
  readonly gradient?: ArrayLike<number>
}

/** The elements of a floating tensor as numbers. */
export const elements = (result: Tensor): ArrayLike<number> =>
  result.dtype === 'float32' || result.dtype === 'float64' ? (result.data as Float64Array) : numbers(result)

export const decoded = (encoded: EncodedArray): ArrayLike<number> => elements(decode(encoded))
