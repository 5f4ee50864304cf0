import { readFileSync } from 'node:fs'
import '@tensorflow/tfjs-backend-cpu'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
// which registers the gradients of TensorFlow.js
import * as layers from '@tensorflow/tfjs-layers'
import { beforeAll, describe, expect, it } from 'vitest'
import * as operations from '../../src/tfjs/index.ts'
import * as losses from '../../src/tfjs/losses/index.ts'
import * as metrics from '../../src/tfjs/metrics/index.ts'
import { computeWeightedLoss, type WeightedReduction } from '../../src/tfjs/weighted-loss.ts'

// What TensorFlow.js expects of its own losses, in the tests of tensorflow/tfjs at 0fc04d9: the numbers, asked of the table
// "Equivalents" in docs/tfjs.md. Both columns of the table are run as they stand. Left out are those of l2Normalize,
// precision, recall and r2Score, which xent/tfjs has not, and of looking up names.
//
// Where TensorFlow.js expects something else than TensorFlow does, the case says why, and the test holds that they differ.

type Nested = number | readonly Nested[]

interface Args {
  readonly labels?: Nested
  readonly logits?: Nested
  readonly predictions?: Nested
  readonly values?: Nested
  readonly weights?: Nested
  readonly reduction?: WeightedReduction
  readonly dim?: number
  readonly axis?: number
  readonly delta?: number
  readonly s?: number
}

/** What is asked, what the answer is or the code of the error, and why that is not TensorFlow.js's. */
type Case = readonly [args: Args, expected: Nested | string, apart?: string]

const { NONE, MEAN, SUM } = tf.Reduction
const numbered: Readonly<Record<string, tf.Reduction>> = { none: NONE, mean: MEAN, sum: SUM }

const wrong = [
  [0, 0, 1],
  [1, 0, 0],
  [0, 1, 0],
]
const right = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
]
const logits = [
  [10, -10, -10],
  [-10, 10, -10],
  [-10, -10, 10],
]
const weights = [0.1, 0.2, 0.3]
const vector = { labels: [0.3, -0.6, -0.1], predictions: [1, 2, 3] }
const matrix = {
  labels: [
    [1, 9, 2],
    [-5, -2, 6],
  ],
  predictions: [
    [4, 8, 12],
    [8, 1, 3],
  ],
}
const someZero = [
  [3, 0, 5],
  [0, 4, 2],
]
const oneZero = [
  [3, 6, 5],
  [0, 4, 2],
]
const column = [[3], [0]]
const chances = { labels: [1, 2, 3], predictions: [0.3, 0.6, 0.1] }
const chanceMatrix = {
  labels: [
    [0.4, 0.8, 0.12],
    [0.8, 0.1, 0.3],
  ],
  predictions: [
    [0.1, 0.7, 0.1],
    [0.5, 0.05, 0.15],
  ],
}
const events = { labels: [0, 1, 0, 1], predictions: [0, 0, 1, 1] }
const eventMatrix = {
  labels: [
    [0, 1, 0],
    [1, 0, 1],
  ],
  predictions: [
    [0, 0, 0],
    [1, 1, 1],
  ],
}
const eventWeights = [0.1, 0.2, 0.3, 0.4]
const eventMatrixWeights = [
  [0.1, 0.2, 0.3],
  [0.4, 0.5, 0.6],
]
const counts = [
  [4, 8, 12],
  [8, 1, 3],
]
const signed = [
  [1, 0, 2],
  [-5, 0, 6],
]
const otherRank = 'TensorFlow refuses weights of another rank than the losses'
const scores = [
  [2, 1, 3],
  [1, 3, 2],
]
const probabilities = [
  [0.24472847, 0.09003057, 0.66524095],
  [0.09003057, 0.66524095, 0.24472847],
]
const logProbabilities = [
  [-1.40760596, -2.40760596, -0.40760596],
  [-2.40760596, -0.40760596, -1.40760596],
]
const pairs = [
  [1, 2],
  [3, 4],
]
const shares = [
  [0.25, 0.75],
  [0.1, 0.9],
]
const lastOnly = 'TensorFlow takes any axis'

