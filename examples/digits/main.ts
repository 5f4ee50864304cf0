import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { relative } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import ora from 'ora'
import { encodeNpy } from 'xent-formats'
import { writeFileAtomic } from 'xent-formats/node'
import { type Digits, loadDigits, sliceDigits, splitDigits } from './data.ts'
import {
  BATCH_SIZE,
  createModel,
  evaluate,
  type Model,
  type Predictions,
  predict,
  trainEpoch,
} from './model.ts'
import { printBatch, printDrawings } from './print.ts'

const EPOCHS = 15

const main = async (): Promise<void> => {
  const { training, heldOut } = splitDigits(loadDigits())
  const model = createModel()
  const untrained = evaluate(predict(model, heldOut))
  console.log(
    `Before training every digit is as likely as any other: loss ${untrained.loss.toFixed(4)} = ln 10.`,
  )

  await train(model, training, heldOut)
  printBatch(predict(model, sliceDigits(heldOut, 0, BATCH_SIZE)))
  const predictions = predict(model, heldOut)
  printDrawings(heldOut, predictions)
  const { accuracy, loss } = evaluate(predictions)
  console.log(`held-out accuracy ${accuracy.toFixed(3)}, loss ${loss.toFixed(3)} nats\n`)

  score(await save(predictions))
}

const train = async (model: Model, training: Digits, heldOut: Digits): Promise<void> => {
  const spinner = ora()
  const begin = performance.now()
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const cost = trainEpoch(model, training)
    const { accuracy } = evaluate(predict(model, heldOut))
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

interface SavedPredictions {
  readonly logits: string
  readonly labels: string
}

/** Writes the predictions where any program that reads NumPy's files finds them. */
const save = async ({ labels, logits }: Predictions): Promise<SavedPredictions> => {
  await mkdir(new URL('output', import.meta.url), { recursive: true })
  const saved = { logits: outputPath('logits.npy'), labels: outputPath('labels.npy') }
  await writeFileAtomic(saved.logits, encodeNpy(logits))
  await writeFileAtomic(saved.labels, encodeNpy({ data: labels, shape: [labels.length] }))
  return saved
}

const outputPath = (name: string): string =>
  relative('.', fileURLToPath(new URL(`output/${name}`, import.meta.url)))

/** Lets the command `xent` compute the same numbers from the files alone. */
const score = ({ logits, labels }: SavedPredictions): void => {
  const args = ['score', '--logits', logits, '--labels', labels, '--loss', 'sparse']
  console.log(`$ xent ${args.join(' ')}`)
  const xent = fileURLToPath(import.meta.resolve('xent-cli/bin/xent.js'))
  execFileSync(process.execPath, [xent, ...args], { stdio: 'inherit' })
}

await main()
