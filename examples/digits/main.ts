import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import ora from 'ora'
import { scoreOf } from '../predictions.ts'
import { savePredictions, scoreSaved } from '../saved-predictions.ts'
import { type Digits, loadDigits, sliceDigits, splitDigits } from './data.ts'
import { BATCH_SIZE, createModel, type Model, predict, trainEpoch } from './model.ts'
import { printBatch, printDrawings } from './print.ts'

const EPOCHS = 15

const main = async (): Promise<void> => {
  const { training, heldOut } = splitDigits(loadDigits())
  const model = createModel()
  const untrained = scoreOf(predict(model, heldOut))
  console.log(
    `Before training every digit is as likely as any other: loss ${untrained.loss.toFixed(4)} = ln 10.`,
  )

  await train(model, training, heldOut)
  printBatch(predict(model, sliceDigits(heldOut, 0, BATCH_SIZE)))
  const predictions = predict(model, heldOut)
  printDrawings(heldOut, predictions)
  const { accuracy, loss } = scoreOf(predictions)
  console.log(`held-out accuracy ${accuracy.toFixed(3)}, loss ${loss.toFixed(3)} nats\n`)

  const output = fileURLToPath(new URL('output', import.meta.url))
  await savePredictions(output, predictions)
  scoreSaved(output)
}

const train = async (model: Model, training: Digits, heldOut: Digits): Promise<void> => {
  const spinner = ora()
  const begin = performance.now()
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const cost = trainEpoch(model, training)
    const { accuracy } = scoreOf(predict(model, heldOut))
    // start also changes the text of a spinner that turns, and prints a line where there is no terminal to turn on
    spinner.start(
      `epoch ${epoch} of ${EPOCHS}: cost ${cost.toFixed(3)}, held-out accuracy ${accuracy.toFixed(3)}`,
    )
    await setImmediate() // lets the spinner turn, and Ctrl+C through
  }
  const seconds = ((performance.now() - begin) / 1000).toFixed(1)
  // not succeed, which would write its green into a log file too
  spinner.stopAndPersist({ symbol: '✔', text: `trained on ${training.labels.length} digits in ${seconds} s` })
}

await main()
