import * as tf from '@tensorflow/tfjs-core'
import type { LayersModel } from '@tensorflow/tfjs-layers'
import { tensor } from 'xent'
import { softmax } from 'xent/tfjs'
import type { Examples } from './examples.ts'
import { lossesOf } from './losses.ts'
import { logitsOf } from './model.ts'

const SHOWN = 5

/** What the tutorial prints of a batch: logits, softmax, labels, losses and cost, of the first examples each. */
export const batchTable = (model: LayersModel, batch: Examples): string =>
  tf.tidy(() => {
    const logits = logitsOf(model, batch)
    const probabilities = softmax({ logits })
    const labels = tf.tensor1d(batch.labels, 'int32')
    const losses = lossesOf(labels, logits)
    const cost = tf.mean(losses)
    const named = { logits, softmax: probabilities, labels, losses }
    const columns = Object.entries(named).map(([name, values]) => [
      `${name} [${values.shape.join(', ')}]`,
      ...firstOf(values),
    ])
    return `${sideBySide(columns)}\ncost, the mean of all ${batch.labels.length} losses: ${cost.dataSync()[0]}`
  })

/** The first values, a line for each, printed as NumPy does. */
const firstOf = (values: tf.Tensor): string[] => {
  const [count, ...rest] = values.shape as [number, ...number[]]
  const shown = Math.min(SHOWN, count)
  const data = values.dataSync().subarray(0, (shown * values.size) / count)
  const printed = String(tensor({ data, shape: [shown, ...rest] })).replace(/[[\]]/g, ' ')
  return rest.length > 0 ? printed.split('\n') : printed.trim().split(/\s+/)
}

const sideBySide = (columns: readonly (readonly string[])[]): string => {
  const widths = columns.map((lines) => Math.max(...lines.map((line) => line.length)))
  return columns[0]!
    .map((_, row) =>
      columns
        .map((lines, k) => lines[row]!.padEnd(widths[k]!))
        .join('   ')
        .trimEnd(),
    )
    .join('\n')
}
