import { type Tensor, XentError } from '../../src/index.ts'
import type { FloatName } from '../support.ts'
import { type Call, decode, type EncodedArray, failed, type Outcome } from './call.ts'
import type { Peer } from './differences.ts'
import { type Fault, faultsOf } from './faults.ts'
import { type Results, values } from './run.ts'
import { sharesWording } from './wording.ts'

/** What a library's own rounding may come to, in ulps at the magnitude of the numbers that it adds. */
const ulpsOf: Readonly<Record<FloatName, number>> = { float16: 8, bfloat16: 8, float32: 8, float64: 16 }

/** Where xent and a library disagree: `value`, an argument for its gradient, `product by` an argument, or `error`. */
export interface Disagreement extends Fault {
  readonly where: string
}

/** Holds results against a library's, and an error against TensorFlow's words. */
export const againstPeer = (
  peer: Peer,
  call: Call,
  own: Results | XentError,
  outcome: Outcome,
): readonly Disagreement[] => {
  if (own instanceof XentError) {
    if (!failed(outcome)) return [{ where: 'error', text: `accepts what xent refuses: ${own.message}` }]
    if (peer !== 'tensorflow' || sharesWording(own.message, outcome.error.text)) return []
    return [{ where: 'error', text: `says "${outcome.error.text}", xent "${own.message}"` }]
  }
  if (failed(outcome)) return [{ where: 'error', text: `refuses what xent accepts: ${outcome.error.text}` }]

  const found: Disagreement[] = []
  const check = (where: string, actual: Tensor | undefined, expected: EncodedArray, scale: number): void => {
    const dtype = expected.dtype as FloatName
    const faults = actual
      ? faultsOf(actual, expected, { dtype, ulps: ulpsOf[dtype], scale: () => scale })
      : [{ text: 'xent has none' }]
    found.push(...faults.map((fault) => ({ where, ...fault })))
  }
  const largest = largestOf(call)
  const terms = 1 + (call.upstream ? decode(call.upstream).size : 1)
  check('value', own.value, outcome.value, largest * summed(call, own.value))
  for (const [name, expected] of Object.entries(outcome.gradients ?? {})) {
    check(name, own.gradients[name], expected, largest * terms)
  }
  for (const [name, expected] of Object.entries(outcome.products ?? {})) {
    check(`product by ${name}`, own.products[name], expected, largest * largest * terms)
  }
  return found
}

/** How many terms are summed in an element of the value. */
const summed = ({ args }: Call, value: Tensor): number =>
  Math.max(1, ...Object.values(args).map((array) => (array ? decode(array).size / value.size : 0)))

/** The largest finite number of a call, at least 1. */
const largestOf = ({ args, upstream, tangents }: Call): number =>
  [...Object.values(args), upstream, ...Object.values(tangents ?? {})]
    .flatMap((array) => (array ? values(array) : []))
    .filter(Number.isFinite)
    .reduce((largest, value) => Math.max(largest, Math.abs(value)), 1)
