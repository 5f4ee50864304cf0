import { axisOf } from './axes.ts'
import type { CrossentropyOptions } from './crossentropy-options.ts'
import { checkSameShape, type Pair, relabeled } from './pair.ts'
import { warnOfSingleClass } from './single-class.ts'

export interface CategoricalPair {
  readonly pair: Pair
  /** The class axis, in [0, rank). */
  readonly axis: number
  readonly classes: number
}

/** Labels that are distributions over the classes of the predictions, smoothed. */
export const categoricalPair = (
  name: string,
  given: Pair,
  { labelSmoothing, axis }: Required<CrossentropyOptions>,
): CategoricalPair => {
  checkSameShape(given)
  const { shape } = given.yPred
  const classAxis = axisOf(given.fn, axis, shape.length)
  const classes = shape[classAxis]!
  warnOfSingleClass(name, shape, classes)
  const pair = relabeled(given, 1 - labelSmoothing, labelSmoothing / (classes || 1))
  return { pair, axis: classAxis, classes }
}
