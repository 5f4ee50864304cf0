import type { Group, Library, Run } from './recorded.ts'

/** A case in which xent is not like a Keras, as a row of the table in docs/differences.md tells. */
export interface Difference {
  /** The first cell of the row. */
  readonly name: string
  readonly library: Library
  readonly applies: (group: Group, run: Run) => boolean
}

const rank = ({ shape }: { readonly shape: readonly number[] }): number => shape.length
const isColumnWise = ({ yTrue, yPred }: Group): boolean =>
  Math.abs(rank(yTrue) - rank(yPred)) === 1 && (yTrue.shape.at(-1) === 1 || yPred.shape.at(-1) === 1)
const isBinary = ({ loss }: Group): boolean => loss.startsWith('Binary')
const isMean = ({ reduction }: Run): boolean =>
  reduction === 'auto' || reduction === 'mean' || reduction === 'sum_over_batch_size'

const both = (name: string, applies: Difference['applies']): Difference[] => [
  { name, library: 'keras2', applies },
  { name, library: 'keras3', applies },
]

export const differences: readonly Difference[] = [
  {
    name: 'a mean over losses of which none counts',
    library: 'keras3',
    applies: ({ name }, run) => isMean(run) && (run.mask === 'none' || name.endsWith('all ignored')),
  },
  {
    name: 'gradients of such a mean',
    library: 'keras2',
    applies: (_, run) => isMean(run) && run.mask === 'none',
  },
  {
    name: 'weights [N, 1] for losses [N] that are not reduced',
    library: 'keras3',
    applies: (_, { weights, reduction }) =>
      weights === '[4, 1]' && (reduction === 'none' || reduction === null),
  },
  {
    name: 'weights or masks of one dimension less than the losses',
    library: 'keras3',
    applies: ({ yPred, weights }, run) =>
      rank(yPred) === 3 && run.weights !== undefined && rank(weights[run.weights]!) === 1,
  },
  {
    name: 'labels [N] against predictions [N, 1], or the reverse',
    library: 'keras3',
    applies: (group) => isColumnWise(group) && !group.loss.startsWith('Sparse'),
  },
  {
    name: 'an empty batch',
    library: 'keras3',
    applies: ({ yPred }) => yPred.shape[0] === 0,
  },
  {
    name: 'binary cross-entropy of shapes that broadcast',
    library: 'keras3',
    applies: (group) => isBinary(group) && group.name.includes('3], predictions'),
  },
  {
    name: 'class indices of another rank, as many as rows',
    library: 'keras3',
    applies: ({ name }) => name.endsWith('flat labels'),
  },
  {
    name: 'gradient of CTC where a blank is among the symbols',
    library: 'keras3',
    applies: ({ name }) => name === 'CTC: a blank among the symbols',
  },
  ...both(
    'log 2 in LogCosh of float64',
    ({ loss, yPred }) => loss === 'LogCosh' && yPred.dtype === 'float64',
  ),
  {
    name: 'binary cross-entropy of probabilities',
    library: 'keras2',
    applies: (group) =>
      isBinary(group) &&
      !group.config.from_logits &&
      (group.yPred.dtype === 'float64' || group.name.includes('sure predictions')),
  },
  {
    name: 'the least norm in CosineSimilarity',
    library: 'keras2',
    applies: ({ name }) => name === 'CosineSimilarity: short vectors',
  },
  {
    name: 'integer predictions',
    library: 'keras2',
    applies: ({ yPred }) => yPred.dtype === 'int32',
  },
  {
    name: 'CTC with fewer frames than the symbols take',
    library: 'keras3',
    applies: ({ name }) => name === 'CTC: too few frames',
  },
  {
    name: 'CTC of float64',
    library: 'keras3',
    applies: ({ name }) => name === 'CTC: float64',
  },
  {
    name: 'shapes of Dice and Tversky that differ',
    library: 'keras3',
    applies: ({ name }) => /^(Dice|Tversky): labels/.test(name),
  },
  {
    name: 'class indices out of range',
    library: 'keras3',
    applies: ({ name }) => name === 'CategoricalGeneralizedCrossEntropy: a class index out of range',
  },
  ...both('class indices that are no whole numbers', ({ name }) => name.endsWith('fractions')),
  ...both(
    'class axis of SparseCategoricalCrossentropy',
    ({ loss, config }) => loss.startsWith('Sparse') && config.axis !== undefined,
  ),
  ...both('float16 and bfloat16', ({ yPred }) => yPred.dtype === 'float16'),
  ...both(
    'CategoricalFocalCrossentropy with an `alpha` for each class, along another axis than the last',
    ({ name }) => name.endsWith('weights of classes along axis 1'),
  ),
  ...both(
    'gradients of zero vectors in CosineSimilarity, of a focal loss with `gamma` 0 at a sure prediction',
    ({ name }) => name.endsWith('a zero vector') || name.endsWith('no focus, sure predictions'),
  ),
  {
    name: 'Huber of float64',
    library: 'keras2',
    applies: ({ loss, yPred }) => loss === 'Huber' && yPred.dtype === 'float64',
  },
  {
    name: 'smoothed labels of CategoricalFocalCrossentropy along another axis than the last',
    library: 'keras2',
    applies: ({ loss, config }) =>
      loss === 'CategoricalFocalCrossentropy' &&
      config.axis !== undefined &&
      config.label_smoothing !== undefined,
  },
]
