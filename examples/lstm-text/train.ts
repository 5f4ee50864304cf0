import { setImmediate } from 'node:timers/promises'
import { shuffled } from '../random.ts'
import { batchesOf, type Data } from './examples.ts'
import { bestEpoch, evaluate, type Learner, learn, meanScore, type Score } from './learner.ts'
import { withProgress } from './progress.ts'

/** Training ends when the validation loss has not been lower for so many epochs. */
const PATIENCE = 2

/**
 * Trains learners beside each other, each on the same batches, until the validation loss of the first no longer falls.
 *
 * @param epochs ends it at the latest
 * @param onEpoch is told when an epoch has been learned and validated
 */
export const train = async (
  learners: readonly Learner[],
  { training, validation }: Data,
  epochs: number,
  random: () => number,
  onEpoch: (epoch: number) => Promise<void>,
): Promise<void> => {
  for (let epoch = 0; epoch < epochs && epoch - bestEpoch(learners[0]!) <= PATIENCE; epoch++) {
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
