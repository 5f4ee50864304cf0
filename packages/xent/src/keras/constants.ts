import type { ComputeDType } from '../tensor/dtype.ts'
import { rounded } from '../tensor/encoding.ts'

/** Keras' fuzz factor, 1e-7, as a number of the type. */
export const epsilonOf = (compute: ComputeDType): number => rounded(1e-7, compute)

/** What probabilities are clipped to, so that their logarithms stay finite. */
export interface Bounds {
  readonly low: number
  readonly high: number
}

export const boundsOf = (compute: ComputeDType): Bounds => ({
  low: epsilonOf(compute),
  high: rounded(1 - 1e-7, compute),
})

export const clip = (x: number, { low, high }: Bounds): number => Math.max(Math.min(x, high), low)

/** The derivative of the clipped number: 1, or 0 where it is cut off. */
export const clipSlope = (x: number, { low, high }: Bounds): number => (x < low || x > high ? 0 : 1)
