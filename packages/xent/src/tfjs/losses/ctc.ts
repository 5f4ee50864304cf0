import {
  add,
  all,
  any,
  cast,
  concat,
  equal,
  fill,
  greater,
  less,
  logicalOr,
  matMul,
  maximum,
  mul,
  neg,
  notEqual,
  reshape,
  slice,
  squeeze,
  stack,
  sub,
  sum,
  type Tensor,
  unstack,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core'
import { complain } from '../../error.ts'
import { formatTuple } from '../../tensor/shape.ts'
import { logProbabilitiesOf } from '../log-softmax.ts'
import { indices, isClass } from './class-ids.ts'
import { type LossFunction, lossFactory, type Pair } from './loss-function.ts'
import { constantOf, logOfNothing, logSumExp } from './steady.ts'

const checkShapes = ({ fn, yTrue, yPred }: Pair): void => {
  if (yTrue.rank !== 2)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'yTrue',
      'rank 2: [batch, symbols]',
      `rank ${yTrue.rank}`,
      `Targets \`y_true\` are expected to be a tensor of shape \`(batch_size, max_length)\` in integer format. Received: y_true.shape=${formatTuple(yTrue.shape)}`,
    )
  if (yPred.rank !== 3)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'yPred',
      'rank 3: [batch, frames, classes]',
      `rank ${yPred.rank}`,
      `Logits \`y_pred\` are expected to be a tensor of shape \`(batch_size, max_length, num_classes)\`. Received: y_pred.shape=${formatTuple(yPred.shape)}`,
    )
  const [batch] = yTrue.shape
  const [examples] = yPred.shape
  if (batch !== examples)
    throw complain('SHAPE_MISMATCH', fn, 'yTrue', `${examples} examples, as many as yPred has`, batch)
  if (yPred.size === 0)
    throw complain('SHAPE_MISMATCH', fn, 'yPred', 'frames and classes', formatTuple(yPred.shape))
}

/** What there is for each symbol, [batch, symbols], with 0 for the blank before each and after the last. */
const interleaved = (ofSymbols: Tensor): Tensor => {
  const [batch = 0, symbols = 0] = ofSymbols.shape
  const pairs = stack([zerosLike(ofSymbols), ofSymbols], 2)
  return concat([reshape(pairs, [batch, 2 * symbols]), zeros([batch, 1])], 1)
}

/** What there is for each state, moved to the state `step` after it. */
const shifted = (ofStates: Tensor, step: number, before: number): Tensor => {
  const [batch = 0, states = 0] = ofStates.shape
  return concat([fill([batch, step], before), slice(ofStates, [0, 0], [batch, states - step])], 1)
}

/** The gradient of `unstack` fails for a single tensor. */
const framesOf = (emitted: Tensor): Tensor[] =>
  emitted.shape[1] === 1 ? [squeeze(emitted, [1])] : unstack(emitted, 1)

/**
 * The log-probability of all ways to spread the symbols over the frames, by the forward algorithm of Graves et al. (2006).
 * State 2k + 1 is the kth symbol, the states between them blanks.
 *
 * @param emitted the log-probability of each state's symbol in each frame, [batch, frames, states]
 * @param mayLeap whether the blank before a state may be left out, [batch, states]
 * @param last the state after the last symbol, [batch, 1]
 */
const alignment = (emitted: Tensor, mayLeap: Tensor, last: Tensor): Tensor => {
  const [first, ...frames] = framesOf(emitted)
  const states = indices(emitted.shape[2]!)
  let ways = where(less(states, 2), first!, logOfNothing)
  for (const frame of frames) {
    const leaps = where(mayLeap, shifted(ways, 2, logOfNothing), logOfNothing)
    ways = add(logSumExp(stack([ways, shifted(ways, 1, logOfNothing), leaps]), 0), frame)
  }
  const isEnd = logicalOr(equal(states, last), equal(states, sub(last, 1)))
  return logSumExp(where(isEnd, ways, logOfNothing), 1)
}

/**
 * Connectionist temporal classification: how unlikely a sequence of symbols is, whichever frames they are spoken in.
 *
 * @returns a loss of yTrue, class indices padded with 0, [batch, symbols], where class 0 is the blank, and yPred, logits,
 *   [batch, frames, classes]: nats, [batch]. It is Infinity, with a gradient of 0, where there are fewer frames than the
 *   symbols take, NaN where a symbol is no class, and has no gradient by yTrue
 * @throws XentError UNKNOWN_ARGUMENT; the loss: SHAPE_MISMATCH
 * @see https://keras.io/api/losses/ctc_losses
 */
export const ctc: (options?: object) => LossFunction = /*#__PURE__*/ lossFactory({
  name: 'ctc',
  options: {},
  isSparse: true,
  compute: (pair) => {
    checkShapes(pair)
    const { yTrue, yPred } = pair
    // no symbols are one that is padding
    const symbols = yTrue.size === 0 ? zeros([yPred.shape[0]!, 1]) : cast(yTrue, 'float32')
    // as many of an example's labels count as are not the blank, from the first on
    const last = mul(2, sum(cast(notEqual(symbols, 0), 'float32'), 1, true))
    const states = interleaved(symbols)
    // a leap from a blank to a blank, which is the same symbol, is none
    const mayLeap = notEqual(states, shifted(states, 2, 0))
    const isOfState = isClass(states, yPred.shape[2]!)
    const log = maximum(logProbabilitiesOf(yPred, { axis: 2 }), logOfNothing)
    const ways = alignment(matMul(log, cast(isOfState, 'float32'), false, true), mayLeap, last)
    // what is impossible stays so, whatever the logits
    const isPossible = constantOf(ways, () => greater(ways, logOfNothing / 2))
    const losses = where(isPossible, neg(ways), Number.POSITIVE_INFINITY)
    const isKnown = logicalOr(any(isOfState, 2), greater(indices(states.shape[1]!), last))
    return where(all(isKnown, 1), losses, Number.NaN)
  },
})
