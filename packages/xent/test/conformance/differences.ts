import { XentError } from '../../src/index.ts'
import { type Call, type EncodedArray, failed, type Outcome } from './call.ts'
import { type Results, values } from './run.ts'

// The deliberate differences as conditions on a mismatch: what is not among these is a fault. docs/differences.md has
// the reasons; a test holds the names of both against each other.

export type Peer = 'tensorflow' | 'torch' | 'jax'

/** Something that xent and a library do differently. */
export interface Mismatch {
  readonly call: Call
  readonly peer: Peer
  readonly outcome: Outcome
  readonly own: Results | XentError
  /** Where it is: `value`, an argument for its gradient, `product by` an argument, or `error`. */
  readonly where: string
  /** The element that differs, where only some do. */
  readonly index?: number
}

export interface Difference {
  /** The case, as the table words it. */
  readonly name: string
  readonly applies: (mismatch: Mismatch) => boolean
}

const isDense = ({ call }: Mismatch): boolean => /^(v1\.)?softmaxCross/.test(call.function)
const isElements = ({ call }: Mismatch): boolean => /igmoidCross|eightedCross/.test(call.function)
const isTensorFlow = ({ peer }: Mismatch): boolean => peer === 'tensorflow'

/** The library raises an error, of this wording where one is given, and xent gives a result. */
const refusedThere = ({ outcome, own }: Mismatch, wording = ''): boolean =>
  failed(outcome) && outcome.error.text.includes(wording) && !(own instanceof XentError)

const refusedHere = ({ own }: Mismatch, code: string): boolean =>
  own instanceof XentError && own.code === code

const product = (shape: readonly number[]): number => shape.reduce((all, d) => all * d, 1)

/** The shape of what differs. */
const shapeOf = ({ call, where, own }: Mismatch): readonly number[] | undefined => {
  const argument = where.replace('product by ', '')
  return where === 'value' && !(own instanceof XentError) ? own.value.shape : call.args[argument]?.shape
}

/** Which row along the class axis an element of the logits belongs to. */
const rowOf = ({ args, options }: Call, position: number): number => {
  const { shape } = args.logits!
  const axis = (Number(options?.axis ?? options?.dim ?? -1) + shape.length) % shape.length
  const inner = product(shape.slice(axis + 1))
  return Math.floor(position / (shape[axis]! * inner)) * inner + (position % inner)
}

/** Whether what differs depends on an element of the logits: they share a row, or a position in the sigmoid losses. */
const dependsOn = (one: Mismatch, position: number): boolean => {
  const { call, where, index } = one
  const shape = shapeOf(one)?.join()
  const isLogitsShape = shape === call.args.logits?.shape.join()
  if (index === undefined || (where !== 'value' && !isLogitsShape)) return true
  if (isElements(one)) return isLogitsShape ? index === position : true
  return rowOf(call, position) === (isLogitsShape ? rowOf(call, index) : index)
}

/** Whether what differs depends on a logit like this, together with the label at its place. */
const sees = (one: Mismatch, test: (logit: number, label: number | undefined) => boolean): boolean => {
  const { logits, labels } = one.call.args
  if (!logits) return false
  const z = labels && labels.shape.join() === logits.shape.join() ? values(labels) : undefined
  return values(logits).some((logit, position) => test(logit, z?.[position]) && dependsOn(one, position))
}

const isInfinite = (value: number): boolean => Math.abs(value) === Number.POSITIVE_INFINITY

const labelsDiffer = ({ call: { args } }: Mismatch): boolean =>
  args.labels?.shape.join() !== args.logits?.shape.join()

const size = (array: EncodedArray | null | undefined): number => (array ? product(array.shape) : 0)

