import type { Inputs } from './inputs.ts'
import { extentsOf, isPerRow, type Workload } from './workloads.ts'

/** What is right, in float64: losses of rows one by one, everything that has an entry per logit at the picks. */
export interface Truth {
  readonly value: Float64Array
  readonly gradient: Float64Array
}

export const truthOf = (workload: Workload, inputs: Inputs): Truth => {
  const { logits, labels, picks } = inputs
  const rows = workload.fn === 'sigmoid' ? undefined : rowsOf(workload, inputs)
  const { classes, inner } = extentsOf(workload)
  const at = (k: number): Element => {
    const row = Math.floor(k / (classes * inner)) * inner + (k % inner)
    return {
      x: logits[k]!,
      logSum: rows ? rows.logSums[row]! : 0,
      label:
        workload.fn === 'sparse'
          ? Number(labels![row] === Math.floor(k / inner) % classes)
          : (labels?.[k] ?? 0),
    }
  }
  return {
    value: isPerRow(workload) ? rows!.losses : Float64Array.from(picks, (k) => valueAt(workload, at(k))),
    gradient: Float64Array.from(picks, (k) => gradientAt(workload, at(k))),
  }
}

interface Element {
  readonly x: number
  /** log Σ exp of its row. */
  readonly logSum: number
  /** Of this class: 1 or 0 in the sparse loss. */
  readonly label: number
}

const valueAt = ({ fn }: Workload, { x, logSum, label }: Element): number => {
  if (fn === 'sigmoid') return Math.max(x, 0) - x * label + Math.log1p(Math.exp(-Math.abs(x)))
  return fn === 'softmax' ? Math.exp(x - logSum) : x - logSum
}

const gradientAt = ({ fn }: Workload, { x, logSum, label }: Element): number =>
  (fn === 'sigmoid' ? 1 / (1 + Math.exp(-x)) : Math.exp(x - logSum)) - label

interface Rows {
  readonly logSums: Float64Array
  readonly losses: Float64Array
}

/** No maximum is taken off, for the logits are between ±8. */
const rowsOf = (workload: Workload, { logits, labels }: Inputs): Rows => {
  const { outer, classes, inner } = extentsOf(workload)
  const logSums = new Float64Array(outer * inner)
  const losses = new Float64Array(outer * inner)
  for (let row = 0; row < logSums.length; row++) {
    const start = Math.floor(row / inner) * classes * inner + (row % inner)
    const end = start + classes * inner
    let sum = 0
    for (let k = start; k < end; k += inner) sum += Math.exp(logits[k]!)
    const logSum = Math.log(sum)
    logSums[row] = logSum
    if (workload.fn === 'sparse') losses[row] = logSum - logits[start + labels![row]! * inner]!
    if (workload.fn !== 'dense') continue
    let loss = 0
    for (let k = start; k < end; k += inner) loss += labels![k]! * (logSum - logits[k]!)
    losses[row] = loss
  }
  return { logSums, losses }
}
