import { describe, expect, test } from 'vitest'
import {
  allocate,
  computeAverageLoss,
  type Differentiable,
  hessianVectorProduct,
  logSoftmax,
  reduceMean,
  reduceSum,
  sigmoidCrossEntropyWithLogits,
  softmax,
  softmaxCrossEntropyWithLogits,
  sparseSoftmaxCrossEntropyWithLogits,
  Tensor,
  tensor,
  valueAndGrad,
  weightedCrossEntropyWithLogits,
  XentError,
  type XentErrorCode,
} from '../../src/index.ts'
import { engines } from '../support.ts'

type Args = Readonly<Record<string, unknown>>

/** Any of the functions, with whatever arguments. */
interface Subject {
  readonly fn: Differentiable<never, string>
  readonly name: string
  /** As TensorFlow has it. */
  readonly snake: string
  readonly required: readonly string[]
  /** A call that succeeds: logits of shape [2, 3]. */
  readonly valid: Args
  readonly valueSize: number
}

const logits = [
  [1, 2, 3],
  [4, 5, 6],
]
const labels = [
  [1, 0, 0],
  [0, 1, 0],
]

const subjects = {
  softmax: {
    fn: softmax,
    name: 'softmax',
    snake: 'softmax',
    required: ['logits'],
    valid: { logits },
    valueSize: 6,
  },
  logSoftmax: {
    fn: logSoftmax,
    name: 'logSoftmax',
    snake: 'log_softmax',
    required: ['logits'],
    valid: { logits },
    valueSize: 6,
  },
  dense: {
    fn: softmaxCrossEntropyWithLogits,
    name: 'softmaxCrossEntropyWithLogits',
    snake: 'softmax_cross_entropy_with_logits',
    required: ['labels', 'logits'],
    valid: { labels, logits },
    valueSize: 2,
  },
  sparse: {
    fn: sparseSoftmaxCrossEntropyWithLogits,
    name: 'sparseSoftmaxCrossEntropyWithLogits',
    snake: 'sparse_softmax_cross_entropy_with_logits',
    required: ['labels', 'logits'],
    valid: { labels: [0, 2], logits },
    valueSize: 2,
  },
  sigmoid: {
    fn: sigmoidCrossEntropyWithLogits,
    name: 'sigmoidCrossEntropyWithLogits',
    snake: 'sigmoid_cross_entropy_with_logits',
    required: ['labels', 'logits'],
    valid: { labels, logits },
    valueSize: 6,
  },
  weighted: {
    fn: weightedCrossEntropyWithLogits,
    name: 'weightedCrossEntropyWithLogits',
    snake: 'weighted_cross_entropy_with_logits',
    required: ['labels', 'logits', 'posWeight'],
    valid: { labels, logits, posWeight: 2 },
    valueSize: 6,
  },
} as const satisfies Record<string, Subject>

const all: readonly Subject[] = Object.values(subjects)
const overClasses: readonly Subject[] = [
  subjects.softmax,
  subjects.logSoftmax,
  subjects.dense,
  subjects.sparse,
]
const withLabels: readonly Subject[] = [subjects.dense, subjects.sparse, subjects.sigmoid, subjects.weighted]
const perElement: readonly Subject[] = [subjects.sigmoid, subjects.weighted]

/** The call must throw an XentError of this code whose message begins with the function and has all of the texts. */
const expectError = (call: () => unknown, code: XentErrorCode, texts: readonly string[]): void => {
  let thrown: unknown
  try {
    call()
  } catch (error) {
    thrown = error
  }
  expect(thrown).toBeInstanceOf(XentError)
  expect(thrown).toMatchObject({ name: 'XentError', code })
  for (const text of texts) expect((thrown as XentError).message).toContain(text)
}

type Row = readonly [
  subject: Subject,
  problem: string,
  args: unknown,
  code: XentErrorCode,
  ...texts: string[],
]

const rowsFor = (
  list: readonly Subject[],
  rows: (subject: Subject) => readonly (readonly unknown[])[],
): Row[] => list.flatMap((subject) => rows(subject).map((row) => [subject, ...row] as unknown as Row))

