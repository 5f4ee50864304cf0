import fc, { type Arbitrary } from 'fast-check'
import { type DType, tensor } from '../../packages/xent/src/index.ts'
import { broadcastShapes } from '../../packages/xent/src/tensor/shape.ts'
import { type Call, type EncodedArray, encode } from '../../packages/xent/test/conformance/call.ts'
import { values } from '../../packages/xent/test/conformance/run.ts'
import type { FloatName } from '../../packages/xent/test/support.ts'

// Random calls. Numbers are made of integers, which shrink to 0 one by one, so that a reproduction is short.

type Shape = readonly number[]

/** Shapes are few, because JAX compiles a program for each; the first is what a reproduction shrinks to. */
const shapes: readonly Shape[] = [
  [2],
  [1],
  [5],
  [2, 2],
  [4, 10],
  [3, 1],
  [1, 3],
  [2, 17],
  [2, 3, 4],
  [2, 1, 3],
  [2, 2, 3, 2],
  [3, 33],
]
/** The shapes that JAX is asked about. */
const compiled = new Set(['5', '4,10', '2,3,4'])

const dtypes = fc.constantFrom<FloatName>('float32', 'float64', 'bfloat16', 'float16')

const size = (shape: Shape): number => shape.reduce((product, d) => product * d, 1)

const encoded = (data: readonly number[], shape: Shape, dtype: DType): EncodedArray =>
  encode(tensor({ data: [...data], shape, dtype: 'float64' }, dtype))

/** A number of up to `scale`, in steps of 2⁻²⁰ of it. */
const numberUpTo = (scale: number): Arbitrary<number> =>
  fc.integer({ min: -(2 ** 20), max: 2 ** 20 }).map((k) => (scale * k) / 2 ** 20)

const numbers = (count: number, element: Arbitrary<number>): Arbitrary<number[]> =>
  fc.array(element, { minLength: count, maxLength: count, size: 'max' })

const special = fc.constantFrom(
  Number.NEGATIVE_INFINITY,
  Number.POSITIVE_INFINITY,
  Number.NaN,
  -0,
  1e-45,
  -1e-40,
  3e38,
  -3e38,
  6e4,
)

/**
 * Logits of one character: small, usual, wide, far from 0, with one or more far ahead, with a few special values.
 *
 * @param offset how far from 0: for a sigmoid no farther than mpmath can follow exp(−x) beside x
 */
const logitsOf = (shape: Shape, dtype: FloatName, offset = 1e4): Arbitrary<EncodedArray> => {
  const count = size(shape)
  const of = (element: Arbitrary<number>): Arbitrary<number[]> => numbers(count, element)
  const ahead = fc.constantFrom(15, 30, 60, 100)
  return fc
    .oneof(
      { weight: 5, arbitrary: of(numberUpTo(8)) },
      { weight: 1, arbitrary: of(numberUpTo(1e-3)) },
      { weight: 1, arbitrary: of(numberUpTo(200)) },
      { weight: 1, arbitrary: of(numberUpTo(1000)) },
      { weight: 1, arbitrary: of(numberUpTo(8).map((x) => x + offset)) },
      { weight: 1, arbitrary: of(fc.oneof(numberUpTo(1), ahead)) },
      { weight: 1, arbitrary: of(fc.constantFrom(0, 1, -1)) },
      { weight: 1, arbitrary: of(fc.oneof({ weight: 6, arbitrary: numberUpTo(8) }, special)) },
    )
    .map((data) => encoded(data, shape, dtype))
}

const fraction = fc.integer({ min: 0, max: 64 }).map((k) => k / 64)

const labelElements = fc.constantFrom(
  fc.constantFrom(0, 1),
  fraction,
  numberUpTo(2),
  fc.oneof({ weight: 8, arbitrary: fraction }, fc.constant(Number.NaN)),
)

const floatsOf = (shape: Shape, dtype: DType): Arbitrary<EncodedArray> =>
  labelElements.chain((element) => numbers(size(shape), element)).map((data) => encoded(data, shape, dtype))

/** Shapes that broadcast to one, and rarely one that does not. */
const broadcastOf = (shape: Shape): Arbitrary<Shape> => {
  const ones = fc
    .array(fc.boolean(), { minLength: shape.length, maxLength: shape.length })
    .map((kept) => shape.map((d, k) => (kept[k] ? d : 1)))
  const shorter = fc.integer({ min: 0, max: shape.length }).map((from) => shape.slice(from))
  const wrong = fc.integer({ min: 0, max: shape.length - 1 }).map((at) => shape.with(at, shape[at]! + 1))
  return fc.oneof(
    { weight: 8, arbitrary: fc.constant(shape) },
    { weight: 1, arbitrary: ones },
    { weight: 1, arbitrary: shorter },
    { weight: 1, arbitrary: wrong },
  )
}

interface Frame {
  readonly shape: Shape
  readonly axis: number
  readonly dtype: FloatName
  readonly second: boolean
}

const frames: Arbitrary<Frame> = fc
  .record({ shape: fc.constantFrom(...shapes), place: fc.nat(3), dtype: dtypes, chance: fc.nat(9) })
  .map(({ shape, place, dtype, chance }) => ({
    shape,
    axis: place % shape.length,
    dtype,
    second: chance === 9 && (dtype === 'float32' || dtype === 'float64'),
  }))

