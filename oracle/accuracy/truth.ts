import { tensor } from '../../packages/xent/src/index.ts'
import {
  type Call,
  decode,
  type EncodedArray,
  encode,
  failed,
} from '../../packages/xent/test/conformance/call.ts'
import type { Library, Peers } from '../peers.ts'
import { decoded } from './results.ts'

/** True numbers, rounded to float64. */
export interface Numbers {
  readonly values: ArrayLike<number>
  /** Where the numbers are differences: the sums of the absolute values of the terms. */
  readonly magnitudes?: ArrayLike<number>
}

export interface Truth {
  readonly value: Numbers
  readonly gradient?: Numbers
}

/** Asks mpmath, which takes some 0.1 ms an element, or float64 formulas without cancellation. */
export const trueResults = async (
  peers: Peers,
  library: Library & ('truth' | 'float64'),
  call: Call,
): Promise<Truth> => {
  const outcome = (await peers.run([library], widened(call)))[library]
  if (!outcome) throw new Error(`no truth of ${call.function}`)
  if (failed(outcome)) throw new Error(`${call.function}: ${outcome.error.class}: ${outcome.error.text}`)
  const { value, gradients, magnitudes } = outcome
  return {
    value: numbersOf(value, magnitudes?.value),
    ...(gradients?.logits && { gradient: numbersOf(gradients.logits, magnitudes?.logits) }),
  }
}

const numbersOf = (values: EncodedArray, magnitudes: EncodedArray | undefined): Numbers => ({
  values: decoded(values),
  ...(magnitudes && { magnitudes: decoded(magnitudes) }),
})

/** The same call on the same numbers as float64: its truth is rounded to float64, not to the call's type. */
const widened = (call: Call): Call => ({
  ...call,
  args: Object.fromEntries(Object.entries(call.args).map(([key, arg]) => [key, arg && widenedArray(arg)])),
})

const widenedArray = (array: EncodedArray): EncodedArray =>
  array.dtype === 'int32' ? array : encode(tensor(decode(array), 'float64'))

/** How far the float64 formulas are off mpmath, relative to the number, or to its terms where it is a difference. */
export interface Deviation {
  readonly entries: number
  readonly value: number
  readonly gradient?: number
}

export const deviation = (found: Truth, proof: Truth): Deviation => ({
  entries: proof.gradient?.values.length ?? proof.value.values.length,
  value: largestDeviation(found.value, proof.value),
  ...(found.gradient && proof.gradient && { gradient: largestDeviation(found.gradient, proof.gradient) }),
})

const SMALLEST_NORMAL = 2 ** -1022

/** Over the entries of `proof`, the first ones of `found`; numbers that float64 cannot hold to its precision aside. */
const largestDeviation = (found: Numbers, proof: Numbers): number => {
  let largest = 0
  for (let k = 0; k < proof.values.length; k++) {
    const truth = proof.values[k]!
    const size = Math.max(Math.abs(truth), found.magnitudes?.[k] ?? 0)
    if (size >= SMALLEST_NORMAL) largest = Math.max(largest, Math.abs(found.values[k]! - truth) / size)
  }
  return largest
}