const calls: readonly Row[] = [
  ...rowsFor(all, ({ name, required }) => [
    ['no object at all', undefined, 'MISSING_ARGUMENT', `${name}: ${required[0]}`, 'received undefined'],
    ['null for the object', null, 'MISSING_ARGUMENT', `${name}: ${required[0]}`, 'received undefined'],
    ['an empty object', {}, 'MISSING_ARGUMENT', `${name}: ${required[0]}`],
  ]),
  ...all.flatMap((subject) =>
    subject.required.flatMap((argument) => {
      const { [argument]: _, ...others } = subject.valid as Args
      const place = `${subject.name}: ${argument}: expected a value, received `
      return [
        [subject, `without ${argument}`, others, 'MISSING_ARGUMENT', `${place}undefined`],
        [
          subject,
          `${argument} undefined`,
          { ...others, [argument]: undefined },
          'MISSING_ARGUMENT',
          `${place}undefined`,
        ],
        [subject, `${argument} null`, { ...others, [argument]: null }, 'MISSING_ARGUMENT', `${place}null`],
      ] as const satisfies readonly Row[]
    }),
  ),
  ...rowsFor(withLabels, ({ snake, valid }) =>
    ['labels', 'logits'].map((argument) => [
      `in TensorFlow’s words without ${argument}`,
      { ...valid, [argument]: undefined },
      'MISSING_ARGUMENT',
      `Both \`labels\` and \`logits\` must be provided for ${snake}`,
    ]),
  ),
  ...rowsFor(all, ({ valid }) => [
    [
      'an unknown argument',
      { ...valid, sampleWeights: 1 },
      'UNKNOWN_ARGUMENT',
      'sampleWeights',
      'one of',
      'logits',
    ],
    ['an argument of Python’s spelling', { ...valid, pos_weight: 1 }, 'UNKNOWN_ARGUMENT', 'pos_weight'],
  ]),
  ...rowsFor([subjects.sigmoid], ({ valid }) => [
    [
      'the weight of the other loss',
      { ...valid, posWeight: 1 },
      'UNKNOWN_ARGUMENT',
      'posWeight',
      'one of labels, logits',
    ],
    ['an axis, where there is none', { ...valid, axis: 0 }, 'UNKNOWN_ARGUMENT', 'axis'],
  ]),
  ...rowsFor(all, ({ name, snake }) =>
    [
      logits,
      Float32Array.of(1, 2),
      1,
      true,
      1n,
      'logits',
      () => 1,
      tensor(logits),
      { data: [1], shape: [1] },
    ].map((first) => [
      `called with ${first instanceof Tensor ? 'a Tensor' : (first.constructor.name ?? typeof first)} first`,
      first,
      'POSITIONAL_CALL',
      `${name}: Only call \`${snake}\` with named arguments (`,
    ]),
  ),
  ...rowsFor(withLabels, ({ name, snake }) => [
    [
      'called by position',
      logits,
      'POSITIONAL_CALL',
      `${name}: Only call \`${snake}\` with named arguments (labels=..., logits=..., ...)`,
    ],
  ]),
]

const allowed = 'is not in the list of allowed values: half, bfloat16, float, double'

const logitsRows: readonly Row[] = [
  ...rowsFor(all, ({ valid }) => [
    ...(
      [
        [Int8Array, 'int8'],
        [Int16Array, 'int16'],
        [Int32Array, 'int32'],
        [BigInt64Array, 'int64'],
        [Uint8Array, 'uint8'],
        [Uint8ClampedArray, 'uint8'],
        [Uint16Array, 'uint16'],
        [Uint32Array, 'uint32'],
      ] as const
    ).map(([Class, dtype]) => [
      `logits in ${Class.name}`,
      { ...valid, logits: { data: new Class(6), shape: [2, 3] } },
      'DTYPE',
      `logits: expected float16, bfloat16, float32 or float64, received ${dtype}`,
      `Value for attr 'T' of ${dtype} ${allowed}`,
    ]),
    [
      'boolean logits',
      { ...valid, logits: [[true, false, true]] },
      'DTYPE',
      `Value for attr 'T' of bool ${allowed}`,
    ],
    [
      'bigint logits',
      { ...valid, logits: [[1n, 2n, 3n]] },
      'DTYPE',
      `Value for attr 'T' of int64 ${allowed}`,
    ],
    [
      'ragged logits',
      {
        ...valid,
        logits: [
          [1, 2, 3],
          [4, 5],
        ],
      },
      'SHAPE_MISMATCH',
      'logits[1]',
      'an array of length 3',
    ],
    [
      'logits with a string',
      {
        ...valid,
        logits: [
          [1, 2, 3],
          [4, '5', 6],
        ],
      },
      'DTYPE',
      'logits[1, 1]',
      'a string',
    ],
    ['logits that are a string', { ...valid, logits: '1, 2' }, 'DTYPE', 'logits', 'a string'],
    [
      'logits whose data does not fit',
      { ...valid, logits: { data: new Float32Array(5), shape: [2, 3] } },
      'SHAPE_MISMATCH',
      'logits',
      '6 elements for shape [2, 3]',
    ],
  ]),
  ...rowsFor([subjects.softmax, subjects.logSoftmax, subjects.dense], ({ valid }) => [
    [
      'scalar logits',
      { ...valid, logits: 1 },
      'SHAPE_MISMATCH',
      'a scalar',
      'logits must have >= 1 dimension, got []',
    ],
  ]),
  ...rowsFor([subjects.sparse], () => [
    ['scalar logits', { labels: 0, logits: 1 }, 'SHAPE_MISMATCH', 'a scalar', '`logits` cannot be a scalar.'],
    [
      'no classes',
      { labels: [], logits: [] },
      'SHAPE_MISMATCH',
      'Must have at least one class, but got logits shape [0]',
    ],
    [
      'no classes in two rows',
      { labels: [0, 0], logits: [[], []] },
      'SHAPE_MISMATCH',
      'logits',
      'Must have at least one class, but got logits shape [2,0]',
    ],
    [
      'no classes along the axis',
      { labels: [0, 0], logits: { data: new Float32Array(0), shape: [0, 2] }, axis: 0 },
      'SHAPE_MISMATCH',
      'Must have at least one class, but got logits shape [0,2]',
    ],
  ]),
  ...rowsFor(overClasses, ({ valid }) =>
    [2, -3, 7, 0.5, Number.NaN, Number.POSITIVE_INFINITY, '1', true, null].map((axis) => [
      `axis ${axis === '1' ? 'in a string' : axis}`,
      { ...valid, axis },
      'AXIS',
      `axis: expected a whole number in [-2, 2), received ${axis}`,
      `\`dim\` must be in the range [-2, 2) where 2 is the number of dimensions in the input. Received: dim=${axis}`,
    ]),
  ),
]

