import { type Tensor, XentError } from '../../src/index.ts'
import type { FloatName } from '../support.ts'
import type { Call, EncodedArray, Success } from './call.ts'
import { faultsOf } from './faults.ts'
import { type Results, values } from './run.ts'

export interface Exactness {
  readonly faults: readonly string[]
  /** How many float32 results were held against the truth, and how many of them are not the nearest number. */
  readonly compared: number
  readonly misrounded: number
}

/** Allowed errors in ulps. What the reference makes of narrower types than float64 is nearly always the nearest number. */
const ulpsOf = (engine: string, dtype: FloatName, isValue: boolean): number => {
  if (engine === 'reference') return dtype === 'float64' ? 4 : 1
  return { float16: 1, bfloat16: 1, float32: isValue ? 2 : 3, float64: isValue ? 8 : 16 }[dtype]
}

/** Below this, float64 has no room for the digits of the numbers that make a result. */
const UNDERFLOW = 2 ** -1000

/** Holds results against the truth: ulps are those of the result, or of its terms where it is a difference. */
export const againstTruth = (
  engine: string,
  call: Call,
  own: Results | XentError,
  truth: Success,
): Exactness => {
  if (own instanceof XentError)
    return { faults: [`truth: refused: ${own.message}`], compared: 0, misrounded: 0 }
  const faults: string[] = []
  let compared = 0
  let misrounded = 0
  const computed = call.args.logits!.dtype as FloatName

  const check = (where: string, actual: Tensor, expected: EncodedArray, leeway = 1, least = 0): void => {
    const magnitudes = truth.magnitudes?.[where] ? values(truth.magnitudes[where]) : []
    // the gradient of a float64 argument is computed in the type of the logits
    const dtype = actual.dtype === 'float64' ? computed : (actual.dtype as FloatName)
    const ulps = leeway * ulpsOf(engine, dtype, where === 'value')
    const scale = (k: number): number => Math.max(magnitudes[k] ?? 0, least, UNDERFLOW)
    const [fault] = faultsOf(actual, expected, { dtype, ulps, scale })
    if (fault) faults.push(`truth: ${where}: ${fault.text}`)
  }
  const count = (actual: Tensor, expected: EncodedArray): void => {
    if (actual.dtype !== 'float32') return
    const found = values(actual)
    for (const [k, nearest] of values(expected).entries()) {
      compared++
      if (found[k] !== nearest) misrounded++
    }
  }

  check('value', own.value, truth.value)
  count(own.value, truth.value)
  for (const [name, expected] of Object.entries(truth.gradients ?? {})) {
    check(name, own.gradients[name]!, expected)
    count(own.gradients[name]!, expected)
  }
  for (const [name, expected] of Object.entries(truth.products ?? {})) {
    const actual = own.products[name]!
    // the terms of a product are as large as the largest of them, and as many as an argument was broadcast to
    const largest = Math.max(0, ...values(expected).map(Math.abs))
    const terms = Math.max(1, own.value.size / actual.size)
    check(`product by ${name}`, actual, expected, 2, largest * terms)
  }
  return { faults, compared, misrounded }
}
