import { type Tensor, type XentEngine, XentError } from '../../src/index.ts'
import { type FloatName, ulp } from '../support.ts'
import { type Call, decode, type EncodedArray, failed, type Outcome, type Success } from './call.ts'
import { differences, type Peer } from './differences.ts'
import { type Results, runCall, values } from './run.ts'
import { sharesWording } from './wording.ts'

/** A call, and what the libraries and high precision make of it. */
export interface Recorded {
  readonly name: string
  readonly call: Call
  readonly outcomes: Readonly<Partial<Record<Peer | 'truth', Outcome | null>>>
}

export interface Verdict {
  /** What an engine does wrong; nothing where all is well. */
  readonly faults: readonly string[]
  /** The deliberate differences that showed, by their name. */
  readonly differences: readonly string[]
  /** How many results were held against the truth, and how many of them are not the nearest number of their type. */
  readonly compared: number
  readonly misrounded: number
}

/** Holds what an engine makes of a call against the truth, as close as can be, and against the libraries. */
export const judge = async (engine: XentEngine, recorded: Recorded): Promise<Verdict> => {
  const { call, outcomes } = recorded
  const own = await attempt(engine, call)
  const faults: string[] = []
  const shown: string[] = []
  for (const peer of ['tensorflow', 'torch', 'jax'] as const) {
    const outcome = outcomes[peer]
    if (!outcome) continue
    const likewise = peer === 'tensorflow' ? await attempt(engine, call, 'tensorflow') : own
    const found = againstPeer(peer, call, likewise, outcome)
    if (!found) continue
    const mismatch = { call, peer, outcome, own: likewise, where: found.where }
    const known = differences.find((one) => one.applies(mismatch))
    if (known) shown.push(known.name)
    else faults.push(`${peer}: ${found.where}: ${found.text}`)
  }
  const { truth } = outcomes
  // where a library refuses the call, or xent does so on purpose, there is nothing to be true
  const isMeant = shown.length > 0 || Object.values(outcomes).some((outcome) => outcome && failed(outcome))
  if (!truth || failed(truth) || (own instanceof XentError && isMeant)) {
    return { faults, differences: shown, compared: 0, misrounded: 0 }
  }
  const checked = againstTruth(engine.name, call, own, truth)
  return { ...checked, faults: [...faults, ...checked.faults], differences: shown }
}

const attempt = async (
  engine: XentEngine,
  call: Call,
  gradient?: 'tensorflow',
): Promise<Results | XentError> => {
  try {
    return await runCall(engine, call, gradient)
  } catch (error) {
    if (error instanceof XentError) return error
    throw error
  }
}

// ---- the truth

/**
 * Allowed errors in ulps: the reference within 4 of float64 and nearly always the nearest number of a narrower type;
 * the other engines' values and gradients within these.
 */
const truthUlps = (engine: string, dtype: string, isValue: boolean): number => {
  if (engine === 'reference') return dtype === 'float64' ? 4 : 1
  return { float16: 1, bfloat16: 1, float32: isValue ? 2 : 3, float64: isValue ? 8 : 16 }[dtype as FloatName]
}

/** Below this, float64 has no room for the digits of the numbers that make a result. */
const UNDERFLOW = 2 ** -1000

const againstTruth = (
  engine: string,
  call: Call,
  own: Results | XentError,
  truth: Success,
): Omit<Verdict, 'differences'> => {
  if (own instanceof XentError)
    return { faults: [`truth: refused: ${own.message}`], compared: 0, misrounded: 0 }
  const faults: string[] = []
  let compared = 0
  let misrounded = 0
  // the gradient of a float64 argument is computed in the type of the logits
  const dtype = call.args.logits!.dtype as FloatName
  const fault = (actual: Tensor, expected: EncodedArray, ulps: number, at: (k: number) => number) =>
    kindFault(actual, expected) ??
    elementFault(
      actual,
      expected,
      actual.dtype === 'float64' ? dtype : (actual.dtype as FloatName),
      ulps,
      (k) => Math.max(at(k), UNDERFLOW),
    )
  const check = (name: string, actual: Tensor, expected: EncodedArray, ulps: number, at: number[]): void => {
    const found = fault(actual, expected, ulps, (k) => at[k] ?? 0)
    if (found) faults.push(`truth: ${name}: ${found}`)
    if (actual.dtype !== 'float32') return
    const a = values(actual)
    for (const [k, b] of values(expected).entries()) {
      compared++
      if (a[k] !== b) misrounded++
    }
  }
  const magnitude = (name: string): number[] => {
    const recorded = truth.magnitudes?.[name]
    return recorded ? values(recorded) : []
  }
  check('value', own.value, truth.value, truthUlps(engine, own.value.dtype, true), magnitude('value'))
  for (const [name, expected] of Object.entries(truth.gradients ?? {})) {
    const actual = own.gradients[name]!
    check(name, actual, expected, truthUlps(engine, actual.dtype, false), magnitude(name))
  }
  for (const [name, expected] of Object.entries(truth.products ?? {})) {
    const actual = own.products[name]!
    // the terms of a product are as large as the largest of them, and as many as an argument was broadcast to
    const largest = Math.max(0, ...values(expected).map(Math.abs))
    const terms = Math.max(1, own.value.size / actual.size)
    const found = fault(actual, expected, 2 * truthUlps(engine, dtype, false), () => largest * terms)
    if (found) faults.push(`truth: product by ${name}: ${found}`)
  }
  return { faults, compared, misrounded }
}

