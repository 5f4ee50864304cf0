import type { Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import { factors, operand, output } from './operands.ts'
import { bytesOf, type Host, type KernelRun, rowWork, type Work } from './work.ts'

interface ProbabilitiesExports {
  // scratch, x, upstream, value, gradient, rows, classes, log
  readonly probabilities32: KernelRun
  readonly probabilities64: KernelRun
  readonly SCRATCH_BYTES: WebAssembly.Global
}

/** Feeds the `probabilities` module. */
export const planProbabilities = (
  exports: ProbabilitiesExports,
  host: Host,
  { logits, axis, compute, log, upstream }: ProbabilitiesCall,
  results: Results,
): Work => {
  const { shape } = logits
  const classes = shape[axis]!
  const kernel = compute === 'float64' ? exports.probabilities64 : exports.probabilities32
  return rowWork(shape, axis, {
    operands: [
      operand(host, logits, compute, axis),
      factors(host, results.logits && upstream, axis, classes),
      output(host, results.value, compute, axis),
      output(host, results.logits, compute, axis),
    ],
    inputs: 2,
    scratch: bytesOf(exports.SCRATCH_BYTES),
    run: (scratch, at, from, to) => kernel(scratch, ...at, to - from, classes, Number(log)),
  })
}