const cases: Readonly<Record<string, readonly Case[]>> = {
  softmax: [
    [{ logits: [2, 1, 3] }, probabilities[0]!],
    [{ logits: [100, 100] }, [0.5, 0.5]],
    [{ logits: [-100, -100] }, [0.5, 0.5]],
    [{ logits: [-400, -400, 0, -400, -400, -400, -400] }, [0, 0, 1, 0, 0, 0, 0]],
    [{ logits: [-1000, 1000] }, [0, 1]],
    [{ logits: [2, 1, Number.NaN] }, [Number.NaN, Number.NaN, Number.NaN]],
    [{ logits: scores, dim: 1 }, probabilities],
    [{ logits: scores }, probabilities],
    [
      { logits: scores, dim: 0 },
      [
        [0.73105858, 0.11920292, 0.73105858],
        [0.26894142, 0.88079708, 0.26894142],
      ],
      lastOnly,
    ],
  ],
  logSoftmax: [
    [{ logits: [2, 1, 3] }, logProbabilities[0]!],
    [{ logits: [-1000, 1000] }, [-2000, 0]],
    [{ logits: [2, 1, Number.NaN] }, [Number.NaN, Number.NaN, Number.NaN]],
    [{ logits: scores, dim: 1 }, logProbabilities],
    [{ logits: scores }, logProbabilities],
    [
      { logits: scores, dim: 0 },
      [
        [-0.31326169, -2.12692801, -0.31326169],
        [-1.31326169, -0.12692801, -1.31326169],
      ],
      lastOnly,
    ],
  ],
  softmaxCrossEntropy: [
    [{ labels: wrong, logits }, 20],
    // theirs says 0, to three places
    [{ labels: right, logits }, Math.log1p(2 * Math.exp(-20))],
    [{ labels: wrong, logits, weights: [weights, weights, weights] }, 'SHAPE_MISMATCH', otherRank],
    [{ labels: wrong, logits, weights }, 4],
    [{ labels: wrong, logits, weights, reduction: 'none' }, [2, 4, 6]],
    [{ labels: wrong, logits, reduction: 'mean' }, 20],
    [{ labels: wrong, logits, weights, reduction: 'mean' }, 20],
    [{ labels: wrong, logits, weights: [weights], s: 0.3, reduction: 'mean' }, 'SHAPE_MISMATCH', otherRank],
    [{ labels: wrong, logits, weights, s: 0.3, reduction: 'mean' }, 18],
    [{ labels: wrong, logits: logits.slice(1) }, 'SHAPE_MISMATCH'],
  ],
  sigmoidCrossEntropy: [
    [{ labels: wrong, logits }, 6.6667123],
    // theirs says 0, to three places
    [{ labels: right, logits }, Math.log1p(Math.exp(-10))],
    [{ labels: wrong, logits, weights: [weights] }, 1.3333424],
    [
      { labels: wrong, logits, weights: [weights], reduction: 'none' },
      [
        [1.0000046, 9.0797803e-6, 3.0000138],
        [1.0000046, 2.0000093, 1.3619671e-5],
        [4.5398901e-6, 2.0000093, 3.0000138],
      ],
    ],
    [{ labels: wrong, logits, reduction: 'mean' }, 6.6667123],
    [{ labels: wrong, logits, weights: [weights], reduction: 'mean' }, 6.6667123],
    [{ labels: wrong, logits, weights: [weights], s: 0.3, reduction: 'mean' }, 6.1667128],
    [{ labels: wrong, logits: logits.slice(1) }, 'SHAPE_MISMATCH'],
    [
      { labels: shares, logits: pairs, reduction: 'none' },
      [
        [1.06326169, 0.62692801],
        [2.74858735, 0.41814993],
      ],
    ],
    [
      {
        labels: new Array(5).fill([0, 0.5, 1]),
        logits: [-10, -5, 0, 0.5, 2].map((x) => [x, x, x]),
        reduction: 'none',
      },
      [
        [4.5398899e-5, 5.0000454, 10.0000454],
        [6.7153485e-3, 2.5067153, 5.0067153],
        [Math.LN2, Math.LN2, Math.LN2],
        [0.97407698, 0.72407698, 0.47407698],
        [2.126928, 1.126928, 0.12692801],
      ],
    ],
  ],
  computeWeightedLoss: [
    [{ values: [1, 2, 3] }, 2],
    [{ values: [1, 2, 3], reduction: 'none' }, [1, 2, 3]],
    [{ values: [1, 2, 3], reduction: 'mean' }, 2],
    [{ values: [1, 2, 3], reduction: 'sum' }, 6],
    [{ values: [1, 2, 3], weights: [0.1, 0, 0.3] }, 0.5],
    [{ values: wrong, weights: [weights] }, 0.6 / 9],
    [{ values: [1, 2, 3], weights, reduction: 'none' }, [0.1, 0.4, 0.9]],
    [{ values: [1, 2, 3], weights, reduction: 'mean' }, 1.4 / 0.6],
    [{ values: [1, 2, 3], weights, reduction: 'sum' }, 1.4],
    [{ values: counts }, 6],
    [{ values: counts, weights: signed }, 1.5],
    [{ values: counts, reduction: 'mean' }, 6],
    [{ values: counts, weights: signed, reduction: 'mean' }, 1.5],
    [{ values: wrong, weights: [weights], reduction: 'mean' }, 0.6 / 1.8],
    [{ values: counts, reduction: 'sum' }, 36],
    [{ values: counts, weights: signed, reduction: 'sum' }, 6],
    [{ values: counts, reduction: 'none' }, counts],
    [
      { values: counts, weights: signed, reduction: 'none' },
      [
        [4, 0, 24],
        [-40, 0, 18],
      ],
    ],
  ],
  absoluteDifference: [
    [vector, 6.4 / 3],
    [{ ...vector, weights }, 1.52 / 3],
    [{ ...vector, weights, reduction: 'none' }, [0.07, 0.52, 0.93]],
    [{ ...vector, reduction: 'mean' }, 6.4 / 3],
    [{ ...vector, weights, reduction: 'mean' }, 1.52 / 0.6],
    [matrix, 33 / 6],
    [{ ...matrix, weights: someZero }, 77 / 4],
    [
      { ...matrix, weights: oneZero, reduction: 'none' },
      [
        [9, 6, 50],
        [0, 12, 6],
      ],
    ],
    [{ ...matrix, reduction: 'mean' }, 33 / 6],
    [{ ...matrix, weights: oneZero, reduction: 'mean' }, 83 / 20],
  ],
  meanSquaredError: [
    [vector, 16.86 / 3],
    [{ ...vector, weights }, 4.284 / 3],
    [{ ...vector, weights, reduction: 'none' }, [0.049, 1.352, 2.883]],
    [{ ...vector, reduction: 'mean' }, 16.86 / 3],
    [{ ...vector, weights, reduction: 'mean' }, 4.284 / 0.6],
    [matrix, 297 / 6],
    [{ ...matrix, weights: someZero }, 581 / 4],
    [
      { ...matrix, weights: oneZero, reduction: 'none' },
      [
        [27, 6, 500],
        [0, 36, 18],
      ],
    ],
    [{ ...matrix, reduction: 'mean' }, 297 / 6],
    [{ ...matrix, weights: oneZero, reduction: 'mean' }, 587 / 20],
  ],
  cosineDistance: [
    [{ ...vector, axis: 0 }, 2.2],
    [{ ...vector, axis: 0, weights: 0.1 }, 0.22],
    [{ ...vector, axis: 0, weights: 0.1, reduction: 'none' }, [0.22]],
    [{ ...vector, axis: 0, reduction: 'mean' }, 2.2],
    [{ ...vector, axis: 0, weights: 0.1, reduction: 'mean' }, 2.2],
    [{ ...matrix, axis: 1 }, -37],
    [{ ...matrix, axis: 1, weights: column }, -297],
    [{ ...matrix, axis: 1, weights: column, reduction: 'none' }, [[-297], [0]]],
    [{ ...matrix, axis: 1, reduction: 'mean' }, -37],
    [{ ...matrix, axis: 1, weights: column, reduction: 'mean' }, -99],
  ],
  hingeLoss: [
    [events, 1],
    [{ ...events, weights: eventWeights }, 0.225],
    [{ ...events, weights: eventWeights, reduction: 'none' }, [0.1, 0.2, 0.6, 0]],
    [{ ...events, reduction: 'mean' }, 1],
    [{ ...events, weights: eventWeights, reduction: 'mean' }, 0.9],
    [eventMatrix, 5 / 6],
    [{ ...eventMatrix, weights: eventMatrixWeights }, 1.6 / 6],
    [
      { ...eventMatrix, weights: eventMatrixWeights, reduction: 'none' },
      [
        [0.1, 0.2, 0.3],
        [0, 1, 0],
      ],
    ],
    [{ ...eventMatrix, reduction: 'mean' }, 5 / 6],
    [{ ...eventMatrix, weights: eventMatrixWeights, reduction: 'mean' }, 1.6 / 2.1],
  ],
  huberLoss: [
    [chances, 3.545 / 3],
    [{ ...chances, delta: 0.4 }, 1.76 / 3],
    [{ ...chances, weights }, 0.9245 / 3],
    [{ ...chances, weights, reduction: 'none' }, [0.0245, 0.18, 0.72]],
    [{ ...chances, reduction: 'mean' }, 3.545 / 3],
    [{ ...chances, weights, reduction: 'mean' }, 0.9245 / 0.6],
    [chanceMatrix, 0.01795],
    [{ ...chanceMatrix, weights: someZero }, 0.040875],
    [
      { ...chanceMatrix, weights: someZero, reduction: 'none' },
      [
        [0.135, 0, 0.001],
        [0, 0.005, 0.0225],
      ],
    ],
    [{ ...chanceMatrix, reduction: 'mean' }, 0.01795],
    [{ ...chanceMatrix, weights: someZero, reduction: 'mean' }, 0.1635 / 14],
  ],
  logLoss: [
    [chances, 2.668788],
    [
      { labels: [1, 2, 3], predictions: [0.3, -0.6, -0.1] },
      27.264817,
      'Keras takes what is below 0 for 1e-7',
    ],
    [{ ...chances, weights }, 0.7168596],
    [{ ...chances, weights, reduction: 'none' }, [0.12039725, 0.02107204, 2.0091095]],
    [{ ...chances, reduction: 'mean' }, 2.668788],
    [{ ...chances, weights, reduction: 'mean' }, 3.5842977],
    [chanceMatrix, 0.60019904],
    [{ ...chanceMatrix, weights: someZero }, 1.8866577],
    [
      { ...chanceMatrix, weights: someZero, reduction: 'none' },
      [
        [2.9527497, 0, 1.8451363],
        [0, 1.3829476, 1.3657978],
      ],
    ],
    [{ ...chanceMatrix, reduction: 'mean' }, 0.60019904],
    [{ ...chanceMatrix, weights: someZero, reduction: 'mean' }, 0.53904504],
  ],
}

