import { sizeOf } from '../../tensor/shape.ts'
import { Tensor } from '../../tensor/tensor.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import { referenceElements } from '../reference/elements.ts'
import { sumOver } from '../reference/row.ts'
import { writerOf } from '../staging.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, factors, input, layOut, summedOutput } from './operands.ts'

type Elements = (
  x: number,
  z: number,
  w: number,
  upstream: number,
  upstreamStride: number,
  size: number,
  length: number,
  value: number,
  logits: number,
  labels: number,
  posWeight: number,
  sums: number,
  scratch: number,
) => void

interface ElementsExports {
  readonly elements32: Elements
  readonly elements64: Elements
  readonly SCRATCH_BYTES: WebAssembly.Global
  /** Elements of a row for which the module gives one sum. */
  readonly BLOCK: WebAssembly.Global
}

/** How often the module wants an upstream factor that all elements share. */
const UNIFORM = 4

/** Feeds the `elements` module block by block. */
export const runElements = (
  exports: ElementsExports,
  memory: LinearMemory,
  call: ElementsCall,
  results: Results,
): void => {
  const { shape, compute } = call
  const { mean } = results
  const size = sizeOf(shape)
  if (size === 0) {
    referenceElements(call, results)
    return
  }
  // without a mean, all elements are one row
  const length = mean ? (shape.at(-1) ?? 1) : size
  if (mean && length === 1 && !results.value) {
    const { mean: _, ...others } = results
    const value = new Tensor(() => mean.data, shape, mean.dtype)
    runElements(exports, memory, call, { ...others, value })
    return
  }
  const kernel = compute === 'float64' ? exports.elements64 : exports.elements32
  const inputs = [call.logits, call.labels, call.posWeight].map((view) => input(memory, view, compute))
  const outputs = [results.value, results.logits, results.labels, results.posWeight].map((result) =>
    summedOutput(memory, result, compute, shape),
  )
  const operands = [...inputs, ...outputs]
  const upstream = factors(memory, call.upstream)
  const isUniform = typeof call.upstream === 'number'

  const bytes = operands.reduce((sum, operand) => sum + operand.bytes, isUniform ? 0 : upstream.bytes)
  const block = blockLength(size, bytes)
  const piece = mean ? (exports.BLOCK.value as number) : 1
  const pieces = Math.ceil(length / piece)
  const staged = layOut(memory, [
    ...operands.map((operand) => block * operand.bytes),
    (isUniform ? UNIFORM : block) * upstream.bytes,
    mean ? Math.ceil(block / length) * pieces * 8 : 0,
    exports.SCRATCH_BYTES.value as number,
  ])
  const [upstreamAt, sumsAt, scratchAt] = staged.slice(operands.length) as [number, number, number]
  if (isUniform) upstream.load(0, UNIFORM, upstreamAt)
  const writeMeans = mean && writerOf(mean)

  /** Whole rows, or whole pieces of one, as many as the block holds. */
  const endOf = (from: number): number =>
    length <= block
      ? Math.min(from + block - (block % length), size)
      : Math.min(from + block - (block % piece), from - (from % length) + length)

  for (let from = 0, to = 0; from < size; from = to) {
    to = endOf(from)
    const u = isUniform ? upstreamAt : upstream.load(from, to, upstreamAt)
    const [x, z, w, value, logits, labels, posWeight] = operands.map((operand, k) =>
      operand.load(from, to, staged[k]!),
    ) as [number, number, number, number, number, number, number]
    kernel(
      x,
      z,
      w,
      u,
      isUniform ? 0 : 8,
      to - from,
      length,
      value,
      logits,
      labels,
      posWeight,
      // sums of a row that is longer than a block lie side by side
      mean ? sumsAt + ((from % length) / piece) * 8 : 0,
      scratchAt,
    )
    for (const [k, operand] of outputs.entries()) operand.store(from, to, staged[inputs.length + k]!)
    if (writeMeans && to % length === 0) {
      const rows = Math.ceil((to - from) / length)
      average(memory.views.float64, sumsAt / 8, rows, pieces, length)
      writeMeans(to / length - rows, to / length, memory.views.float64, sumsAt / 8)
    }
  }
}

/** Makes means of the sums of the pieces of rows; they lie where the sums did. */
const average = (sums: Float64Array, at: number, rows: number, pieces: number, length: number): void => {
  for (let row = 0; row < rows; row++) {
    const first = at + row * pieces
    sums[at + row] = (pieces === 1 ? sums[first]! : sumFrom(sums, first, pieces)) / length
  }
}

const sumFrom = (sums: Float64Array, first: number, count: number): number =>
  sumOver(count, (k) => sums[first + k]!)
