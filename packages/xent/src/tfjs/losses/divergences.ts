import { add, div, log, mul, sub, sum } from '@tensorflow/tfjs-core'
import { axisOf } from '../../keras/axes.ts'
import { type LossFunction, lossFactory } from './loss-function.ts'
import { broadcasted, meanAlong } from './pair.ts'
import { clipped, epsilon } from './steady.ts'

/**
 * The Kullback-Leibler divergence of the predicted distributions from the labels.
 *
 * Σ y · log(y / p), both clipped to [1e-7, 1]
 *
 * @returns a loss of yTrue and yPred, distributions along the last axis: nats, shape of yPred without that
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/probabilistic_losses/#kldivergence-class
 */
export const klDivergence: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'klDivergence',
  options: {},
  compute: (given) => {
    const { fn, yTrue, yPred } = broadcasted(given)
    const bounds = { low: epsilon, high: 1 }
    const y = clipped(yTrue, bounds)
    return sum(mul(y, log(div(y, clipped(yPred, bounds)))), axisOf(fn, -1, yPred.rank))
  },
})

/**
 * The negative log-likelihood of counts under Poisson distributions of the predicted rates, without its constant.
 *
 * mean p − y · log(p + 1e-7)
 *
 * @returns a loss of yTrue, counts, and yPred, rates: nats, shape of yPred without the last axis
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH where the shapes do not broadcast
 * @see https://keras.io/api/losses/probabilistic_losses/#poisson-class
 */
export const poisson: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'poisson',
  options: {},
  compute: (given) => meanAlong(-1, given, (y, p) => sub(p, mul(y, log(add(p, epsilon))))),
})