const without = (shape: Shape, axis: number): Shape => shape.filter((_, k) => k !== axis)

const hasFiniteArguments = ({ args }: Pick<Call, 'args'>): boolean =>
  Object.values(args).every((array) => array && values(array).every(Number.isFinite))

/** Completes a call with upstream factors and, for second order, tangents. */
const completed = (
  call: Pick<Call, 'function' | 'args' | 'options'>,
  { shape, dtype, second }: Frame,
  valueShape: Shape,
  wrt: readonly string[],
): Arbitrary<Call> => {
  const upstream = fc
    .oneof(fc.constant(undefined), numbers(size(valueShape), numberUpTo(2)))
    .map((data) => data && encoded(data, valueShape, dtype))
  const tangent = numbers(size(shape), numberUpTo(2)).map((data) => encoded(data, shape, dtype))
  return fc.record({ upstream, tangent }).map(({ upstream, tangent }) => ({
    ...call,
    wrt,
    ...(upstream && { upstream }),
    // of what is not finite the libraries disagree in second order, and with each other
    ...(second && hasFiniteArguments(call) && { tangents: { logits: tangent } }),
  }))
}

const probabilities = fc
  .tuple(fc.constantFrom('softmax', 'logSoftmax'), frames)
  .chain(([name, frame]) =>
    logitsOf(frame.shape, frame.dtype).chain((logits) =>
      completed({ function: name, args: { logits }, options: { axis: frame.axis } }, frame, frame.shape, [
        'logits',
      ]),
    ),
  )

const dense = frames.chain((frame) =>
  fc
    .tuple(
      logitsOf(frame.shape, frame.dtype),
      broadcastOf(frame.shape).chain((shape) => floatsOf(shape, frame.dtype)),
      fc.constantFrom(['logits', 'labels'], ['logits']),
    )
    .chain(([logits, labels, wrt]) =>
      completed(
        {
          function: 'softmaxCrossEntropyWithLogits',
          args: { labels, logits },
          options: { axis: frame.axis },
        },
        frame,
        without(frame.shape, frame.axis),
        wrt,
      ),
    ),
)

const sparse = frames.chain((frame) => {
  const rows = without(frame.shape, frame.axis)
  const classes = frame.shape[frame.axis]!
  const known = fc.integer({ min: 0, max: classes - 1 })
  const label = fc.constantFrom(known, known, known, fc.integer({ min: -1, max: classes }))
  const labels = fc
    .tuple(
      label.chain((element) => numbers(size(rows), element)),
      fc.constantFrom<DType>('int32', 'int64'),
    )
    .map(([data, dtype]) => encoded(data, rows, dtype))
  return fc.tuple(logitsOf(frame.shape, frame.dtype), labels).chain(([logits, labels]) =>
    completed(
      {
        function: 'sparseSoftmaxCrossEntropyWithLogits',
        args: { labels, logits },
        options: { axis: frame.axis },
      },
      frame,
      rows,
      ['logits'],
    ),
  )
})

const elements = fc.tuple(fc.boolean(), frames).chain(([weighted, frame]) =>
  fc
    .tuple(
      logitsOf(frame.shape, frame.dtype, 1e3),
      floatsOf(frame.shape, frame.dtype),
      broadcastOf(frame.shape).chain((shape) =>
        numbers(size(shape), fc.integer({ min: 0, max: 64 })).map((data) =>
          encoded(
            data.map((k) => k / 8),
            shape,
            frame.dtype,
          ),
        ),
      ),
    )
    .chain(([logits, labels, posWeight]) =>
      completed(
        {
          function: weighted ? 'weightedCrossEntropyWithLogits' : 'sigmoidCrossEntropyWithLogits',
          args: { labels, logits, ...(weighted && { posWeight }) },
        },
        frame,
        (weighted && broadcastShapes(frame.shape, posWeight.shape)) || frame.shape,
        ['logits', 'labels', ...(weighted ? ['posWeight'] : [])],
      ),
    ),
)

const averages = fc
  .tuple(
    fc.constantFrom<readonly number[]>([4], [3, 4], [2, 3, 2]),
    dtypes,
    fc.option(fc.nat(8), { nil: undefined }),
    fc.nat(2),
  )
  .chain(([shape, dtype, batch, weights]) => {
    const weightShape = [[], shape.slice(0, 1), shape][weights]!
    return fc.tuple(numbers(size(shape), fraction), fc.option(numbers(size(weightShape), fraction))).map(
      ([losses, weight]): Call => ({
        function: 'computeAverageLoss',
        args: {
          perExampleLoss: encoded(losses, shape, dtype),
          ...(weight && { sampleWeight: encoded(weight, weightShape, dtype) }),
        },
        ...(batch !== undefined && { options: { globalBatchSize: batch } }),
      }),
    )
  })

/** Any call of the functions of `xent`. */
export const calls: Arbitrary<Call> = fc.oneof(
  { weight: 4, arbitrary: dense },
  { weight: 4, arbitrary: sparse },
  { weight: 4, arbitrary: elements },
  { weight: 3, arbitrary: probabilities },
  { weight: 1, arbitrary: averages },
)

/** Whether JAX is asked: where it need not compile for a shape of its own. */
export const isCompiled = ({ args }: Call): boolean => compiled.has(args.logits?.shape.join() ?? '')
