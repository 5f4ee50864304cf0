import { decoded, encoded } from '../tensor/encoding.ts'
import type { TensorLike } from '../tensor/read.ts'
import type { Shape } from '../tensor/shape.ts'
import { contiguousView, elementsIn } from '../tensor/strided.ts'
import { type FloatTensor, Tensor } from '../tensor/tensor.ts'
import type { LossKey, Pair } from './pair.ts'
import type { Plan } from './plan.ts'

/** What the functions of `xent` call labels and predictions. */
export type NnKey = 'labels' | 'logits'

const nnKeys = { yTrue: 'labels', yPred: 'logits' } as const

/** What a function of `xent` gives, with the gradients that were asked for. */
export interface Computed {
  readonly value: FloatTensor
  readonly grad: Partial<Readonly<Record<NnKey, FloatTensor>>>
}

/** A loss that a function of `xent` computes from logits, on its engine. */
export const kernelPlan = (
  pair: Pair,
  shape: Shape,
  compute: (wrt: readonly NnKey[], upstream: TensorLike) => Computed,
): Plan => ({
  shape,
  dtype: pair.dtype,
  run: (factors, keys) => {
    const wrt = keys.map((key) => nnKeys[key])
    const { value, grad } = compute(wrt, typeof factors === 'number' ? factors : { data: factors, shape })
    const gradients = Object.fromEntries(keys.map((key) => [key, asGradient(pair, key, grad[nnKeys[key]]!)]))
    return { values: decoded(value.data, value.dtype) as Float32Array | Float64Array, gradients }
  },
})

/** A gradient by what the kernel saw as one by what the caller gave. */
const asGradient = (pair: Pair, key: LossKey, { data, dtype, shape }: FloatTensor): FloatTensor => {
  const wanted = pair.gradients[key]
  const scale = key === 'yTrue' ? pair.labelScale : 1
  if (scale === 1 && dtype === wanted.dtype) return new Tensor(data, wanted.shape, dtype)
  const scaled = elementsIn('float64', contiguousView(data, dtype, shape)).map((slope) => slope * scale)
  return new Tensor(encoded(scaled, wanted.dtype), wanted.shape, wanted.dtype)
}
