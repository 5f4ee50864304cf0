import { reduceMean, softmax, sparseSoftmaxCrossEntropyWithLogits, tensor } from 'xent'
import { type Predictions, predictedClasses } from '../predictions.ts'
import { CLASSES, type Digits, PIXELS, SIDE } from './data.ts'

const SHOWN = 5

/** The way of a batch from logits to cost, with the first examples of each stage. */
export const printBatch = ({ labels, logits }: Predictions): void => {
  const count = labels.length
  const probabilities = new Float32Array(count * CLASSES)
  softmax({ logits }, { out: probabilities })
  const losses = new Float32Array(count)
  sparseSoftmaxCrossEntropyWithLogits({ labels, logits }, { out: losses })
  const cost = reduceMean(losses)

  console.log(
    `\nA batch of ${count} held-out digits, the first ${SHOWN} shown (logits and softmax rounded):\n`,
  )
  console.log(`logits [${count}, ${CLASSES}]\n${firstRows(logits.data, 2)}\n`)
  console.log(`softmax [${count}, ${CLASSES}]\n${firstRows(probabilities, 3)}\n`)
  console.log(`labels [${count}]\n${tensor(labels.subarray(0, SHOWN))}\n`)
  console.log(`losses [${count}]\n${tensor(losses.subarray(0, SHOWN))}\n`)
  console.log(`cost, the mean of all ${count} losses\n${cost}\n`)
}

/** Rounded, so that a row of ten fits on a line. */
const firstRows = (values: Float32Array, decimals: number): string => {
  const data = values.subarray(0, SHOWN * CLASSES).map((value) => round(value, decimals))
  return tensor({ data, shape: [SHOWN, CLASSES] }).toString()
}

const round = (value: number, decimals: number): number =>
  Math.round(value * 10 ** decimals) / 10 ** decimals + 0 // + 0 makes 0 of -0

/** Two digits that the model recognises and one that it takes for another, side by side. */
export const printDrawings = ({ images, labels }: Digits, predictions: Predictions): void => {
  const classes = predictedClasses(predictions)
  const rows = [...classes.keys()]
  const right = rows.filter((row) => classes[row] === labels[row]).slice(0, 2)
  const wrong = rows.filter((row) => classes[row] !== labels[row]).slice(0, 1)
  const drawings = [...right, ...wrong].map((row) => [
    ...draw(images.data.subarray(row * PIXELS, (row + 1) * PIXELS)),
    `label ${labels[row]}, predicted ${classes[row]}`.padEnd(WIDTH),
  ])
  console.log(`${sideBySide(drawings)}\n`)
}

const sideBySide = ([first = [], ...others]: readonly string[][]): string =>
  first.map((line, k) => [line, ...others.map((other) => other[k])].join('  ').trimEnd()).join('\n')

// Few digits reach the outermost pixels: MNIST fits them into 20 by 20 and puts their centre of mass in the middle.
const MARGIN = 2
const WIDTH = SIDE - 2 * MARGIN
const SHADES = ' .:-=+*#%@'

/** Two rows of pixels to a line of text, because a character is about twice as high as it is wide. */
const draw = (image: Float32Array): string[] =>
  Array.from({ length: WIDTH / 2 }, (_, line) => {
    const pixel = (2 * line + MARGIN) * SIDE + MARGIN
    return Array.from({ length: WIDTH }, (_, column) => {
      const ink = (image[pixel + column]! + image[pixel + column + SIDE]!) / 2
      return SHADES.charAt(Math.round(ink * (SHADES.length - 1)))
    }).join('')
  })