const labelsRows: readonly Row[] = [
  ...rowsFor([subjects.dense], ({ valid }) => [
    ...[[2, 2], [3, 3], [2], [2, 3, 1], [1, 2, 3], [0, 3]].map((shape) => [
      `labels of shape ${JSON.stringify(shape)}`,
      { ...valid, labels: { data: new Float32Array(shape.reduce((size, d) => size * d, 1)), shape } },
      'SHAPE_MISMATCH',
      'labels: expected a shape that broadcasts to that of logits, [2, 3]',
      `received [${shape.join(', ')}]`,
    ]),
    [
      'logits that would have to broadcast',
      { labels, logits: [[1, 2, 3]] },
      'SHAPE_MISMATCH',
      'logits_size=[1,3] labels_size=[2,3]',
    ],
    [
      'shapes that merely flatten alike',
      {
        labels: [
          [1, 0, 0],
          [0, 1, 0],
        ],
        logits: [[[1, 2, 3]], [[4, 5, 6]]],
      },
      'SHAPE_MISMATCH',
      'a shape that broadcasts to that of logits, [2, 1, 3], received [2, 3]',
    ],
  ]),
  ...rowsFor(perElement, ({ valid }) => [
    [
      'labels that would have to broadcast',
      { ...valid, labels: [[1, 0, 0]] },
      'SHAPE_MISMATCH',
      'the shape of logits, [2, 3], received [1, 3]',
      '`logits` and `labels` must have the same shape, received ((2, 3) vs (1, 3)).',
    ],
    [
      'labels of rank 1',
      { ...valid, labels: [1, 0, 0] },
      'SHAPE_MISMATCH',
      '`logits` and `labels` must have the same shape, received ((2, 3) vs (3,)).',
    ],
    [
      'scalar labels',
      { ...valid, labels: 1 },
      'SHAPE_MISMATCH',
      'must have the same shape, received ((2, 3) vs ()).',
    ],
  ]),
  ...rowsFor([subjects.weighted], ({ valid }) => [
    [
      'a weight that does not broadcast',
      { ...valid, posWeight: [1, 2] },
      'SHAPE_MISMATCH',
      'posWeight',
      '[2, 3], received [2]',
      'Incompatible shapes: [2] vs. [2,3]',
    ],
    [
      'a weight for each row without a column',
      { labels: [1, 0, 0], logits: [1, 2, 3], posWeight: [1, 2] },
      'SHAPE_MISMATCH',
      'Incompatible shapes: [2] vs. [3]',
    ],
    ['a ragged weight', { ...valid, posWeight: [[1], [2, 3]] }, 'SHAPE_MISMATCH', 'posWeight[1]'],
    ['a weight in a string', { ...valid, posWeight: '2' }, 'DTYPE', 'posWeight', 'a string'],
  ]),
  ...rowsFor(withLabels, ({ valid }) => [
    [
      'ragged labels',
      {
        ...valid,
        labels: [
          [1, 0, 0],
          [0, 1],
        ],
      },
      'SHAPE_MISMATCH',
      'labels[1]',
      'an array of length 3',
      'an array of length 2',
    ],
    [
      'mixed labels',
      { ...valid, labels: [1, true] },
      'DTYPE',
      'labels[1]',
      'all of one type',
      'received true',
    ],
    ['labels in a string', { ...valid, labels: '0' }, 'DTYPE', 'labels', 'a string'],
    ['uint64 labels', { ...valid, labels: new BigUint64Array(2) }, 'DTYPE', 'labels', 'BigUint64Array'],
    ['labels without a shape', { ...valid, labels: {} }, 'DTYPE', 'labels', 'Object'],
  ]),
]

const four = {
  logits: [
    [1, 2, 3, 4],
    [5, 6, 7, 8],
  ],
}
const cube = { data: new Float32Array(24), shape: [2, 3, 4] }
const outside = (label: string, classes = 4) =>
  `Received a label value of ${label} which is outside the valid range of [0, ${classes}).`