const document = readFileSync(new URL('../../../../docs/tfjs.md', import.meta.url), 'utf8')

/** The rows of the table whose cells are code: TensorFlow.js's expression and xent's. */
const equivalents = [...document.matchAll(/^\| `([^`]+)` *\| `([^`]+)` *\|$/gm)].map(([, theirs, ours]) => ({
  theirs: theirs!,
  ours: ours!,
}))

/** The row for a function of TensorFlow.js whose expression has all that is given. */
const rowOf = (name: string, args: Args) =>
  equivalents.find(
    ({ theirs }) =>
      new RegExp(`\\b${name}\\(`).test(theirs) &&
      Object.keys(args).every((key) => new RegExp(`\\b${key}\\b`).test(theirs)),
  )!

/** What logLoss adds to probabilities. */
const epsilon = 1e-7

const defaults = { weights: undefined, reduction: undefined, dim: -1, delta: 1, epsilon }

const run = (expression: string, args: Readonly<Record<string, unknown>>): tf.Tensor => {
  const scope = { tf, ...operations, losses, metrics, computeWeightedLoss, ...defaults, ...args }
  return new Function(...Object.keys(scope), `return ${expression}`)(...Object.values(scope))
}

/** The same arguments with tensors for the numbers in lists. */
const asTensors = (args: Args) =>
  Object.fromEntries(
    Object.entries(args).map(([key, value]) => [
      key,
      Array.isArray(value) ? tf.tensor(value as tf.TensorLike) : value,
    ]),
  )

