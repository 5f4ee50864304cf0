import type { FloatDType } from '../tensor/dtype.ts'
import type { Shape } from '../tensor/shape.ts'
import type { FloatTensor } from '../tensor/tensor.ts'
import type { LossKey } from './pair.ts'

/** A factor for each value, or one for all. */
export type Factors = number | Float64Array

/** A loss of given labels and predictions, checked but not yet computed: what its value needs to be weighed. */
export interface Plan {
  /** The shape of the values, of which each example has one or some. */
  readonly shape: Shape
  readonly dtype: FloatDType
  /** 1 where a value counts, in row-major order; missing where all do. */
  readonly valid?: Uint8Array | undefined
  /** The values, and the gradients of the sum of factor · value by the arguments that are asked for. */
  readonly run: (factors: Factors, keys: readonly LossKey[]) => Outcome
}

export interface Outcome {
  readonly values: ArrayLike<number>
  readonly gradients: Partial<Readonly<Record<LossKey, FloatTensor>>>
}