const indexRows: readonly Row[] = rowsFor([subjects.sparse], () => [
  [
    'a label beyond the last class',
    { ...four, labels: [0, 4] },
    'LABEL_OUT_OF_RANGE',
    'labels[1]: expected a class in [0, 4), received 4',
    outside('4'),
  ],
  ['a label below 0', { ...four, labels: [-1, 0] }, 'LABEL_OUT_OF_RANGE', 'labels[0]', outside('-1')],
  ['the first of several', { ...four, labels: [9, -9] }, 'LABEL_OUT_OF_RANGE', 'labels[0]', outside('9')],
  [
    'a label of one example',
    { logits: [1, 2, 3, 4], labels: 4 },
    'LABEL_OUT_OF_RANGE',
    'labels: expected',
    outside('4'),
  ],
  [
    'a place of several coordinates',
    {
      logits: cube,
      labels: [
        [0, 3, 1],
        [2, 4, 5],
      ],
    },
    'LABEL_OUT_OF_RANGE',
    'labels[1, 1]: expected a class in [0, 4)',
    outside('4'),
  ],
  [
    'a place beside another axis',
    {
      logits: cube,
      axis: 1,
      labels: [
        [0, 1, 2, 0],
        [0, 1, 2, 3],
      ],
    },
    'LABEL_OUT_OF_RANGE',
    'labels[1, 3]: expected a class in [0, 3)',
    outside('3', 3),
  ],
  [
    'a place in a transposed view',
    {
      logits: cube,
      axis: 2,
      labels: { data: Int32Array.of(0, 1, 2, 7, 3, 0), shape: [2, 3], strides: [1, 2] },
    },
    'LABEL_OUT_OF_RANGE',
    'labels[1, 1]',
    outside('7'),
  ],
  ...[Int8Array, Int16Array, Int32Array].flatMap((Class) => [
    [
      `-1 in ${Class.name}`,
      { ...four, labels: Class.of(0, -1) },
      'LABEL_OUT_OF_RANGE',
      'labels[1]',
      outside('-1'),
    ],
    [`127 in ${Class.name}`, { ...four, labels: Class.of(0, 127) }, 'LABEL_OUT_OF_RANGE', outside('127')],
  ]),
  ...[Uint8Array, Uint8ClampedArray, Uint16Array, Uint32Array].map((Class) => [
    `4 in ${Class.name}`,
    { ...four, labels: Class.of(3, 4) },
    'LABEL_OUT_OF_RANGE',
    'labels[1]',
    outside('4'),
  ]),
  [
    '2³² - 1, which is -1 in 32 bits',
    { ...four, labels: Uint32Array.of(0, 2 ** 32 - 1) },
    'LABEL_OUT_OF_RANGE',
    outside('4294967295'),
  ],
  ['-1 of int64', { ...four, labels: BigInt64Array.of(0n, -1n) }, 'LABEL_OUT_OF_RANGE', outside('-1')],
  [
    '2³² + 1, which is 1 in 32 bits',
    { ...four, labels: BigInt64Array.of(0n, 2n ** 32n + 1n) },
    'LABEL_OUT_OF_RANGE',
    'labels[1]',
    outside('4294967297'),
  ],
  [
    '2⁶⁰ + 1, which is no float64',
    { ...four, labels: [2n ** 60n + 1n, 0n] },
    'LABEL_OUT_OF_RANGE',
    outside('1152921504606846977'),
  ],
  ['2³² + 1 as a number', { ...four, labels: [0, 2 ** 32 + 1] }, 'LABEL_OUT_OF_RANGE', outside('4294967297')],
  ['a fraction', { ...four, labels: [0, 1.5] }, 'DTYPE', 'labels[1]: expected a whole number, received 1.5'],
  ['a fraction out of range', { ...four, labels: [-0.5, 0] }, 'DTYPE', 'labels[0]', 'received -0.5'],
  ['NaN', { ...four, labels: [0, Number.NaN] }, 'DTYPE', 'labels[1]: expected a whole number, received NaN'],
  [
    'an infinite label',
    { ...four, labels: [0, Number.POSITIVE_INFINITY] },
    'DTYPE',
    'labels[1]',
    'received Infinity',
  ],
  ...(
    [
      ['float', Float32Array.of(0, 1)],
      ['double', Float64Array.of(0, 1)],
      ['half', { data: new Uint16Array(2), shape: [2], dtype: 'float16' }],
      ['bfloat16', { data: new Uint16Array(2), shape: [2], dtype: 'bfloat16' }],
      ['float', tensor([0, 1])],
      ['bool', [true, false]],
      ['bool', { data: new Uint8Array(2), dims: [2], type: 'bool' }],
    ] as const
  ).map(([type, given]) => [
    `labels of ${type} in ${given.constructor.name}`,
    { ...four, labels: given },
    'DTYPE',
    'labels: expected class indices of an integer type',
    `Value for attr 'Tlabels' of ${type} is not in the list of allowed values: int32, int64`,
  ]),
  [
    'labels with the class axis',
    { ...four, labels: [[0], [1]] },
    'SHAPE_MISMATCH',
    'shape [2], that of logits [2, 4]',
    'received shape [2, 1]',
    '`labels.shape.rank` must equal `logits.shape.rank - 1`. Received: labels.shape=(2, 1) of rank 2 and logits.shape=(2, 4) of rank 2',
  ],
  [
    'a label for no example',
    { ...four, labels: 1 },
    'SHAPE_MISMATCH',
    'Received: labels.shape=() of rank 0 and logits.shape=(2, 4) of rank 2',
  ],
  [
    'too many labels',
    { ...four, labels: [0, 1, 2] },
    'SHAPE_MISMATCH',
    '`labels.shape` must equal `logits.shape` except for the last dimension. Received: labels.shape=(3,) and logits.shape=(2, 4)',
  ],
  ['too few labels', { ...four, labels: [0] }, 'SHAPE_MISMATCH', 'labels.shape=(1,) and logits.shape=(2, 4)'],
  [
    'labels for another axis',
    { ...four, axis: 0, labels: [0, 1] },
    'SHAPE_MISMATCH',
    'shape [4], that of logits [2, 4] without axis 0',
  ],
  [
    'labels that merely flatten alike',
    { logits: cube, labels: [0, 1, 2, 3, 0, 1] },
    'SHAPE_MISMATCH',
    '[2, 3]',
    '[6]',
  ],
  [
    'another word than throw and nan',
    { ...four, labels: [0, 4], outOfRange: 'Throw' },
    'VALUE',
    'outOfRange',
    "'throw' or 'nan', received Throw",
  ],
])

const rows = [...calls, ...logitsRows, ...labelsRows, ...indexRows].map(
  ([subject, problem, args, code, ...texts]) => ({
    subject,
    problem,
    args: args as never,
    code,
    texts,
    name: subject.name,
  }),
)

