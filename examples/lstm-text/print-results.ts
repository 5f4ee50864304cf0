import { softmax } from 'xent'
import { type Predictions, predictedClasses, scoreOf } from '../predictions.ts'
import { comparisonOf, type Learned, type OwnSparseLoss } from './compare.ts'
import type { Corpus } from './corpus.ts'
import type { Data, Examples } from './examples.ts'
import { bestEpoch, type Learner } from './learner.ts'

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

/** How well the texts are told apart from which nobody has learned. */
export const printHeldOut = ({ classes }: Corpus, predictions: Predictions): void => {
  const { labels } = predictions
  const { loss, accuracy, count } = scoreOf(predictions)
  const predicted = predictedClasses(predictions)
  const sizes = classes.map((_, label) => labels.filter((own) => own === label).length)
  console.log(`held-out loss ${loss.toFixed(4)} nats, accuracy ${accuracy.toFixed(4)} of ${count} texts`)
  console.log(`(the largest class is ${(Math.max(...sizes) / count).toFixed(4)} of them)\n`)
  for (const [label, name] of classes.entries()) {
    const ofClass = predicted.filter((_, text) => labels[text] === label)
    const taken = classes.map((other, k) => `${ofClass.filter((own) => own === k).length} for ${other}`)
    console.log(`${name} is taken ${taken.join(', ')}`)
  }
  console.log()
}

const WORST = 3

/** The mistakes that a model is surest of. */
export const printMistakes = (
  { classes, texts }: Corpus,
  examples: Examples,
  predictions: Predictions,
): void => {
  const probabilities = softmax({ logits: predictions.logits }).data as Float32Array
  const mistakes = predictedClasses(predictions)
    .map((predicted, k) => ({
      label: examples.labels[k]!,
      predicted,
      probability: probabilities[k * classes.length + predicted]!,
      text: texts[examples.texts[k]!]!.text,
    }))
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.probability - a.probability)
    .slice(0, WORST)
  if (mistakes.length === 0) return
  console.log('The mistakes that it is surest of:')
  for (const { label, predicted, probability, text } of mistakes)
    console.log(
      `  ${classes[label]} taken for ${classes[predicted]} (${probability.toFixed(3)}): ${beginning(text)}`,
    )
  console.log()
}

/** Without what a terminal would take for commands. */
const beginning = (text: string): string =>
  text.replace(/\s+/g, ' ').replace(/\p{C}/gu, '').trim().slice(0, 60)

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
