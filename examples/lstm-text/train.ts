import { setImmediate } from 'node:timers/promises'
import type { Score } from '../predictions.ts'
import { shuffled } from '../random.ts'
import { BATCH_SIZE, batchesOf, type Data } from './examples.ts'
import { bestEpoch, evaluate, type Learner, learn, meanScore } from './learner.ts'
import { withProgress } from './progress.ts'

/** It is the number of steps that makes a network learn, so few texts take more epochs. */
const STEPS = 470
const FEWEST_EPOCHS = 3

/** Training ends when the validation loss has not been lower for so many steps, and epochs. */
const PATIENCE = { steps: 120, epochs: 2 }

/**
 * Trains learners beside each other, each on the same batches, until the validation loss of the first no longer falls.
 *
 * @param epochs ends it at the latest; as many as it takes unless given
 * @param onEpoch is told when an epoch has been learned and validated
 */
export const train = async (
  learners: readonly Learner[],
  { training, validation }: Data,
  epochs: number | undefined,
  random: () => number,
  onEpoch: (epoch: number) => Promise<void>,
): Promise<void> => {
  const steps = Math.ceil(training.labels.length / BATCH_SIZE)
  const most = epochs ?? Math.max(FEWEST_EPOCHS, Math.round(STEPS / steps))
  const patience = Math.max(PATIENCE.epochs, Math.round(PATIENCE.steps / steps))
  for (let epoch = 0; epoch < most && epoch - bestEpoch(learners[0]!) <= patience; epoch++) {
    const batches = [...batchesOf(training, shuffled(training.labels.keys(), random))]
    const scores = learners.map((): Score[] => [])
    await withProgress(`epoch ${epoch + 1}`, async (update) => {
      for (const [k, batch] of batches.entries()) {
        // in turn, so that none is always the first to meet a batch
        for (let turn = 0; turn < learners.length; turn++) {
          const of = (k + turn) % learners.length
          scores[of]!.push(learn(learners[of]!, batch))
        }
        update(k + 1, batches.length, describe(scores[0]!))
        await setImmediate() // lets the bar be drawn, and Ctrl+C through
      }
    })
    for (const [of, learner] of learners.entries())
      learner.epochs.push({ training: meanScore(scores[of]!), validation: evaluate(learner, validation) })
    await onEpoch(epoch)
  }
}

/** Of the last batches, since the first know less. */
const RECENT = 10

const describe = (scores: readonly Score[]): string => {
  const { loss, accuracy } = meanScore(scores.slice(-RECENT))
  return `loss ${loss.toFixed(4)}  accuracy ${accuracy.toFixed(3)}`
}