const shapeOf = (nested: Nested): number[] =>
  typeof nested === 'number' ? [] : [nested.length, ...shapeOf(nested[0]!)]

const numbersOf = (nested: Nested): number[] =>
  typeof nested === 'number' ? [nested] : nested.flatMap(numbersOf)

/** To a millionth, and so far that what a loss adds to its logarithms, or clips from probabilities, makes no difference. */
const expectNumbers = (found: tf.Tensor, expected: Nested, slack = 0): void => {
  expect(found.shape).toEqual(shapeOf(expected))
  const wanted = numbersOf(expected)
  const isNear = [...found.dataSync()].map(
    (x, k) => Object.is(x, wanted[k]) || Math.abs(x - wanted[k]!) <= 1e-6 * Math.abs(wanted[k]!) + slack,
  )
  expect(isNear, `${found.dataSync()} for ${wanted}`).not.toContain(false)
}

/** Whether what TensorFlow.js gives is what is expected, to the three places of its own tests. */
const agreesWith = (expected: Nested | string, compute: () => tf.Tensor): boolean => {
  try {
    const found = [...compute().dataSync()]
    const wanted = typeof expected === 'string' ? [] : numbersOf(expected)
    const isNear = (x: number, k: number) => Object.is(x, wanted[k]) || Math.abs(x - wanted[k]!) < 1e-3
    return found.length === wanted.length && found.every(isNear)
  } catch {
    return typeof expected === 'string'
  }
}

