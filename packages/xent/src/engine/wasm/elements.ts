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
  size: number,
  value: number,
  logits: number,
  labels: number,
  posWeight: number,
) => void

interface ElementsExports {
  readonly elements32: Elements
  readonly elements64: Elements
}

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
  const operands = [...inputs, ...outputs]

  const bytes = operands.reduce((sum, operand) => sum + operand.bytes, 8)
  const block = blockLength(size, bytes)
  const staged = layOut(memory, [...operands.map((operand) => block * operand.bytes), block * 8])
  const upstreamAt = staged.at(-1)!
  const readUpstream = upstreamReader(upstreamSource)

  for (let from = 0; from < size; from += block) {
    const to = Math.min(from + block, size)
    readUpstream(from, to, memory.views.float64, upstreamAt / 8)
    const [x, z, w, value, logits, labels, posWeight] = operands.map((operand, k) =>
      operand.load(from, to, staged[k]!),
    ) as [number, number, number, number, number, number, number]
    kernel(x, z, w, upstreamAt, to - from, value, logits, labels, posWeight)
    for (const [k, operand] of outputs.entries()) operand.store(from, to, staged[inputs.length + k]!)
  }
  for (const operand of outputs) operand.finish()
}
