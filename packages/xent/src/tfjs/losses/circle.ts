import {
  add,
  equal,
  expandDims,
  logicalAnd,
  matMul,
  maximum,
  mul,
  notEqual,
  reshape,
  sub,
  type Tensor,
  where,
} from '@tensorflow/tfjs-core'
import { complain } from '../../error.ts'
import type { CircleOptions } from '../../keras/circle.ts'
import { formatShape } from '../../tensor/shape.ts'
import { softplusOf } from '../sigmoid-cross-entropy.ts'
import { indices } from './class-ids.ts'
import { type LossFunction, lossFactory, type Pair } from './loss-function.ts'
import { logOfNothing, logSumExp } from './steady.ts'

const checkShapes = ({ fn, yTrue, yPred }: Pair): void => {
  if (yPred.rank !== 2)
    throw complain('SHAPE_MISMATCH', fn, 'yPred', 'rank 2: [examples, dimensions]', formatShape(yPred.shape))
  const [count] = yPred.shape
  if (yTrue.size !== count)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'yTrue',
      `${count} classes, one for each embedding`,
      formatShape(yTrue.shape),
    )
}

/** A comparison of every example with every other. */
const pairwise = (ofEach: Tensor, compare: (a: Tensor, b: Tensor) => Tensor): Tensor =>
  compare(expandDims(ofEach, 1), expandDims(ofEach, 0))

/**
 * Pulls embeddings of the same class together and pushes those of different classes apart, the harder the further off.
 *
 * softplus(log Σ exp(γ (d + m)(d − m)) + log Σ exp(γ (1 + m − d)(1 − m − d))) of the cosine distances d = max(0, 1 − p · r) to
 * all of the same class, and to all others
 *
 * @param options gamma, γ; margin, m; removeDiagonal, whether an example is not compared with itself
 * @returns a loss of yTrue, the class of each example, and yPred, embeddings of norm 1, [N, D]: shape [N]; 0 where no other
 *   example is of the class. It has no gradient by yTrue
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH
 * @see https://arxiv.org/abs/2002.10857
 */
export const circle: (options?: CircleOptions) => LossFunction = /*#__PURE__*/ lossFactory<CircleOptions>({
  name: 'circle',
  options: { gamma: 80, margin: 0.4, removeDiagonal: true },
  isSparse: true,
  compute: (pair, { gamma, margin, removeDiagonal }) => {
    checkShapes(pair)
    const labels = reshape(pair.yTrue, [pair.yTrue.size])
    const isSame = pairwise(labels, equal)
    const isAlike = removeDiagonal ? logicalAnd(isSame, pairwise(indices(labels.size), notEqual)) : isSame
    const d = maximum(sub(1, matMul(pair.yPred, pair.yPred, false, true)), 0)
    const pull = mul(mul(gamma, maximum(add(margin, d), 0)), sub(d, margin))
    const push = mul(mul(gamma, maximum(sub(1 + margin, d), 0)), sub(1 - margin, d))
    const far = logSumExp(where(isAlike, pull, logOfNothing), 1)
    const near = logSumExp(where(isSame, logOfNothing, push), 1)
    return softplusOf(add(far, near))
  },
})