/** Weights of losses 1, 2, 3: the value, the gradients by losses and weights, and their derivatives along 1, 2, 3 each. */
const weighted: readonly {
  readonly weights: readonly number[]
  readonly reduction: WeightedReduction
  readonly value: number
  readonly gradients: readonly (readonly number[])[]
  readonly second: readonly (readonly number[])[]
}[] = [
  {
    weights: [1, 2, 3],
    reduction: 'mean',
    value: 7 / 3,
    gradients: [
      [1 / 6, 1 / 3, 1 / 2],
      [-2 / 9, -1 / 18, 1 / 9],
    ],
    second: [
      [0, 0, 0],
      [0, 0, 0],
    ],
  },
  {
    weights: [1, 2, 3],
    reduction: 'sumByNonzeroWeights',
    value: 14 / 3,
    gradients: [
      [1 / 3, 2 / 3, 1],
      [1 / 3, 2 / 3, 1],
    ],
    second: [
      [1 / 3, 2 / 3, 1],
      [1 / 3, 2 / 3, 1],
    ],
  },
  {
    weights: [1, -1, 0],
    reduction: 'sumByNonzeroWeights',
    value: -0.5,
    gradients: [
      [0.5, -0.5, 0],
      [0.5, 1, 1.5],
    ],
    second: [
      [0.5, 1, 1.5],
      [0.5, 1, 1.5],
    ],
  },
  ...[
    [0, 0, 0],
    [1, -1, 0],
  ].map((weights) => ({
    weights,
    reduction: 'mean' as const,
    value: 0,
    gradients: [
      [0, 0, 0],
      [0, 0, 0],
    ],
    second: [
      [0, 0, 0],
      [0, 0, 0],
    ],
  })),
]

/** Labels, predictions and the answer, which is TensorFlow.js's too. */
type LayersCase = readonly [yTrue: Nested, yPred: Nested, expected: Nested, options?: LayersOptions]

interface LayersOptions {
  readonly fromLogits?: boolean
  readonly dtype?: 'int32'
}

const zeros = [
  [0, 0],
  [0, 0],
]
const negative = [
  [-1, -2],
  [-3, -4],
]
const signs = [
  [-1, 2],
  [-3, 2],
]
const margins = [
  [-3, 5],
  [3, -2],
]
const fair = [
  [0.3, 0.7],
  [0.4, 0.6],
]
const firstClass = [
  [1, 0],
  [1, 0],
]
const identity = [
  [1, 0],
  [0, 1],
]
const guesses = [
  [0, 1, 0],
  [1, 0, 0],
  [0, 0.4, 0.6],
  [0, 0.6, 0.4],
  [0.7, 0.3, 0],
]
const half = Math.SQRT1_2
/** What a right answer of probability 1 costs, which is 1 − 1e-7 then, or 1 − 1.19e-7 in float32. */
const least = 1.1e-7