const SENTINEL = 77

/** Arrays for the results of the valid call. */
const outArrays = ({ valueSize }: Subject) => {
  const value = new Float32Array(valueSize).fill(SENTINEL)
  const logits = new Float32Array(6).fill(SENTINEL)
  return {
    out: { value, grad: { logits } },
    isUntouched: () => [...value, ...logits].every((x) => x === SENTINEL),
  }
}

test.each(all)('$name takes the valid arguments that the bad ones are made from', (subject) => {
  const { out, isUntouched } = outArrays(subject)
  valueAndGrad(subject.fn, 'logits')(subject.valid as never, { out })
  expect(isUntouched()).toBe(false)
})

describe('a bad argument is an error, and nothing is written', () => {
  test.each(rows)('$name: $problem', async ({ subject, args, code, texts }) => {
    const { fn, name } = subject
    const { out, isUntouched } = outArrays(subject)
    const expected = [`${name}: `, ...texts]
    expectError(() => fn(args), code, expected)
    expectError(() => fn(args, { out: out.value }), code, expected)
    expectError(() => valueAndGrad(fn, 'logits')(args, { out }), code, expected)
    expectError(() => hessianVectorProduct(fn, 'logits')(args, logits), code, expected)
    expect(isUntouched()).toBe(true)
    for (const engine of engines) {
      const [value, both] = await Promise.allSettled([
        (engine as unknown as Record<string, typeof fn>)[name]!(args),
        engine.valueAndGrad(fn, 'logits')(args, { out }),
      ])
      for (const result of [value, both]) {
        expectError(
          () => {
            if (result?.status === 'rejected') throw result.reason
          },
          code,
          expected,
        )
      }
    }
    expect(isUntouched()).toBe(true)
  })
})

