import { tensor } from '../../packages/xent/src/index.ts'
import { type Call, type EncodedArray, encode } from '../../packages/xent/test/conformance/call.ts'
import { type FloatName, normal, randomStream } from '../../packages/xent/test/support.ts'

// The arrays of every call. Each draws row by row from a stream of its own, so that a call of fewer rows has the first
// rows of a call of more.

/** One number, drawn from uniform ones. */
export type Draw = (random: () => number) => number

/** N(0, deviation²), as the logits of a network are. */
export const spreadNormally =
  (deviation: number, mean = 0): Draw =>
  (random) =>
    mean + deviation * normal(random)

/** Uniform between −limit and limit. */
export const spreadEvenly =
  (limit: number): Draw =>
  (random) =>
    limit * (2 * random() - 1)

/** Bits of the counts that `distributions` are made of: each is a number of the type, as is each partial sum. */
const labelBits: Readonly<Record<FloatName, number>> = { float16: 11, bfloat16: 8, float32: 24, float64: 52 }

const seeds = { logits: 1, labels: 2, posWeight: 3 } as const

const floats = (data: Float64Array, shape: readonly number[], dtype: FloatName): EncodedArray =>
  encode(tensor({ data, shape, dtype: 'float64' }, dtype))

const drawn = (stream: keyof typeof seeds, size: number, draw: Draw): Float64Array => {
  const random = randomStream(seeds[stream])
  return Float64Array.from({ length: size }, () => draw(random))
}

const drawnLogits = (rows: number, classes: number, dtype: FloatName, draw: Draw): EncodedArray =>
  floats(drawn('logits', rows * classes, draw), [rows, classes], dtype)

/** A class of each row, all equally likely. */
const classIndices = (rows: number, classes: number): EncodedArray => {
  const random = randomStream(seeds.labels)
  const data = Int32Array.from({ length: rows }, () => Math.floor(classes * random()))
  return encode(tensor({ data, shape: [rows], dtype: 'int32' }))
}

/** Random distributions of multiples of 2^-bits, which sum to exactly 1. */
const distributions = (rows: number, classes: number, dtype: FloatName): EncodedArray => {
  const unit = 2 ** labelBits[dtype]
  const data = drawn('labels', rows * classes, (random) => -Math.log(1 - random()))
  for (let start = 0; start < data.length; start += classes) {
    const row = data.subarray(start, start + classes)
    const total = row.reduce((sum, share) => sum + share, 0)
    let sum = 0
    let counted = 0
    // differences of rounded partial sums: the last of these is the whole unit
    for (let j = 0; j < classes; j++) {
      sum += row[j]!
      const count = j === classes - 1 ? unit : Math.min(unit, Math.round((sum / total) * unit))
      row[j] = (count - counted) / unit
      counted = count
    }
  }
  return floats(data, [rows, classes], dtype)
}

/** A function of rows of logits, with the arguments besides. */
export type Make = (rows: number, classes: number, dtype: FloatName, draw: Draw) => Call

export const softmax: Make = (rows, classes, dtype, draw) => ({
  function: 'softmax',
  args: { logits: drawnLogits(rows, classes, dtype, draw) },
})

export const logSoftmax: Make = (rows, classes, dtype, draw) => ({
  function: 'logSoftmax',
  args: { logits: drawnLogits(rows, classes, dtype, draw) },
})

export const sparse: Make = (rows, classes, dtype, draw) => ({
  function: 'sparseSoftmaxCrossEntropyWithLogits',
  args: { labels: classIndices(rows, classes), logits: drawnLogits(rows, classes, dtype, draw) },
  wrt: ['logits'],
})

export const dense: Make = (rows, classes, dtype, draw) => ({
  function: 'softmaxCrossEntropyWithLogits',
  args: { labels: distributions(rows, classes, dtype), logits: drawnLogits(rows, classes, dtype, draw) },
  wrt: ['logits'],
})

/** Draws a label of the sigmoid losses: a kind of thing is there or not. */
export const yesOrNo: Draw = (random) => Math.round(random())

/** Draws a label of the sigmoid losses: how likely a kind of thing is there. */
export const perhaps: Draw = (random) => random()

export const sigmoid =
  (label: Draw): Make =>
  (rows, classes, dtype, draw) => ({
    function: 'sigmoidCrossEntropyWithLogits',
    args: {
      labels: floats(drawn('labels', rows * classes, label), [rows, classes], dtype),
      logits: drawnLogits(rows, classes, dtype, draw),
    },
    wrt: ['logits'],
  })

/** As `sigmoid`, with a weight between 1/4 and 16 for each class. */
export const weighted =
  (label: Draw): Make =>
  (rows, classes, dtype, draw) => ({
    function: 'weightedCrossEntropyWithLogits',
    args: {
      ...sigmoid(label)(rows, classes, dtype, draw).args,
      posWeight: floats(
        drawn('posWeight', classes, (random) => 2 ** (6 * random() - 2)),
        [classes],
        dtype,
      ),
    },
    wrt: ['logits'],
  })

/** The sparse loss of given float32 logits. */
export const sparseOf = (rows: readonly (readonly number[])[], labels: readonly number[]): Call => ({
  function: 'sparseSoftmaxCrossEntropyWithLogits',
  args: {
    labels: encode(tensor(Int32Array.from(labels))),
    logits: floats(Float64Array.from(rows.flat()), [rows.length, rows[0]!.length], 'float32'),
  },
  wrt: ['logits'],
})

/** The sigmoid loss of given float32 logits. */
export const sigmoidOf = (logits: readonly number[], labels: readonly number[]): Call => ({
  function: 'sigmoidCrossEntropyWithLogits',
  args: {
    labels: floats(Float64Array.from(labels), [labels.length], 'float32'),
    logits: floats(Float64Array.from(logits), [logits.length], 'float32'),
  },
  wrt: ['logits'],
})