const ofLayers: Readonly<Record<string, readonly LayersCase[]>> = {
  meanSquaredError: [
    [[0, 0, 0], [1, 2, 3], 14 / 3],
    [zeros, pairs, [2.5, 12.5]],
  ],
  meanAbsoluteError: [
    [[0, 0, 0], [-1, -2, -3], 2],
    [zeros, negative, [1.5, 3.5]],
  ],
  meanAbsolutePercentageError: [
    [[-1, -2, -3], [0, 0, 0], 100],
    [negative, zeros, [100, 100]],
  ],
  meanSquaredLogarithmicError: [[zeros, pairs, [0.8437008, 2.2560508]]],
  squaredHinge: [[signs, margins, [0, 62.5]]],
  hinge: [[signs, margins, [0, 7.5]]],
  categoricalHinge: [
    [
      [
        [0, 1, 0],
        [1, 0, 0],
      ],
      [
        [0, 2, 0],
        [1, 3, 2],
      ],
      [0, 3],
    ],
  ],
  logcosh: [[zeros, pairs, [0.8793917, 2.8082583]]],
  categoricalCrossentropy: [
    [shares, pairs, [0.56326169, 0.41326169], { fromLogits: true }],
    [shares, fair, [0.56849941, 0.55137213]],
    [
      [
        [
          [0, 1],
          [1, 0],
        ],
        [
          [0, 1],
          [1, 0],
        ],
      ],
      [
        fair,
        [
          [0.2, 0.8],
          [0.55, 0.45],
        ],
      ],
      [
        [0.35667497, 0.9162907],
        [0.22314353, 0.597837],
      ],
    ],
    [identity, identity, [least, least]],
    [[0, 0, 0, 1], [0.1, 0.8, 0.05, 0.05], 2.9957323],
    [
      [
        [0, 0, 0, 1],
        [0, 0, 0, 1],
      ],
      [
        [0.1, 0.8, 0.05, 0.05],
        [0.1, 0.05, 0.05, 0.8],
      ],
      [2.9957323, 0.22314353],
    ],
  ],
  sparseCategoricalCrossentropy: [
    [
      [0, 2],
      [
        [0.1, 0.2, 0.7],
        [0.2, 0.3, 0.5],
      ],
      [Math.LN10, Math.LN2],
    ],
    [[0, 1], identity, [least, least]],
  ],
  binaryCrossentropy: [
    [shares, fair, [0.56849941, 0.55137213]],
    [
      [[0], [0], [0], [1], [1], [1]],
      [[0], [0.5], [1], [0], [0.5], [1]],
      // theirs says 1.00000015e-7 for the first, as Keras did then
      [1e-7, Math.LN2, 15.942385, 16.1180957, Math.LN2, least],
    ],
    [
      [...new Array<Nested>(3).fill([1, 0]), ...new Array<Nested>(3).fill([0, 1])],
      [
        [1, 0],
        [0.5, 0.5],
        [0, 1],
        [1, 0],
        [0.5, 0.5],
        [0, 1],
      ],
      [1.0960467e-7, Math.LN2, 16.0302391, 16.0302391, Math.LN2, 1.0960467e-7],
    ],
  ],
  kullbackLeiblerDivergence: [
    // labels of 0 count as 1e-7, as in what theirs expects, to three places; its code leaves them out
    [
      firstClass,
      [
        [0.25, 0.75],
        [0.9, 0.1],
      ],
      [1.3862928, 0.1053591],
    ],
  ],
  poisson: [
    [
      firstClass,
      [
        [0.25, 0.75],
        [0.9, 0.1],
      ],
      [1.1931469, 0.5526802],
    ],
  ],
  cosineProximity: [
    [
      firstClass,
      [
        [half, half],
        [0, 1],
      ],
      [-half, -0],
    ],
  ],
  binaryAccuracy: [
    [[1, 1, 1, 1, 0, 0, 0, 0], [1, 0, 1, 0, 0, 1, 0, 1], 0.5],
    [[1, 1, 1, 1, 0, 0, 0, 0], [0.2, 0.4, 0.6, 0.8, 0.2, 0.3, 0.4, 0.7], 5 / 8],
    [
      [
        [1, 1, 1, 1],
        [0, 0, 0, 0],
      ],
      [
        [1, 0, 1, 0],
        [0, 0, 0, 1],
      ],
      [0.5, 0.75],
    ],
    [
      [
        [1, 1],
        [1, 1],
        [0, 0],
        [0, 0],
      ],
      [
        [0.2, 0.4],
        [0.6, 0.8],
        [0.2, 0.3],
        [0.4, 0.7],
      ],
      [0, 1, 1, 0.5],
    ],
  ],
  sparseCategoricalAccuracy: [
    [[1, 1, 2, 2, 0], guesses, [1, 0, 1, 0, 1]],
    [[1, 1, 2, 2, 0], guesses, [1, 0, 1, 0, 1], { dtype: 'int32' }],
    [[[1], [1], [2], [2], [0]], guesses, [1, 0, 1, 0, 1], { dtype: 'int32' }],
  ],
  categoricalAccuracy: [
    [[0, 0, 0, 1], [0.1, 0.8, 0.05, 0.05], 0],
    [
      [
        [0, 0, 0, 1],
        [0, 0, 0, 1],
      ],
      [
        [0.1, 0.8, 0.05, 0.05],
        [0.1, 0.05, 0.05, 0.8],
      ],
      [0, 1],
    ],
  ],
}

