import * as tf from '@tensorflow/tfjs-core'
import {
  initializers,
  input,
  type LayersModel,
  layers,
  model,
  type SymbolicTensor,
} from '@tensorflow/tfjs-layers'
import type { Predictions } from '../predictions.ts'
import { batchesOf, type Examples } from './examples.ts'
import { LENGTH } from './words.ts'

const EMBEDDING = 32
const UNITS = 32

/** Ids of words [texts, LENGTH] → a vector for each word → an LSTM, of which the last output → logits [texts, classes]. */
export const createModel = (words: number, classes: number, seed: number): LayersModel => {
  const { glorotUniform, randomUniform } = initializers
  const embedding = layers.embedding({
    inputDim: words,
    outputDim: EMBEDDING,
    embeddingsInitializer: randomUniform({ minval: -0.05, maxval: 0.05, seed }),
  })
  const lstm = layers.lstm({
    units: UNITS,
    recurrentActivation: 'sigmoid', // as in TensorFlow; TensorFlow.js takes a broken line unless told
    kernelInitializer: glorotUniform({ seed: seed + 1 }),
    recurrentInitializer: glorotUniform({ seed: seed + 2 }),
  })
  // output · output_w + output_b, without a softmax, which is part of the loss
  const dense = layers.dense({ units: classes, kernelInitializer: glorotUniform({ seed: seed + 3 }) })

  const ids = input({ shape: [LENGTH], dtype: 'int32' })
  const output = lstm.apply(embedding.apply(ids))
  return model({ inputs: ids, outputs: dense.apply(output) as SymbolicTensor })
}

/** The logits of a batch, [texts, classes]. */
export const logitsOf = (network: LayersModel, { ids, labels }: Examples): tf.Tensor2D =>
  network.apply(tf.tensor2d(ids, [labels.length, LENGTH], 'int32')) as tf.Tensor2D

/** What a model says of any number of texts. */
export const predict = (network: LayersModel, examples: Examples): Predictions =>
  tf.tidy(() => {
    const logits = tf.concat([...batchesOf(examples)].map((batch) => logitsOf(network, batch)))
    return { logits: { data: logits.dataSync<'float32'>(), shape: logits.shape }, labels: examples.labels }
  })