describe('valueAndGrad and hessianVectorProduct', () => {
  const { dense, sparse, sigmoid, weighted } = subjects
  const array = (size: number) => new Float32Array(size).fill(SENTINEL)
  type Case = readonly [
    problem: string,
    Subject,
    wrt: unknown,
    options: () => { readonly upstream?: unknown; readonly out?: unknown } | undefined,
    XentErrorCode,
    ...texts: string[],
  ]
  const differentiable = 'wrt: expected a differentiable argument'
  const none = () => undefined
  const shared = () => array(12)
  const buffer = () => new ArrayBuffer(48)
  const cases: readonly Case[] = [
    [
      'wrt of another name',
      dense,
      'logit',
      none,
      'UNKNOWN_ARGUMENT',
      `${differentiable}: logits, labels, received logit`,
    ],
    [
      'wrt of an argument without a gradient',
      sparse,
      'labels',
      none,
      'UNKNOWN_ARGUMENT',
      `${differentiable}: logits, received labels`,
    ],
    ['wrt of an option', dense, 'axis', none, 'UNKNOWN_ARGUMENT', 'received axis'],
    [
      'wrt of another loss',
      sigmoid,
      ['logits', 'posWeight'],
      none,
      'UNKNOWN_ARGUMENT',
      `${differentiable}: logits, labels, received posWeight`,
    ],
    ['wrt value', weighted, 'value', none, 'UNKNOWN_ARGUMENT', 'logits, labels, posWeight, received value'],
    ['an empty wrt', dense, '', none, 'UNKNOWN_ARGUMENT', differentiable],
    ['wrt with undefined', dense, [undefined], none, 'UNKNOWN_ARGUMENT', 'received undefined'],

    [
      'upstream of the logits’ shape',
      dense,
      'logits',
      () => ({ upstream: logits }),
      'SHAPE_MISMATCH',
      'upstream: expected shape [2], received shape [2, 3]',
    ],
    [
      'upstream that would have to broadcast',
      sigmoid,
      'logits',
      () => ({ upstream: [1, 1, 1] }),
      'SHAPE_MISMATCH',
      'upstream: expected shape [2, 3], received shape [3]',
    ],
    [
      'upstream for too few examples',
      sparse,
      'logits',
      () => ({ upstream: [1] }),
      'SHAPE_MISMATCH',
      'upstream: expected shape [2], received shape [1]',
    ],
    [
      'upstream for softmax by example',
      subjects.softmax,
      'logits',
      () => ({ upstream: [1, 1] }),
      'SHAPE_MISMATCH',
      'upstream: expected shape [2, 3], received shape [2]',
    ],
    ['ragged upstream', dense, 'logits', () => ({ upstream: [[1], []] }), 'SHAPE_MISMATCH', 'upstream[1]'],
    ['upstream in a string', dense, 'logits', () => ({ upstream: '1' }), 'DTYPE', 'upstream', 'a string'],
    ['upstream null', dense, 'logits', () => ({ upstream: null }), 'DTYPE', 'upstream', 'null'],

    [
      'out of another class',
      dense,
      'logits',
      () => ({ out: { value: new Float64Array(2) } }),
      'OUT',
      'out (value): expected float32 of shape [2], received Float64Array of length 2',
    ],
    [
      'out in integers',
      dense,
      'logits',
      () => ({ out: { grad: { logits: new Int32Array(6) } } }),
      'OUT',
      'out (logits): expected float32 of shape [2, 3], received Int32Array of length 6',
    ],
    [
      'out too short',
      dense,
      'logits',
      () => ({ out: { value: array(1) } }),
      'OUT',
      'received Float32Array of length 1',
    ],
    [
      'out too long',
      dense,
      'logits',
      () => ({ out: { grad: { logits: array(7) } } }),
      'OUT',
      'out (logits)',
      'received Float32Array of length 7',
    ],
    [
      'out in a plain array',
      dense,
      'logits',
      () => ({ out: { value: [0, 0] } }),
      'OUT',
      'received Array of length 2',
    ],
    ['out in an object', dense, 'logits', () => ({ out: { value: {} } }), 'OUT', 'out (value)', 'Object'],
    [
      'a Tensor of another shape',
      dense,
      'logits',
      () => ({ out: { grad: { logits: new Tensor(array(6), [3, 2], 'float32') } } }),
      'OUT',
      'expected float32 of shape [2, 3], received float32 of shape [3, 2]',
    ],
    [
      'a Tensor of another rank',
      dense,
      'logits',
      () => ({ out: { value: new Tensor(array(2), [2, 1], 'float32') } }),
      'OUT',
      'received float32 of shape [2, 1]',
    ],
    [
      'a Tensor of another dtype',
      dense,
      'logits',
      () => ({ out: { value: new Tensor(new Float64Array(2), [2], 'float64') } }),
      'OUT',
      'received float64 of shape [2]',
    ],
    [
      'the labels’ gradient in a wrong array',
      weighted,
      ['logits', 'labels', 'posWeight'],
      () => ({ out: { grad: { labels: array(5) } } }),
      'OUT',
      'out (labels): expected float32 of shape [2, 3]',
    ],
    [
      'the weight’s gradient in a wrong array',
      weighted,
      ['posWeight'],
      () => ({ out: { grad: { posWeight: array(6) } } }),
      'OUT',
      'out (posWeight): expected float32 of shape []',
    ],
    [
      'one array for two results',
      sigmoid,
      ['logits', 'labels'],
      () => {
        const one = array(6)
        return { out: { value: one, grad: { logits: one } } }
      },
      'OUT',
      'out (logits): expected memory of its own',
      'overlaps',
    ],
    [
      'one array for two gradients',
      sigmoid,
      ['logits', 'labels'],
      () => {
        const one = array(6)
        return { out: { grad: { logits: one, labels: one } } }
      },
      'OUT',
      'overlaps',
    ],
    [
      'results that share one place',
      sigmoid,
      'logits',
      () => {
        const both = shared()
        return { out: { value: both.subarray(0, 6), grad: { logits: both.subarray(5, 11) } } }
      },
      'OUT',
      'overlaps',
    ],
    [
      'results in one buffer',
      sigmoid,
      'logits',
      () => {
        const one = buffer()
        return { out: { value: new Float32Array(one, 0, 6), grad: { logits: new Float32Array(one, 20, 6) } } }
      },
      'OUT',
      'overlaps',
    ],
  ]
  test.for(cases)('%s', ([_problem, { fn, name, valid }, wrt, options, code, ...texts]) => {
    const given = options()
    const before = JSON.stringify(given?.out)
    expectError(() => valueAndGrad(fn, wrt as never)(valid as never, given as never), code, [
      `${name}: `,
      ...texts,
    ])
    expect(JSON.stringify(given?.out)).toBe(before)
  })

  const own = () => Float32Array.of(1, 2, 3, 4, 5, 6)
  type Overlap = readonly [
    string,
    Subject,
    given: Float32Array,
    args: (given: Float32Array) => Args,
    out: (given: Float32Array) => object,
  ]
  const overlaps: readonly Overlap[] = [
    [
      'the logits',
      sigmoid,
      own(),
      (given) => ({ labels: [1, 0, 1, 0, 1, 0], logits: given }),
      (given) => ({ value: given }),
    ],
    [
      'the labels',
      sigmoid,
      own(),
      (given) => ({ labels: given, logits: own() }),
      (given) => ({ grad: { logits: given } }),
    ],
    [
      'the weight',
      weighted,
      own(),
      (given) => ({ labels: own(), logits: own(), posWeight: given }),
      (given) => ({ grad: { logits: given } }),
    ],
    [
      'a part of the logits',
      dense,
      own(),
      (given) => ({ labels, logits: { data: given, shape: [2, 3] } }),
      (given) => ({ value: given.subarray(4) }),
    ],
    [
      'the labels of the dense loss',
      dense,
      own(),
      (given) => ({ labels: { data: given, shape: [2, 3] }, logits }),
      (given) => ({ value: given.subarray(0, 2) }),
    ],
    [
      'the logits of the sparse loss',
      sparse,
      own(),
      (given) => ({ labels: [0, 1], logits: { data: given, shape: [2, 3] } }),
      (given) => ({ grad: { logits: given } }),
    ],
    [
      'the logits of softmax',
      subjects.softmax,
      own(),
      (given) => ({ logits: given }),
      (given) => ({ value: given }),
    ],
    [
      'another view of the same bytes',
      subjects.softmax,
      own(),
      (given) => ({ logits: given }),
      (given) => ({ value: new Float32Array(given.buffer) }),
    ],
  ]
  test.each(overlaps)('no result may lie in %s', (_place, { fn }, given, args, out) => {
    const before = [...given]
    expectError(() => valueAndGrad(fn, 'logits')(args(given) as never, { out: out(given) as never }), 'OUT', [
      'expected memory of its own',
      'overlaps an argument or another result',
    ])
    expect([...given]).toEqual(before)
  })

  test.each([
    [0, 6, 12],
    [12, 6, 0],
    [6, 0, 12],
  ])('neighbours in one buffer, at %d, %d and %d, do not overlap', (...places) => {
    const buffer = new Float32Array(18)
    const [x, value, grad] = places.map((from) => buffer.subarray(from, from + 6))
    x!.set([1, 2, 3, 4, 5, 6])
    const out = { value: value!, grad: { logits: grad! } }
    const results = valueAndGrad(softmax, 'logits')({ logits: x! }, { out })
    expect(results.value.data).toBe(value)
    expect(results.grad.logits.data).toBe(grad)
  })

  type Tangent = readonly [
    problem: string,
    Subject,
    wrt: unknown,
    v: unknown,
    XentErrorCode,
    ...texts: string[],
  ]
  const tangents: readonly Tangent[] = [
    [
      'a tangent of the value’s shape',
      dense,
      'logits',
      [1, 1],
      'SHAPE_MISMATCH',
      'v.logits: expected shape [2, 3], received shape [2]',
    ],
    [
      'a tangent that would have to broadcast',
      sparse,
      'logits',
      1,
      'SHAPE_MISMATCH',
      'v.logits: expected shape [2, 3], received shape []',
    ],
    [
      'a tangent of the labels',
      sigmoid,
      'labels',
      [[1, 1, 1]],
      'SHAPE_MISMATCH',
      'v.labels: expected shape [2, 3], received shape [1, 3]',
    ],
    [
      'a tangent of the weight',
      weighted,
      ['logits', 'posWeight'],
      { logits, posWeight: [1] },
      'SHAPE_MISMATCH',
      'v.posWeight: expected shape [], received shape [1]',
    ],
    ['a ragged tangent', dense, 'logits', [[1, 2, 3], [4]], 'SHAPE_MISMATCH', 'v.logits[1]'],
    ['no tangent', dense, 'logits', undefined, 'DTYPE', 'v.logits', 'undefined'],
    ['no tangents', dense, ['logits'], undefined, 'DTYPE', 'v.logits', 'undefined'],
    [
      'a list without one of its tangents',
      dense,
      ['logits', 'labels'],
      { logits },
      'DTYPE',
      'v.labels',
      'undefined',
    ],
    ['a tangent that is not under its name', dense, ['logits'], logits, 'DTYPE', 'v.logits', 'undefined'],
    ['wrt of another name', dense, 'logit', logits, 'UNKNOWN_ARGUMENT', 'received logit'],
    [
      'wrt of an argument without a gradient',
      sparse,
      ['labels'],
      { labels: [0, 1] },
      'UNKNOWN_ARGUMENT',
      'received labels',
    ],
  ]
  test.for(tangents)('%s', ([_problem, { fn, name, valid }, wrt, v, code, ...texts]) => {
    expectError(() => hessianVectorProduct(fn, wrt as never)(valid as never, v as never), code, [
      `${name}: `,
      ...texts,
    ])
  })

  test('hessianVectorProduct wants an upstream of the value’s shape', () => {
    const call = () =>
      hessianVectorProduct(dense.fn, 'logits')(dense.valid as never, logits, { upstream: [1] })
    expectError(call, 'SHAPE_MISMATCH', ['upstream: expected shape [2], received shape [1]'])
  })
})

