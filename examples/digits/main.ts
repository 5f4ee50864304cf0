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
  await train(model, training, heldOut)

  const predictions = predict(model, heldOut)
  printBatch(predict(model, sliceDigits(heldOut, 0, BATCH_SIZE)))
  printDrawings(heldOut, predictions)
  const { accuracy, loss } = evaluate(predictions)
  console.log(`held-out accuracy ${accuracy.toFixed(3)}, loss ${loss.toFixed(3)} nats\n`)

  score(await save(predictions))
}

const train = async (model: Model, training: Digits, heldOut: Digits): Promise<void> => {
  const spinner = ora()
  for (let epoch = 1; epoch <= EPOCHS; epoch++) {
    const cost = trainEpoch(model, training)
    const { accuracy } = evaluate(predict(model, heldOut))
    // start also changes the text of a spinner that turns, and prints a line where there is no terminal to turn on
    spinner.start(
      `epoch ${epoch} of ${EPOCHS}: cost ${cost.toFixed(3)}, held-out accuracy ${accuracy.toFixed(3)}`,
    )
    await setImmediate() // lets the spinner turn, and Ctrl+C through
  }
  spinner.succeed()
}

interface SavedPredictions {
  readonly logits: string
  readonly labels: string
}

/** Writes the predictions where any program that reads NumPy's files finds them. */
const save = async ({ labels, logits }: Predictions): Promise<SavedPredictions> => {
  const folder = relative('.', fileURLToPath(new URL('output', import.meta.url)))
  const saved = { logits: `${folder}/logits.npy`, labels: `${folder}/labels.npy` }
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(saved.logits, encodeNpy(logits))
  await writeFileAtomic(saved.labels, encodeNpy({ data: labels, shape: [labels.length] }))
  return saved
}

/** Lets the command `xent` compute the same numbers from the files alone. */
const score = ({ logits, labels }: SavedPredictions): void => {
  const args = ['score', '--logits', logits, '--labels', labels, '--loss', 'sparse']
  console.log(`$ npx xent ${args.join(' ')}`)
  const xent = fileURLToPath(import.meta.resolve('xent-cli/bin/xent.js'))
  execFileSync(process.execPath, [xent, ...args], { stdio: 'inherit' })
}

await main()
