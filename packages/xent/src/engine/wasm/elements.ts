import { sizeOf } from '../../tensor/shape.ts'
import type { ElementsCall } from '../elements.ts'
import type { Results } from '../engine.ts'
import { upstreamReader } from '../staging.ts'
import type { LinearMemory } from './memory.ts'
import { blockLength, input, layOut, output, pinnedUpstream } from './operands.ts'

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
  const last = shape.length - 1
  const kernel = compute === 'float64' ? exports.elements64 : exports.elements32
  const inputs = [call.logits, call.labels, call.posWeight].map((view) => input(memory, view, last, compute))
  const outputs = [results.value, results.logits, results.labels, results.posWeight].map((result) =>
    output(memory, result, shape, last, compute),
  )
  const upstreamSource = pinnedUpstream(memory, call.upstream)
  const isUniform = typeof upstreamSource === 'number'
  const operands = [...inputs, ...outputs]

  const bytes = operands.reduce((sum, operand) => sum + operand.bytes, isUniform ? 0 : 8)
  const block = blockLength(size, bytes)
  const staged = layOut(memory, [
    ...operands.map((operand) => block * operand.bytes),
    isUniform ? UNIFORM * 8 : block * 8,
    exports.SCRATCH_BYTES.value as number,
  ])
  const [upstreamAt, scratchAt] = staged.slice(operands.length) as [number, number]
  const readUpstream = upstreamReader(upstreamSource)
  if (isUniform) readUpstream(0, UNIFORM, memory.views.float64, upstreamAt / 8)

  for (let from = 0; from < size; from += block) {
    const to = Math.min(from + block, size)
    if (!isUniform) readUpstream(from, to, memory.views.float64, upstreamAt / 8)
    const [x, z, w, value, logits, labels, posWeight] = operands.map((operand, k) =>
      operand.load(from, to, staged[k]!),
    ) as [number, number, number, number, number, number, number]
    kernel(x, z, w, upstreamAt, isUniform ? 0 : 8, to - from, value, logits, labels, posWeight, scratchAt)
    for (const [k, operand] of outputs.entries()) operand.store(from, to, staged[inputs.length + k]!)
  }
  for (const operand of outputs) operand.finish()
}
