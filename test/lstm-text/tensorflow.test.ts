import { readFileSync } from 'node:fs'
import * as tf from '@tensorflow/tfjs-core'
import { expect, it } from 'vitest'
import { softmax } from 'xent/tfjs'
import { lossesOf, xentCost } from '../../examples/lstm-text/losses.ts'
import { logitsOf } from '../../examples/lstm-text/model.ts'
import { beginning, LEARNING_RATE } from '../../oracle/lstm-text/beginning.ts'

interface Step {
  readonly logits: number[][]
  readonly softmax: number[][]
  readonly loss: number[]
  readonly cost: number
}

const recorded: { readonly steps: readonly Step[] } = JSON.parse(
  readFileSync(new URL('fixtures/tensorflow.json', import.meta.url), 'utf8'),
)

/** Sums over 64 words in another order. */
const near = (numbers: readonly number[]) => numbers.map((number) => expect.closeTo(number, 5))

it('an epoch of the LSTM classifier goes as in TensorFlow: logits, softmax, losses and cost of each batch', async () => {
  const { model, batches } = await beginning()
  const optimizer = tf.train.sgd(LEARNING_RATE)
  expect(recorded.steps).toHaveLength(batches.length)
  for (const [k, batch] of batches.entries())
    tf.tidy(() => {
      const expected = recorded.steps[k]!
      const labels = tf.tensor1d(batch.labels, 'int32')
      const logits = logitsOf(model, batch)
      const losses = lossesOf(labels, logits)
      expect([...logits.dataSync()]).toEqual(near(expected.logits.flat()))
      expect([...softmax({ logits }).dataSync()]).toEqual(near(expected.softmax.flat()))
      expect([...losses.dataSync()]).toEqual(near(expected.loss))
      const cost = optimizer.minimize(() => xentCost(labels, logitsOf(model, batch)), true)!
      expect(cost.dataSync()[0]).toBeCloseTo(expected.cost, 5)
    })
})