describe('computeAverageLoss, reduceMean and reduceSum', () => {
  const averageRows: readonly (readonly [
    problem: string,
    args: unknown,
    XentErrorCode,
    ...texts: string[],
  ])[] = [
    ['no object at all', undefined, 'MISSING_ARGUMENT', 'perExampleLoss'],
    [
      'no losses',
      { sampleWeight: [1] },
      'MISSING_ARGUMENT',
      'perExampleLoss: expected a value, received undefined',
    ],
    ['losses null', { perExampleLoss: null }, 'MISSING_ARGUMENT', 'received null'],
    [
      'called by position',
      [1, 2],
      'POSITIONAL_CALL',
      'Only call `compute_average_loss` with named arguments (perExampleLoss=...,',
    ],
    [
      'an unknown argument',
      { perExampleLoss: [1], weights: 1 },
      'UNKNOWN_ARGUMENT',
      'weights',
      'sampleWeight',
    ],
    [
      'a scalar loss',
      { perExampleLoss: 2 },
      'SHAPE_MISMATCH',
      'perExampleLoss',
      'Invalid value passed for `per_example_loss`. Expected a tensor with at least rank 1.',
    ],
    ['ragged losses', { perExampleLoss: [[1], [2, 3]] }, 'SHAPE_MISMATCH', 'perExampleLoss[1]'],
    ['losses in a string', { perExampleLoss: '1' }, 'DTYPE', 'perExampleLoss', 'a string'],
    [
      'weights for other examples',
      { perExampleLoss: [1, 2], sampleWeight: [1, 2, 3] },
      'SHAPE_MISMATCH',
      'sampleWeight',
      '[2], received [3]',
      'Incompatible shapes: [2] vs. [3]',
    ],
    [
      'weights that cannot be squeezed',
      {
        perExampleLoss: [1, 2],
        sampleWeight: [
          [1, 1, 1],
          [1, 1, 1],
        ],
      },
      'SHAPE_MISMATCH',
      'sampleWeight',
      'Can not squeeze dim[1], expected a dimension of 1, got 3',
    ],
    ['weights null', { perExampleLoss: [1, 2], sampleWeight: null }, 'DTYPE', 'sampleWeight', 'null'],
    [
      'a batch of several sizes',
      { perExampleLoss: [1, 2], globalBatchSize: [2] },
      'VALUE',
      'globalBatchSize',
      'global_batch_size must be scalar.',
    ],
    [
      'a batch size in a string',
      { perExampleLoss: [1, 2], globalBatchSize: '2' },
      'VALUE',
      'globalBatchSize',
    ],
    [
      'a fractional batch',
      { perExampleLoss: [1, 2], globalBatchSize: 2.5 },
      'VALUE',
      'received 2.5',
      'global_batch_size must be an integer.',
    ],
    [
      'a batch of NaN',
      { perExampleLoss: [1, 2], globalBatchSize: Number.NaN },
      'VALUE',
      'received NaN',
      'global_batch_size must be an integer.',
    ],
    [
      'a negative batch',
      { perExampleLoss: [1, 2], globalBatchSize: -1 },
      'VALUE',
      'received -1',
      'global_batch_size must be non-negative.',
    ],
  ]
  test.for(averageRows)('computeAverageLoss: %s', ([_problem, args, code, ...texts]) => {
    expectError(() => computeAverageLoss(args as never), code, ['computeAverageLoss: ', ...texts])
  })

  const reduced: readonly (readonly [problem: string, like: unknown, XentErrorCode, ...texts: string[]])[] = [
    ['nothing', undefined, 'DTYPE', 'undefined'],
    ['null', null, 'DTYPE', 'null'],
    ['a string', '1', 'DTYPE', 'a string'],
    ['named arguments', { tensor: [1] }, 'DTYPE', 'Object'],
    ['ragged nesting', [[1], [2, 3]], 'SHAPE_MISMATCH', 'tensor[1]'],
  ]
  test.for(reduced)('reduceMean and reduceSum: %s', ([_problem, like, code, ...texts]) => {
    expectError(() => reduceMean(like as never), code, ['reduceMean: tensor', ...texts])
    expectError(() => reduceSum(like as never), code, ['reduceSum: tensor', ...texts])
  })
})