export const differences: readonly Difference[] = [
  {
    name: 'gradient of weighted cross-entropy at logit 0',
    applies: (one) =>
      isTensorFlow(one) &&
      one.call.function.includes('eighted') &&
      (one.where === 'logits' || one.where.startsWith('product')) &&
      // TensorFlow takes subnormal numbers for 0
      sees(one, (x) => Math.abs(x) < 1.2e-38),
  },
  {
    name: 'gradient of broadcast labels',
    applies: (one) =>
      isTensorFlow(one) &&
      isDense(one) &&
      refusedThere(one, 'Input to reshape') &&
      labelsDiffer(one) &&
      (one.call.wrt ?? []).includes('labels'),
  },
  {
    name: 'logit −∞ where the label is exactly 0',
    applies: (one) =>
      // labels of another shape are broadcast
      isDense(one) && sees(one, (x, t = 0) => t === 0 && x === Number.NEGATIVE_INFINITY),
  },
  {
    name: 'sigmoid losses at ±∞',
    applies: (one) => isElements(one) && sees(one, isInfinite),
  },
  {
    name: 'labels of ±∞ in the sigmoid losses',
    applies: (one) => isElements(one) && sees(one, (_, z = 0) => isInfinite(z)),
  },
  {
    name: 'labels [3, 2, C] against logits [2, 3, C]',
    applies: (one) =>
      isTensorFlow(one) &&
      isDense(one) &&
      refusedHere(one, 'SHAPE_MISMATCH') &&
      !failed(one.outcome) &&
      size(one.call.args.labels) === size(one.call.args.logits),
  },
  {
    name: 'logits that would have to broadcast to the labels',
    applies: (one) =>
      isDense(one) &&
      refusedHere(one, 'SHAPE_MISMATCH') &&
      size(one.call.args.labels) > size(one.call.args.logits) &&
      (!failed(one.outcome) || one.outcome.error.text.includes('Input to reshape')),
  },
  {
    name: 'negative axes other than −1 in the dense loss',
    applies: (one) =>
      isTensorFlow(one) && isDense(one) && refusedThere(one, 'Requires start <= limit when delta > 0: 0/-'),
  },
  {
    name: 'labels that broadcast in one of several leading dimensions, or by fewer dimensions',
    applies: (one) => isTensorFlow(one) && isDense(one) && refusedThere(one) && labelsDiffer(one),
  },
  {
    name: 'dense loss of logits of shape [0, 0]',
    applies: (one) =>
      isTensorFlow(one) && isDense(one) && refusedThere(one) && one.call.args.logits?.shape.join() === '0,0',
  },
  {
    name: 'logits near the largest number of their type',
    applies: (one) =>
      sees(one, (x) => Math.abs(x) > (one.call.args.logits?.dtype === 'float16' ? 3e3 : 1e37)),
  },
  {
    name: 'sparse labels of integer types other than int32 and int64',
    applies: (one) => isTensorFlow(one) && refusedThere(one, "Value for attr 'Tlabels'"),
  },
  {
    name: 'several sparse labels out of range',
    applies: (one) =>
      isTensorFlow(one) &&
      refusedHere(one, 'LABEL_OUT_OF_RANGE') &&
      failed(one.outcome) &&
      one.outcome.error.text.includes('outside the valid range'),
  },
  {
    name: 'int and bool labels of the sigmoid losses, labels of another float type',
    applies: (one) =>
      isTensorFlow(one) &&
      isElements(one) &&
      refusedThere(one) &&
      one.call.args.labels?.dtype !== one.call.args.logits?.dtype,
  },
  {
    name: 'text of the error for integer logits of the sigmoid losses',
    applies: (one) => isElements(one) && refusedHere(one, 'DTYPE') && failed(one.outcome),
  },
  {
    name: 'text of the error for a posWeight of None',
    applies: (one) =>
      isElements(one) &&
      refusedHere(one, 'MISSING_ARGUMENT') &&
      failed(one.outcome) &&
      one.outcome.error.text.includes("'NoneType' and 'int'"),
  },
  {
    name: '`computeAverageLoss` of float64 losses with weights',
    applies: (one) =>
      one.call.function === 'computeAverageLoss' &&
      one.call.args.perExampleLoss?.dtype === 'float64' &&
      one.call.args.sampleWeight !== undefined,
  },
  {
    name: 'sparse labels out of range in JAX',
    applies: (one) => one.peer === 'jax' && refusedHere(one, 'LABEL_OUT_OF_RANGE') && !failed(one.outcome),
  },
  {
    name: 'posWeight that enlarges the result, in PyTorch',
    applies: (one) => one.peer === 'torch' && refusedThere(one, "doesn't match the broadcast shape"),
  },
  {
    name: 'softmax of a scalar',
    applies: (one) => !isTensorFlow(one) && one.call.args.logits?.shape.length === 0,
  },
]
