import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  bfloat16ToNumber,
  float16ToNumber,
  numberToBfloat16,
  numberToFloat16,
} from '../packages/xent/src/tensor/float16.ts'
import { extentsOf, type FloatName, sizeOf, type Workload } from './workloads.ts'

/** What every contestant gets. */
export interface Inputs {
  /** As numbers; 16-bit types are stored as bits. */
  readonly logits: Float32Array | Float64Array
  /** Class indices of the sparse loss, a value for each logit of the dense and the sigmoid one. */
  readonly labels: Int32Array | Float32Array | undefined
  /** The elements whose results are checked where there are too many to check all. */
  readonly picks: Int32Array
}

/** Paths of the raw arrays, little-endian as the machine is. */
export interface Files {
  readonly logits: string
  readonly labels: string
  readonly picks: string
}

type Random = () => number

/** Numbers in [0, 1), multiples of 2^-24, so that 16 of them less 8 is exact in float32. */
const random = (seed: number): Random => {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return (state >>> 8) / 2 ** 24
  }
}

/** The arrays of a workload, the same in every run. */
export const inputsOf = (workload: Workload): Inputs => {
  const next = random(1)
  const logits = valuesOf(workload.dtype, sizeOf(workload), () => 16 * next() - 8)
  const labels = labelsOf(workload, random(2))
  return { logits, labels, picks: picksOf(workload, labels, random(3)) }
}

/** Writes them into a folder, over those of the workload before. */
export const writeInputs = (
  { dtype }: Workload,
  { logits, labels, picks }: Inputs,
  folder: string,
): Files => {
  const write = (name: string, array: ArrayBufferView | undefined): string => {
    const path = join(folder, `${name}.bin`)
    writeFileSync(path, array ? new Uint8Array(array.buffer, array.byteOffset, array.byteLength) : '')
    return path
  }
  const encode = coders[dtype]?.encode
  return {
    logits: write('logits', encode ? Uint16Array.from(logits, encode) : logits),
    labels: write('labels', labels),
    picks: write('picks', picks),
  }
}

const coders: Readonly<
  Partial<Record<FloatName, { encode: (value: number) => number; decode: (bits: number) => number }>>
> = {
  float16: { encode: numberToFloat16, decode: float16ToNumber },
  bfloat16: { encode: numberToBfloat16, decode: bfloat16ToNumber },
}

const valuesOf = (dtype: FloatName, size: number, draw: Random): Float32Array | Float64Array => {
  const values = dtype === 'float64' ? new Float64Array(size) : new Float32Array(size)
  const coder = coders[dtype]
  const drawn = coder ? () => coder.decode(coder.encode(draw())) : draw
  for (let k = 0; k < size; k++) values[k] = drawn()
  return values
}

const labelsOf = (workload: Workload, next: Random): Inputs['labels'] => {
  const { outer, classes, inner } = extentsOf(workload)
  switch (workload.fn) {
    case 'sparse':
      return Int32Array.from({ length: outer * inner }, () => Math.floor(next() * classes))
    case 'dense':
      return distributions(outer, classes, next)
    case 'sigmoid':
      return Float32Array.from({ length: sizeOf(workload) }, next)
    default:
      return undefined
  }
}

const distributions = (rows: number, classes: number, next: Random): Float32Array => {
  const labels = new Float32Array(rows * classes)
  for (let start = 0; start < labels.length; start += classes) {
    let sum = 0
    for (let j = start; j < start + classes; j++) sum += labels[j] = next()
    for (let j = start; j < start + classes; j++) labels[j]! /= sum
  }
  return labels
}

const RANDOM_PICKS = 20_000
const PICKED_ROWS = 2_000

/** Random elements, and those of the labels, where the gradient has its largest entries. */
const picksOf = (workload: Workload, labels: Inputs['labels'], next: Random): Int32Array => {
  const size = sizeOf(workload)
  const { outer, classes, inner } = extentsOf(workload)
  const picks = Array.from({ length: Math.min(size, RANDOM_PICKS) }, () => Math.floor(next() * size))
  if (workload.fn !== 'sparse') return Int32Array.from(picks)
  const rows = outer * inner
  for (let row = 0; row < rows; row += Math.ceil(rows / PICKED_ROWS)) {
    picks.push((Math.floor(row / inner) * classes + labels![row]!) * inner + (row % inner))
  }
  return Int32Array.from(picks)
}
