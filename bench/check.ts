import type { Truth } from './truth.ts'
import { type FloatName, isPerRow, type Part, partName, titleOf, type Workload } from './workloads.ts'

/** How far a result may be off, for the fastest libraries are not the most careful ones: docs/accuracy.md measures that. */
const tolerances: Readonly<Record<FloatName, number>> = {
  float64: 1e-9,
  float32: 1e-3,
  float16: 2e-2,
  bfloat16: 1e-1,
}

/** The results of a contestant, where the truth has its own. */
export interface Found {
  readonly value: Float64Array
  readonly gradient: Float64Array | undefined
}

export interface Expected {
  readonly truth: Truth
  /** The elements that entries stand for, where not all are looked at. */
  readonly picks: Int32Array
}

/** Throws where a result is wrong: a library that computes something else is not to be compared. */
export const check = (
  contestant: string,
  workload: Workload,
  part: Part,
  found: Found,
  { truth, picks }: Expected,
): void => {
  const where = `${contestant}, ${titleOf(workload)}, ${partName(part)}`
  const compare = (
    name: string,
    results: Float64Array,
    truths: Float64Array,
    scale: number,
    elements?: Int32Array,
  ): void => {
    if (results.length !== truths.length) {
      throw new Error(`${where}: ${name} has ${results.length} entries, not ${truths.length}`)
    }
    const allowed = (truth: number): number => tolerances[workload.dtype] * (Math.abs(truth) + scale)
    const wrong = results.findIndex((result, k) => !(Math.abs(result - truths[k]!) <= allowed(truths[k]!)))
    if (wrong < 0) return
    const place = `${name}[${elements ? elements[wrong] : wrong}]`
    const truth = truths[wrong]!
    throw new Error(
      `${where}: ${place} is ${results[wrong]}, the truth ${truth}: more than ${allowed(truth)} off`,
    )
  }
  const valueScale = workload.fn === 'softmax' ? PROBABILITY : LOSS
  compare('value', found.value, truth.value, valueScale, isPerRow(workload) ? undefined : picks)
  if (part === 'gradient') compare('gradient', found.gradient!, truth.gradient, PROBABILITY, picks)
}

/** The tolerance is of the truth plus this much. */
const LOSS = 1
const PROBABILITY = 1e-3