describe('words and options that nobody knows', () => {
  const args = { labels: [[1, 0]], logits: [[1, 2]] }
  const withGradient = valueAndGrad(softmaxCrossEntropyWithLogits, 'logits')
  const table: readonly (readonly [name: string, call: () => unknown, code: XentErrorCode, text: string])[] =
    [
      [
        'an option of a call',
        () => softmax({ logits: [1] }, { outs: 1 } as never),
        'UNKNOWN_ARGUMENT',
        'options.outs',
      ],
      [
        'a misspelt upstream',
        () => withGradient(args, { upstrem: 3 } as never),
        'UNKNOWN_ARGUMENT',
        'options.upstrem',
      ],
      [
        'an array under the wrong name',
        () => withGradient(args, { out: { logits: new Float32Array(2) } } as never),
        'UNKNOWN_ARGUMENT',
        'out.logits',
      ],
      [
        'an array for a gradient that was not asked for',
        () => withGradient(args, { out: { grad: { labels: new Float32Array(2) } } } as never),
        'UNKNOWN_ARGUMENT',
        'out.grad.labels: expected one of logits',
      ],
      [
        'a kind of gradient',
        () => softmaxCrossEntropyWithLogits({ ...args, gradient: 'tf' as never }),
        'VALUE',
        "gradient: expected 'exact' or 'tensorflow', received tf",
      ],
      [
        'wrt undefined',
        () => valueAndGrad(softmax, undefined as never)({ logits: [1] }),
        'UNKNOWN_ARGUMENT',
        'wrt',
      ],
      [
        'a function without gradients',
        () => valueAndGrad(computeAverageLoss as never, 'logits' as never)({} as never),
        'VALUE',
        'expected a differentiable function',
      ],
      ['a type of array', () => allocate([2], 'nope' as never), 'DTYPE', 'allocate: dtype'],
    ]
  test.each(table)('%s', (_name, call, code, text) => {
    expectError(call, code, [text])
  })

  test('results must not overlap labels or upstream factors either', () => {
    const buffer = new ArrayBuffer(16)
    const labels = new Int32Array(buffer, 0, 2)
    const logits = { data: new Float32Array(4), shape: [2, 2] }
    const sparse = () =>
      sparseSoftmaxCrossEntropyWithLogits({ labels, logits }, { out: new Float32Array(buffer, 4, 2) })
    expectError(sparse, 'OUT', ['memory of its own'])
    const shared = new Float32Array(3)
    const upstream = { data: shared.subarray(0, 2), shape: [2] }
    const out = { value: shared.subarray(1, 3) }
    const loss = () =>
      valueAndGrad(sparseSoftmaxCrossEntropyWithLogits, 'logits')(
        { labels: [0, 1], logits },
        { upstream, out },
      )
    expectError(loss, 'OUT', ['memory of its own'])
  })

  test('plain data without a type are class indices where they are whole', () => {
    const logits = { data: new Float32Array(4), shape: [2, 2] }
    const labels = { data: [0, 1], shape: [2] }
    expect(sparseSoftmaxCrossEntropyWithLogits({ labels, logits }).shape).toEqual([2])
    const half = { data: [0, 0.5], shape: [2] }
    expectError(() => sparseSoftmaxCrossEntropyWithLogits({ labels: half, logits }), 'DTYPE', ['labels[1]'])
    const cut = { ...half, dtype: 'int32' }
    expectError(() => sparseSoftmaxCrossEntropyWithLogits({ labels: cut, logits }), 'DTYPE', ['labels'])
  })
})
