import type { Results } from '../engine.ts'
import type { ProbabilitiesCall } from '../probabilities.ts'
import { rowCount } from '../staging.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, factors, input, layOut, output } from './operands.ts'

type Probabilities = (
  x: number,
  upstream: number,
  value: number,
  logits: number,
  rows: number,
  classes: number,
  log: number,
  scratch: number,
) => void

interface ProbabilitiesExports {
  readonly probabilities32: Probabilities
  readonly probabilities64: Probabilities
  readonly SCRATCH_BYTES: WebAssembly.Global
}

/** Feeds the `probabilities` module block by block. */
export const runProbabilities = (
  exports: ProbabilitiesExports,
  memory: LinearMemory,
  call: ProbabilitiesCall,
  results: Results,
): void => {
  const { logits, axis, compute } = call
  const classes = logits.shape[axis]!
  const rows = rowCount(logits.shape, axis)
  const kernel = compute === 'float64' ? exports.probabilities64 : exports.probabilities32
  const x = input(memory, logits, compute, axis)
  const value = output(memory, results.value, compute, axis)
  const slope = output(memory, results.logits, compute, axis)
  const upstream = factors(memory, results.logits && call.upstream, axis)

  const block = blockLength(rows, classes * (x.bytes + value.bytes + slope.bytes + upstream.bytes))
  const size = block * classes
  const [xAt, valueAt, slopeAt, upstreamAt, scratchAt] = layOut(memory, [
    size * x.bytes,
    size * value.bytes,
    size * slope.bytes,
    size * upstream.bytes,
    exports.SCRATCH_BYTES.value as number,
  ]) as [number, number, number, number, number]

  for (let row = 0; row < rows; row += block) {
    const count = Math.min(block, rows - row)
    const from = row * classes
    const to = from + count * classes
    kernel(
      x.load(from, to, xAt),
      upstream.load(from, to, upstreamAt),
      value.load(from, to, valueAt),
      slope.load(from, to, slopeAt),
      count,
      classes,
      Number(call.log),
      scratchAt,
    )
    value.store(from, to, valueAt)
    slope.store(from, to, slopeAt)
  }
}
