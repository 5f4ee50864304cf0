import { elementsIn } from '../tensor/strided.ts'
import { type Pair, relabeled } from './pair.ts'

/** Labels of −1 and 1, which 0 and 1 stand for where there is no other label. */
export const withSigns = (pair: Pair): Pair => {
  const labels: ArrayLike<number> = elementsIn(pair.compute, pair.yTrue)
  const isBinary = Array.prototype.every.call(labels, (y) => y === 0 || y === 1)
  return isBinary ? relabeled(pair, 2, -1) : pair
}