// ---- the libraries

/** What a library's own rounding may come to, in ulps at the magnitude of the numbers that it adds. */
const peerUlps: Readonly<Record<string, number>> = { float16: 8, bfloat16: 8, float32: 8, float64: 16 }

interface Found {
  readonly where: string
  readonly text: string
}

const againstPeer = (
  peer: Peer,
  call: Call,
  own: Results | XentError,
  outcome: Outcome,
): Found | undefined => {
  if (own instanceof XentError) {
    if (!failed(outcome)) return { where: 'error', text: `accepts what xent refuses: ${own.message}` }
    // xent speaks as TensorFlow does
    if (peer !== 'tensorflow' || sharesWording(own.message, outcome.error.text)) return undefined
    return { where: 'error', text: `says "${outcome.error.text}", xent "${own.message}"` }
  }
  if (failed(outcome)) return { where: 'error', text: `refuses what xent accepts: ${outcome.error.text}` }
  const { scale, terms } = scaleOf(call)
  const check = (
    where: string,
    actual: Tensor | undefined,
    expected: EncodedArray,
    at: number,
  ): Found | undefined => {
    const text = actual
      ? (kindFault(actual, expected) ??
        elementFault(actual, expected, actual.dtype as FloatName, peerUlps[actual.dtype]!, () => at))
      : 'xent has none'
    return text === undefined ? undefined : { where, text }
  }
  const checks = [
    () => check('value', own.value, outcome.value, scale * summed(call, own.value)),
    ...Object.entries(outcome.gradients ?? {}).map(
      ([name, expected]) =>
        () =>
          check(name, own.gradients[name], expected, scale * terms),
    ),
    ...Object.entries(outcome.products ?? {}).map(
      ([name, expected]) =>
        () =>
          check(`product by ${name}`, own.products[name], expected, scale * scale * terms),
    ),
  ]
  for (const each of checks) {
    const found = each()
    if (found) return found
  }
  return undefined
}

/** How many terms are summed in an element of the value. */
const summed = ({ args }: Call, value: Tensor): number =>
  Math.max(1, ...Object.values(args).map((array) => (array ? decode(array).size / value.size : 0)))

/** The largest finite number of a call, and how many are summed in the gradient of a broadcast argument. */
const scaleOf = ({ args, upstream, tangents }: Call): { scale: number; terms: number } => {
  const arrays = [...Object.values(args), upstream, ...Object.values(tangents ?? {})]
  let scale = 1
  for (const array of arrays) {
    if (!array) continue
    for (const value of values(array)) if (Number.isFinite(value)) scale = Math.max(scale, Math.abs(value))
  }
  return { scale, terms: 1 + (upstream ? decode(upstream).size : 1) }
}

// ---- arrays

const kindFault = (actual: Tensor, expected: EncodedArray): string | undefined => {
  const kinds = [actual, expected].map(({ dtype, shape }) => `${dtype} of shape [${shape.join(', ')}]`)
  return kinds[0] === kinds[1] ? undefined : `${kinds[0]}, expected ${kinds[1]}`
}

const elementFault = (
  actual: Tensor,
  expected: EncodedArray,
  dtype: FloatName,
  ulps: number,
  scale: (index: number) => number,
): string | undefined => {
  const a = values(actual)
  const b = values(expected)
  for (const [k, truth] of b.entries()) {
    const value = a[k]!
    if (Object.is(value, truth) || value === truth) continue
    const bound = ulps * ulp(Math.max(Math.abs(truth), scale(k)), dtype)
    if (Number.isFinite(truth) && Math.abs(value - truth) <= bound) continue
    const off = Math.abs(value - truth) / ulp(Math.max(Math.abs(truth), scale(k)), dtype)
    return `element ${k}: ${value}, expected ${truth}: ${off.toPrecision(3)} ulp of ${dtype} away, ${ulps} allowed`
  }
  return undefined
}