type Loss = (yTrue: tf.Tensor, yPred: tf.Tensor, fromLogits?: boolean) => tf.Tensor

/** A loss of TensorFlow.js's layers, which is public only as a name, or a metric. */
const ofTheirLayers = (cell: string): Loss => {
  const [, name, metric] = /^'(\w+)'|^tf\.metrics\.(\w+)/.exec(cell)!
  if (metric) return layers.metrics[metric as 'binaryAccuracy']
  const input = layers.input({ shape: [1] })
  const model = layers.model({ inputs: input, outputs: input })
  model.compile({ optimizer: 'sgd', loss: name! })
  return model.lossFunctions[0]!
}

/** The gradient of softmax and log-softmax at logits, times dy. */
const gradients: readonly [name: 'softmax' | 'logSoftmax', logits: Nested, dy: Nested, expected: Nested][] = [
  ['softmax', [10, 0, -1], [1, 2, 3], [-7.8793545e-5, 4.5393533e-5, 3.3400011e-5]],
  ['softmax', [10, 0, -1], [1, 1, 1], [0, 0, 0]],
  [
    'softmax',
    [
      [10, 0, -1],
      [5, 4, 3],
    ],
    [
      [3, 2, 1],
      [1, 2, 3],
    ],
    [
      [7.8793545e-5, -4.5393533e-5, -3.3400011e-5],
      [-0.28258745, 0.14077036, 0.14181709],
    ],
  ],
  ['logSoftmax', [1, 2, 10], [1, 2, 3], [0.99925988, 1.9979881, -2.997248]],
]

