import { sizeOf } from '../../tensor/shape.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, factors, input, layOut, summedOutput } from './operands.ts'

type Elements = (
  x: number,
  z: number,
  w: number,
  upstream: number,
  upstreamStride: number,
  size: number,
  value: number,
  logits: number,
  labels: number,
  posWeight: number,
  scratch: number,
) => void

interface ElementsExports {
  readonly elements32: Elements
  readonly elements64: Elements
  readonly SCRATCH_BYTES: WebAssembly.Global
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
  const size = sizeOf(shape)
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
  const staged = layOut(memory, [
    ...operands.map((operand) => block * operand.bytes),
    (isUniform ? UNIFORM : block) * upstream.bytes,
    exports.SCRATCH_BYTES.value as number,
  ])
  const [upstreamAt, scratchAt] = staged.slice(operands.length) as [number, number]
  if (isUniform) upstream.load(0, UNIFORM, upstreamAt)

  for (let from = 0; from < size; from += block) {
    const to = Math.min(from + block, size)
    const u = isUniform ? upstreamAt : upstream.load(from, to, upstreamAt)
    const [x, z, w, value, logits, labels, posWeight] = operands.map((operand, k) =>
      operand.load(from, to, staged[k]!),
    ) as [number, number, number, number, number, number, number]
    kernel(x, z, w, u, isUniform ? 0 : 8, to - from, value, logits, labels, posWeight, scratchAt)
    for (const [k, operand] of outputs.entries()) operand.store(from, to, staged[inputs.length + k]!)
  }
}
