import { softmax } from 'xent'
import { comparisonOf, type Learned, type OwnSparseLoss } from './compare.ts'
import type { Corpus } from './corpus.ts'
import type { Data, Examples } from './examples.ts'
import { bestEpoch, type Learner } from './learner.ts'
import { type Predictions, predictedClasses, scoreOf } from './predictions.ts'

/** What there is to learn from. */
export const printCorpus = ({ classes, texts }: Corpus, data: Data): void => {
  const counts = classes.map(
    (name, label) => `${texts.filter((text) => text.label === label).length} ${name}`,
  )
  const { training, validation, heldOut } = data
  console.log(`${texts.length} texts: ${counts.join(', ')}
${data.duplicated} of them are nearly the same as another; such texts stay together
${training.labels.length} to learn from, ${validation.labels.length} to decide when to stop, ${heldOut.labels.length} held out
${data.vocabulary.size} words that at least three texts to learn from have
`)
}

/** How far the learners are. */
export const printEpoch = (learners: readonly Learner[]): void => {
  for (const learner of learners) {
    const { training, validation } = learner.epochs.at(-1)!
    const isBest = bestEpoch(learner) === learner.epochs.length - 1
    console.log(
      `${learner.name.padEnd(13)} training loss ${training.loss.toFixed(4)}, accuracy ${training.accuracy.toFixed(3)}; ` +
        `validation loss ${validation.loss.toFixed(4)}, accuracy ${validation.accuracy.toFixed(3)}${isBest ? ' (lowest so far: saved)' : ''}`,
    )
  }
  console.log()
}

const WORST = 3

/** How well the texts are told apart that nobody has learned from, and the worst mistakes. */
export const printHeldOut = (
  { classes, texts }: Corpus,
  examples: Examples,
  predictions: Predictions,
): void => {
  const { loss, accuracy, count } = scoreOf(predictions)
  console.log(`held-out loss ${loss.toFixed(4)} nats, accuracy ${accuracy.toFixed(4)} of ${count} texts`)
  const predicted = predictedClasses(predictions)
  const { labels } = predictions
  const largest = Math.max(...classes.map((_, label) => labels.filter((own) => own === label).length))
  console.log(`(the largest class is ${(largest / count).toFixed(4)} of them)\n`)
  classes.forEach((name, label) => {
    const found = classes.map(
      (other, k) =>
        `${predicted.filter((own, text) => own === k && labels[text] === label).length} as ${other}`,
    )
    console.log(`${name.padEnd(10)} taken ${found.join(', ')}`)
  })

  const probabilities = softmax({ logits: predictions.logits }).data as Float32Array
  const mistakes = [...predicted.keys()]
    .filter((text) => predicted[text] !== labels[text])
    .map((text) => ({ text, probability: probabilities[text * classes.length + predicted[text]!]! }))
    .sort((a, b) => b.probability - a.probability)
  if (mistakes.length > 0) console.log('\nThe mistakes that it is surest of:')
  for (const { text, probability } of mistakes.slice(0, WORST)) {
    const start = texts[examples.texts[text]!]!.text.replace(/\s+/g, ' ').trim().slice(0, 60)
    console.log(
      `  ${classes[labels[text]!]} taken for ${classes[predicted[text]!]} (${probability.toFixed(3)}): ${start}`,
    )
  }
  console.log()
}

/** The learners beside each other, and what TensorFlow.js would do with the labels as they are. */
export const printComparison = (learned: readonly Learned[], own: OwnSparseLoss | undefined): void => {
  const rows = comparisonOf(learned)
  const width = Math.max(...rows.map(([title]) => title!.length))
  for (const [title, ...cells] of rows)
    console.log([title!.padEnd(width), ...cells.map((cell) => cell.padStart(14))].join(''))
  if (own)
    console.log(`
TensorFlow.js has a loss of class indices too, 'sparseCategoricalCrossentropy':
  class indices of int32: ${own.error}
  class indices of float32, and logits: ${own.loss.toFixed(4)} nats, since it takes logits for probabilities`)
  console.log()
}