describe.each(['cpu', 'wasm'])('on the backend %s', (backend) => {
  beforeAll(() => tf.setBackend(backend))

  for (const [name, rows] of Object.entries(cases)) {
    it.each(rows.map(([args, expected, apart]) => ({ what: JSON.stringify(args), args, expected, apart })))(
      `the equivalent of ${name} of $what is $expected`,
      ({ args, expected, apart }) => {
        const { theirs, ours } = rowOf(name, args)
        const given = asTensors(args)
        const reduction = numbered[args.reduction ?? '']
        const agrees = agreesWith(expected, () => run(theirs, { ...given, reduction }))
        expect(agrees).toBe(apart === undefined)
        if (typeof expected === 'string') {
          expect(() => run(ours, given)).toThrow(expect.objectContaining({ code: expected }))
          return
        }
        const slack = name === 'logLoss' ? epsilon : 0
        expectNumbers(run(ours, given), expected, slack)
        // numbers instead of tensors, and a number for the reduction
        expectNumbers(run(ours, { ...args, reduction }), expected, slack)
      },
    )
  }

  it.each(Object.keys(cases))('the equivalent of %s refuses what is no tensor', (name) => {
    const [first] = cases[name]![0]!
    const { theirs, ours } = rowOf(name, first)
    const args = theirs.includes('weights') ? { ...first, weights: 1 } : first
    for (const key of Object.keys(args).filter((key) => key !== 'axis'))
      expect(() => run(ours, { ...asTensors(args), [key]: {} }), key).toThrow()
  })

  for (const [name, rows] of Object.entries(ofLayers)) {
    const { theirs, ours } = equivalents.find(({ theirs }) =>
      new RegExp(`^('|tf\\.metrics\\.)${name}\\b`).test(theirs),
    )!
    it.each(rows.map(([yTrue, yPred, expected, options]) => ({ yTrue, yPred, expected, options })))(
      `the equivalent of ${theirs} of $yTrue and $yPred is $expected`,
      ({ yTrue, yPred, expected, options = {} }) => {
        const { fromLogits = false, dtype } = options
        const given = [
          tf.tensor(yTrue as tf.TensorLike, undefined, dtype),
          tf.tensor(yPred as tf.TensorLike),
        ] as const
        const expression = fromLogits ? ours.replace('()', '({ fromLogits: true })') : ours
        const loss = run(expression, {}) as unknown as Loss
        expectNumbers(loss(...given), expected, 2e-8)
        expect(agreesWith(expected, () => ofTheirLayers(theirs)(...given, fromLogits))).toBe(true)
      },
    )
  }

  it.each(gradients)(
    'the gradient of the equivalent of %s at %j times %j is %j',
    (name, logits, dy, expected) => {
      const { theirs, ours } = rowOf(name, { logits, dim: -1 })
      const [x, upstream] = [logits, dy].map((numbers) => tf.tensor(numbers as tf.TensorLike)) as [
        tf.Tensor,
        tf.Tensor,
      ]
      const gradientOf = (expression: string, around: (x: tf.Tensor) => tf.Tensor = (x) => x) =>
        tf.grad((x: tf.Tensor) => around(run(expression, { logits: around(x) })))(x, upstream)
      for (const gradient of [gradientOf(ours), gradientOf(ours, tf.clone)])
        expectNumbers(gradient, expected, 1e-12)
      expect(agreesWith(expected, () => gradientOf(theirs))).toBe(true)
    },
  )

  it.each(['softmax', 'logSoftmax'])('%s refuses integers', (name) => {
    const logits = tf.tensor([2, 1, 3], undefined, 'int32')
    const { ours } = rowOf(name, { dim: -1 })
    expect(() => run(ours, { logits })).toThrow(expect.objectContaining({ code: 'DTYPE' }))
  })

  // as TensorFlow 2.21 differentiates tf.compat.v1.losses.compute_weighted_loss
  it.each(weighted)(
    'weights $weights have the $reduction and the derivatives that TensorFlow’s have',
    ({ weights, reduction, value, gradients, second }) => {
      const along = [1, 2, 3]
      const given = [along, weights as number[]].map((numbers) => tf.tensor(numbers))
      const gradientsOf = tf.grads((x: tf.Tensor, w: tf.Tensor) => computeWeightedLoss(x, w, reduction))
      const curvatures = tf.grads((x: tf.Tensor, w: tf.Tensor) => {
        const [byLosses, byWeights] = gradientsOf([x, w])
        return tf.sum(tf.mul(tf.add(byLosses!, byWeights!), along))
      })
      expectNumbers(computeWeightedLoss(given[0]!, given[1], reduction), value)
      for (const [k, gradient] of gradientsOf(given).entries()) expectNumbers(gradient, gradients[k]!, 1e-7)
      for (const [k, curvature] of curvatures(given).entries()) expectNumbers(curvature, second[k]!, 2e-7)
    },
  )

  it('losses of weight 0 may be infinite where no other counts, as in TensorFlow', () => {
    expectNumbers(computeWeightedLoss([Number.POSITIVE_INFINITY, 1], [0, 0]), 0)
    expectNumbers(computeWeightedLoss([Number.POSITIVE_INFINITY, 1], [0, 1]), Number.NaN)
  })

  it('weights broadcast in the dimensions that are 1, and a scalar in all', () => {
    for (const [weights, mean, byNumber] of [
      [[[1], [0]], 8, 8],
      [[[1, 0, 1]], 27 / 4, 27 / 4],
      [2, 6, 12],
    ] as const) {
      expectNumbers(computeWeightedLoss(counts, weights as tf.TensorLike, 'mean'), mean)
      expectNumbers(computeWeightedLoss(counts, weights as tf.TensorLike), byNumber)
    }
    expectNumbers(computeWeightedLoss(counts, [[1], [0]], 'sumOverBatchSize'), 4)
    for (const weights of [[1, 0], [1, 2, 3], [[1, 2]], [[[1]]]])
      expect(() => computeWeightedLoss(counts, weights as tf.TensorLike)).toThrow(
        expect.objectContaining({ code: 'SHAPE_MISMATCH' }),
      )
  })

  it('a reduction has a name or a number of tf.Reduction', () => {
    for (const reduction of ['median', 'toString', 7])
      expect(() => computeWeightedLoss([1], 1, reduction as WeightedReduction)).toThrow(
        expect.objectContaining({ code: 'REDUCTION' }),
      )
  })

  it('leaves no tensors behind', () => {
    const [values, ones] = [tf.tensor([1, 2, 3]), tf.tensor([1, 1, 1])]
    for (const reduction of ['none', 'mean', 'sumByNonzeroWeights'] as const) {
      const before = tf.memory().numTensors
      computeWeightedLoss(values, ones, reduction)
      expect(tf.memory().numTensors).toBe(before + 1)
    }
  })
})

it('every expression of the table is run', () => {
  const names = [...Object.keys(cases), ...Object.keys(ofLayers)]
  const isRun = ({ theirs }: { readonly theirs: string }) => names.some((name) => theirs.includes(name))
  expect(equivalents.filter((row) => !isRun(row))).toEqual([])
  expect(equivalents.length).toBe(30)
})
