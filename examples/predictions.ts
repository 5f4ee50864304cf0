import { reduceMean, sparseSoftmaxCrossEntropyWithLogits } from 'xent'

/** What a model says of examples, and what they are. */
export interface Predictions {
  readonly logits: {
    readonly data: Float32Array
    readonly shape: readonly [examples: number, classes: number]
  }
  /** Class of each example. */
  readonly labels: Int32Array
}

export interface Score {
  /** Of so many examples. */
  readonly count: number
  /** Mean loss, in nats. */
  readonly loss: number
  readonly accuracy: number
}

/** The class of the largest logit of each example, the first of equals. */
export const predictedClasses = ({ logits: { data, shape } }: Predictions): number[] =>
  Array.from({ length: shape[0] }, (_, example) => {
    const scores = data.subarray(example * shape[1], (example + 1) * shape[1])
    return scores.indexOf(Math.max(...scores))
  })

export const scoreOf = (predictions: Predictions): Score => {
  const classes = predictedClasses(predictions)
  const count = classes.length
  return {
    count,
    loss: reduceMean(sparseSoftmaxCrossEntropyWithLogits(predictions)).item(),
    accuracy: predictions.labels.filter((label, example) => label === classes[example]).length / count,
  }
}
