import * as tf from '@tensorflow/tfjs-core'
import { layers, sequential } from '@tensorflow/tfjs-layers'
import { compileWith, losses } from '../../src/tfjs/index.ts'

/** The losses and accuracies of some epochs of `fit` on points of three clusters, whose labels are class indices of int32. */
export const training = async (): Promise<{ readonly loss: number[]; readonly acc: number[] }> => {
  const centers = [
    [2, 0],
    [-2, 1],
    [0, -2],
  ]
  const labels = Array.from({ length: 24 }, (_, k) => k % 3)
  const points = labels.map((label, k) => centers[label]!.map((x, axis) => x + 0.4 * Math.sin(7 * k + axis)))
  const model = sequential({ layers: [layers.dense({ units: 3, inputShape: [2] })] })
  const loss = losses.sparseCategoricalCrossentropy({ fromLogits: true })
  compileWith(model, { optimizer: tf.train.sgd(0.5), loss, metrics: ['accuracy'] })
  const [x, y] = [tf.tensor2d(points), tf.tensor1d(labels, 'int32')]
  const { history } = await model.fit(x, y, { epochs: 10, batchSize: 12, shuffle: false })
  model.dispose()
  return history as { loss: number[]; acc: number[] }
}
