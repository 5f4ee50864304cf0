import { equal, max, min, type Tensor, where } from '@tensorflow/tfjs-core'
import { indices } from '../losses/class-ids.ts'

/** The first class of the greatest score, along the last axis; backends differ in which of equals `argMax` names. */
export const firstLargest = (scores: Tensor): Tensor => {
  const classes = scores.shape.at(-1)!
  const isLargest = equal(scores, max(scores, -1, true))
  // where there is no greatest, as among NaN, there is no class
  return min(where(isLargest, indices(classes), classes + 0.5), -1)
}
