import type { Call } from '../../packages/xent/test/conformance/call.ts'
import type { FloatName } from '../../packages/xent/test/support.ts'
import {
  type Draw,
  dense,
  logSoftmax,
  type Make,
  perhaps,
  sigmoid,
  softmax,
  sparse,
  spreadEvenly,
  spreadNormally,
  weighted,
  yesOrNo,
} from './inputs.ts'

// What is measured in ulp: each line is a call, and a line of a table.

export interface Line {
  readonly title: string
  /** What the labels are, where there are several kinds. */
  readonly labels?: string
  /** What the logits are. */
  readonly inputs: string
  readonly rows: number
  readonly classes: number
  readonly dtype: FloatName
  /** The call, or the same of its first rows only. */
  call(rows: number): Call
  /** Rows that mpmath gets; all of them in float64, where its results are the truth. */
  readonly proofRows: number
}

interface Subject extends Pick<Line, 'title' | 'labels'> {
  readonly make: Make
}

const sparseLoss: Subject = { title: 'sparse', make: sparse }
const denseLoss: Subject = { title: 'dense', make: dense }
const sigmoidLosses: readonly Subject[] = [
  { title: 'sigmoid', labels: '0 or 1', make: sigmoid(yesOrNo) },
  { title: 'sigmoid', labels: 'in [0, 1]', make: sigmoid(perhaps) },
]
const weightedLosses: readonly Subject[] = [
  { title: 'weighted', labels: '0 or 1', make: weighted(yesOrNo) },
  { title: 'weighted', labels: 'in [0, 1]', make: weighted(perhaps) },
]
const probabilities: readonly Subject[] = [
  { title: 'softmax', make: softmax },
  { title: 'log-softmax', make: logSoftmax },
]

interface Inputs {
  readonly inputs: string
  readonly draw: Draw
  readonly dtype: FloatName
  /** Elements that mpmath gets: whole rows, and at least one. It is slow where logits are large. */
  readonly proofElements: number
}

const line = ({ make, ...subject }: Subject, inputs: Inputs, classes: number, rows: number): Line => {
  const { draw, dtype, proofElements } = inputs
  const proofRows = dtype === 'float64' ? rows : Math.min(rows, Math.max(1, proofElements / classes))
  return {
    ...subject,
    inputs: inputs.inputs,
    rows,
    classes,
    dtype,
    call: (count) => make(count, classes, dtype, draw),
    proofRows: Math.floor(proofRows),
  }
}

/** A line for each function, of each number of classes with its number of rows. */
const lines = (
  subjects: readonly Subject[],
  inputs: Inputs,
  sizes: readonly (readonly [classes: number, rows: number])[],
): readonly Line[] => subjects.flatMap((subject) => sizes.map((size) => line(subject, inputs, ...size)))

const normalInputs = (dtype: FloatName): Inputs => ({
  inputs: 'N(0, 3²)',
  draw: spreadNormally(3),
  dtype,
  proofElements: 4000,
})

// Rows enough for chance to make confident ones: they are what libraries get wrong at few classes.
const sizes = [
  [2, 50_000],
  [3, 50_000],
  [10, 50_000],
  [20, 50_000],
  [100, 10_000],
  [1000, 1000],
  [32_000, 64],
  [262_144, 16],
] as const

export const normalLines: readonly Line[] = [
  ...lines([sparseLoss, denseLoss], normalInputs('float32'), sizes),
  ...lines([...sigmoidLosses, ...weightedLosses], normalInputs('float32'), [[10, 20_000]]),
  ...lines(probabilities, normalInputs('float32'), sizes),
]

const wideInputs = (dtype: FloatName): Inputs => ({
  inputs: 'uniform ±1000',
  draw: spreadEvenly(1000),
  dtype,
  proofElements: 200,
})

const offsetInputs: Inputs = {
  inputs: 'N(0, 3²) + 10⁴',
  draw: spreadNormally(3, 1e4),
  dtype: 'float32',
  proofElements: 200,
}

const equalInputs: Inputs = { inputs: 'all 10⁸', draw: () => 1e8, dtype: 'float32', proofElements: 200 }

const someSizes = [
  [10, 5000],
  [1000, 200],
] as const

export const spreadLines: readonly Line[] = [
  ...lines([sparseLoss, denseLoss], wideInputs('float32'), someSizes),
  ...lines(sigmoidLosses, wideInputs('float32'), [[10, 2000]]),
  ...lines([sparseLoss, denseLoss], offsetInputs, someSizes),
  ...lines([sparseLoss, denseLoss], equalInputs, [
    [10, 1],
    [1000, 1],
  ]),
]

export const shortLines: readonly Line[] = (['float16', 'bfloat16'] as const).flatMap((dtype) => [
  ...lines([sparseLoss, denseLoss], normalInputs(dtype), someSizes),
  ...lines([...sigmoidLosses, ...weightedLosses.slice(1)], normalInputs(dtype), [[10, 5000]]),
  ...lines(probabilities, normalInputs(dtype), someSizes),
])

export const longLines: readonly Line[] = [
  ...lines([sparseLoss, denseLoss], normalInputs('float64'), [
    [2, 5000],
    [10, 5000],
    [1000, 50],
    [32_000, 2],
  ]),
  ...lines([...sigmoidLosses, ...weightedLosses], normalInputs('float64'), [[10, 1000]]),
  ...lines(probabilities, normalInputs('float64'), [
    [10, 2000],
    [1000, 20],
  ]),
  ...lines([sparseLoss, denseLoss], wideInputs('float64'), [[10, 40]]),
]
