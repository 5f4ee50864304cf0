import { sizeOf } from '../../tensor/shape.ts'
import { Tensor } from '../../tensor/tensor.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import { referenceElements } from '../reference/elements.ts'
import { sumOver } from '../reference/row.ts'
import { writerOf } from '../staging.ts'
import { absent, factors, type Operand, operand, staged, summedOutput } from './operands.ts'
import { blockLength, bytesOf, type Host, type KernelRun, type Work, wholeOf, workOf } from './work.ts'

interface ElementsExports {
  // scratch, x, labels, weights, upstream, value, gradients by x, labels and weights, sums, stride of upstream, size, length
  readonly elements32: KernelRun
  readonly elements64: KernelRun
  readonly SCRATCH_BYTES: WebAssembly.Global
  /** Elements of a row for which the module gives one sum. */
  readonly BLOCK: WebAssembly.Global
}

/** How often the module wants an upstream factor that all elements share. */
const UNIFORM = 4

/** Feeds the `elements` module. */
export const planElements = (
  exports: ElementsExports,
  host: Host,
  call: ElementsCall,
  results: Results,
): Work => {
  const { shape, compute, upstream } = call
  const { mean } = results
  const size = sizeOf(shape)
  // without a mean, all elements are one row
  const length = mean ? (shape.at(-1) ?? 1) : size
  if (mean && length === 1 && !results.value) {
    const { mean: _, ...others } = results
    const value = new Tensor(() => mean.data, shape, mean.dtype)
    return planElements(exports, host, call, { ...others, value })
  }
  // means of nothing
  if (size === 0) referenceElements(call, results)
  const kernel = compute === 'float64' ? exports.elements64 : exports.elements32
  const isUniform = typeof upstream === 'number'
  const operands = [
    ...[call.logits, call.labels, call.posWeight].map((view) => operand(host, view, compute)),
    isUniform ? uniform(host, upstream) : factors(host, upstream),
    ...[results.value, results.logits, results.labels, results.posWeight].map((result) =>
      summedOutput(host, result, compute, shape),
    ),
  ]
  const piece = bytesOf(exports.BLOCK)
  const block = blockLength(size, operands)
  /** A block has whole rows or, where it does not hold one, whole pieces. */
  const isOfRows = length <= block
  const unit = isOfRows ? length : piece
  const means = isOfRows ? meansOf : meansOfLong
  const end: Work['end'] = (from, most) =>
    Math.min(
      from + wholeOf(Math.max(unit, Math.min(block, most)), unit),
      isOfRows ? size : from - (from % length) + length,
    )
  return workOf(size, block, end, {
    operands: [...operands, mean ? means(host, mean, length, piece) : absent],
    inputs: 4,
    scratch: bytesOf(exports.SCRATCH_BYTES),
    run: (scratch, at, from, to) => kernel(scratch, ...at, isUniform ? 0 : 8, to - from, length),
  })
}

/** One factor for all; it fits into the room that every area has. */
const uniform = ({ memory }: Host, upstream: number): Operand => ({
  ...absent,
  load: (_from, _to, at) => {
    memory.views.float64.fill(upstream, at / 8, at / 8 + UNIFORM)
    return at
  },
})

/** Sums of the pieces of whole rows, and their means. */
const meansOf = ({ memory }: Host, mean: Tensor, length: number, piece: number): Operand => {
  const write = writerOf(mean)
  const pieces = Math.ceil(length / piece)
  return staged((8 * pieces) / length, (from, to, at) => {
    const sums = memory.views.float64.subarray(at / 8, at / 8 + (pieces * (to - from)) / length)
    const rows = (to - from) / length
    for (let row = 0; row < rows; row++) {
      const first = row * pieces
      sums[row] = (pieces === 1 ? sums[first]! : sumOver(pieces, (k) => sums[first + k]!)) / length
    }
    write(from / length, to / length, sums, 0)
  })
}

/** The same of rows that are longer than a block. */
const meansOfLong = ({ memory }: Host, mean: Tensor, length: number, piece: number): Operand => {
  const write = writerOf(mean)
  const sums: number[] = []
  return staged(8 / piece, (from, to, at) => {
    const count = Math.ceil((to - from) / piece)
    sums.push(...memory.views.float64.subarray(at / 8, at / 8 + count))
    if (to % length !== 0) return
    const row = to / length - 1
    write(row, row + 1, Float64Array.of(sumOver(sums.length, (k) => sums[k]!) / length), 0)
    sums.length = 0
  })
}
