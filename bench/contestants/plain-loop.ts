// What one writes by hand, without a library: two passes over a row for the loss, a third for its gradient.
import { extentsOf } from '../workloads.ts'
import { type Found, serve } from './serve.ts'

interface Rows {
  readonly logits: Float32Array
  readonly labels: Int32Array
  readonly classes: number
  /** The distance between the classes of a row. */
  readonly inner: number
}

const losses = ({ logits, labels, classes, inner }: Rows, gradient?: Float32Array): Float32Array => {
  const losses = new Float32Array(labels.length)
  for (let row = 0; row < labels.length; row++) {
    const start = Math.floor(row / inner) * classes * inner + (row % inner)
    const end = start + classes * inner
    let max = -Infinity
    for (let k = start; k < end; k += inner) max = Math.max(max, logits[k]!)
    let sum = 0
    for (let k = start; k < end; k += inner) sum += Math.exp(logits[k]! - max)
    const target = start + labels[row]! * inner
    losses[row] = Math.log(sum) + max - logits[target]!
    if (!gradient) continue
    for (let k = start; k < end; k += inner) gradient[k] = Math.exp(logits[k]! - max) / sum
    gradient[target]! -= 1
  }
  return losses
}

await serve({
  about: `a loop over a Float32Array, Node ${process.versions.node}`,
  load: (workload, { logits, labels }) => {
    const { classes, inner } = extentsOf(workload)
    const rows = { logits: logits as Float32Array, labels: labels as Int32Array, classes, inner }
    const gradient = new Float32Array(logits.length)
    return {
      runners: {
        value: { call: () => losses(rows), results: () => ({ value: losses(rows) }) },
        gradient: {
          call: () => losses(rows, gradient),
          results: (): Found => ({ value: losses(rows, gradient), gradient }),
        },
      },
      free: () => {},
    }
  },
})
