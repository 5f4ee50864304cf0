import { complain } from '../error.ts'
import { logSoftmax } from '../nn/log-softmax.ts'
import { encoded } from '../tensor/encoding.ts'
import { formatTuple } from '../tensor/shape.ts'
import { elementsIn } from '../tensor/strided.ts'
import { Tensor } from '../tensor/tensor.ts'
import { checkedClass } from './class-ids.ts'
import {
  type ClassOptions,
  DefinedLoss,
  type LossDefinition,
  type LossFunction,
  lossFunction,
} from './defined-loss.ts'
import type { Pair } from './pair.ts'
import type { Factors, Outcome, Plan } from './plan.ts'

const definition: LossDefinition<object, 'yPred'> = {
  name: 'ctc',
  className: 'CTC',
  options: {},
  keys: ['yPred'],
  isOfClassIds: true,
  plan: (pair) => {
    const { shape } = pair.gradients.yPred
    const labels = labelsOf(pair)
    const [batch, frames, classes] = shape as [number, number, number]
    const size = frames * classes
    const run = (factors: Factors, keys: readonly string[]): Outcome => {
      const logits = { data: elementsIn('float64', pair.yPred), shape }
      const log = logSoftmax({ logits }).data as Float64Array
      const gradient = keys.length > 0 ? new Float64Array(batch * size) : undefined
      const values = labels.map((symbols, b) => {
        const range = [b * size, (b + 1) * size] as const
        const factor = typeof factors === 'number' ? factors : factors[b]!
        return alignmentLoss(log.subarray(...range), classes, symbols, factor, gradient?.subarray(...range))
      })
      const { dtype } = pair
      return {
        values,
        gradients: gradient ? { yPred: new Tensor(encoded(gradient, dtype), shape, dtype) } : {},
      }
    }
    return { shape: [batch], dtype: pair.dtype, run } satisfies Plan
  },
}

/** The symbols of each example: as many of its labels as are not the blank, 0, from the first on. */
const labelsOf = ({ fn, yTrue, gradients }: Pair): number[][] => {
  const { shape } = gradients.yPred
  const given = gradients.yTrue.shape
  if (given.length !== 2)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'yTrue',
      'rank 2: [batch, symbols]',
      `rank ${given.length}`,
      `Targets \`y_true\` are expected to be a tensor of shape \`(batch_size, max_length)\` in integer format. Received: y_true.shape=${formatTuple(given)}`,
    )
  if (shape.length !== 3)
    throw complain(
      'SHAPE_MISMATCH',
      fn,
      'yPred',
      'rank 3: [batch, frames, classes]',
      `rank ${shape.length}`,
      `Logits \`y_pred\` are expected to be a tensor of shape \`(batch_size, max_length, num_classes)\`. Received: y_pred.shape=${formatTuple(shape)}`,
    )
  const [batch, length] = given as [number, number]
  const [examples, , classes] = shape as [number, number, number]
  if (batch !== examples)
    throw complain('SHAPE_MISMATCH', fn, 'yTrue', `${examples} examples, as many as yPred has`, batch)
  if (shape.includes(0))
    throw complain('SHAPE_MISMATCH', fn, 'yPred', 'frames and classes', formatTuple(shape))
  const labels = elementsIn('float64', yTrue)
  return Array.from({ length: batch }, (_, b) => {
    const row = [...labels.subarray(b * length, (b + 1) * length)]
    const symbols = row.slice(0, row.filter((label) => label !== 0).length)
    symbols.forEach((label, k) => {
      checkedClass(fn, yTrue, b * length + k, label, classes)
    })
    return symbols
  })
}

const logAdd = (a: number, b: number): number => {
  const most = Math.max(a, b)
  return most === Number.NEGATIVE_INFINITY ? most : most + Math.log1p(Math.exp(Math.min(a, b) - most))
}

/**
 * −log of the probability of all ways to spread the symbols over the frames, by the forward-backward algorithm of Graves et
 * al. (2006). State 2k + 1 is the kth symbol, the states between them blanks.
 *
 * @param log log-probabilities, [frames, classes]
 * @param gradient where given, receives factor · the derivative by the logits
 */
const alignmentLoss = (
  log: Float64Array,
  classes: number,
  symbols: readonly number[],
  factor: number,
  gradient: Float64Array | undefined,
): number => {
  const frames = log.length / classes
  const states = 2 * symbols.length + 1
  const symbolOf = (state: number): number => (state % 2 === 1 ? symbols[(state - 1) / 2]! : 0)
  /** Whether the blank before a symbol may be left out. */
  const mayLeap = (state: number): boolean =>
    state % 2 === 1 && state > 1 && symbolOf(state) !== symbolOf(state - 2)

  /** The log-probability of all ways into each state of each frame, that frame included. */
  const into = new Float64Array(frames * states).fill(Number.NEGATIVE_INFINITY)
  for (let t = 0; t < frames; t++) {
    for (let s = 0; s < states; s++) {
      const before = (step: number): number =>
        s < step ? Number.NEGATIVE_INFINITY : into[(t - 1) * states + s - step]!
      let ways = 0
      if (t === 0) ways = s < 2 ? 0 : Number.NEGATIVE_INFINITY
      else ways = logAdd(logAdd(before(0), before(1)), mayLeap(s) ? before(2) : Number.NEGATIVE_INFINITY)
      into[t * states + s] = ways + log[t * classes + symbolOf(s)]!
    }
  }
  const last = (frames - 1) * states
  const ends = states > 1 ? logAdd(into[last + states - 1]!, into[last + states - 2]!) : into[last]!
  // what is impossible stays so, whatever the logits: its gradient is 0
  if (gradient && ends !== Number.NEGATIVE_INFINITY) {
    const share = new Float64Array(classes)
    let outOf = new Float64Array(states).fill(Number.NEGATIVE_INFINITY)
    outOf.fill(0, Math.max(states - 2, 0))
    for (let t = frames - 1; t >= 0; t--) {
      share.fill(0)
      for (let s = 0; s < states; s++)
        share[symbolOf(s)]! += Math.exp(into[t * states + s]! + outOf[s]! - ends)
      for (let c = 0; c < classes; c++)
        gradient[t * classes + c] = factor * (Math.exp(log[t * classes + c]!) - share[c]!)
      const next = outOf.map((ways, s) => ways + log[t * classes + symbolOf(s)]!)
      outOf = next.map((ways, s) =>
        logAdd(
          logAdd(ways, next[s + 1] ?? Number.NEGATIVE_INFINITY),
          s + 2 < states && mayLeap(s + 2) ? next[s + 2]! : Number.NEGATIVE_INFINITY,
        ),
      )
    }
  }
  return -ends
}

/**
 * Connectionist temporal classification: how unlikely a sequence of symbols is, whichever frames they are spoken in.
 *
 * @param yTrue class indices, [batch, symbols], padded with 0; class 0 is the blank
 * @param yPred logits, [batch, frames, classes]
 * @returns losses in nats, [batch]; Infinity, with a gradient of 0, where there are fewer frames than the symbols take
 * @throws XentError SHAPE_MISMATCH, LABEL_OUT_OF_RANGE
 * @see https://keras.io/api/losses/ctc_losses
 */
export const ctc: LossFunction<object, 'yPred'> = /*#__PURE__*/ lossFunction(definition)

/** Connectionist temporal classification: how unlikely a sequence of symbols is, whichever frames they are spoken in. */
export class CTC extends DefinedLoss<object, 'yPred'> {
  constructor(options?: ClassOptions<object>) {
    super(definition, options)
  }
}
