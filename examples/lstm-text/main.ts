// `npm run lstm`: an LSTM learns to tell spam from other mail, or to tell the classes of texts of one's own apart.
import { execFileSync } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import '@tensorflow/tfjs-backend-wasm'
import * as tf from '@tensorflow/tfjs-core'
import { type Corpus, readMails } from './corpus.ts'
import { readFolder } from './folder.ts'
import { readOptions, usage, type Wish } from './options.ts'
import { withProgress } from './progress.ts'
import { run } from './run.ts'
import { registerWasmKernels } from './wasm-kernels.ts'

const main = async (): Promise<void> => {
  const wish = optionsOrExit()
  if (wish.help) return console.log(usage)
  await mkdir(wish.out, { recursive: true })
  tf.enableProdMode() // else TensorFlow.js prints advice
  await tf.setBackend('wasm')
  registerWasmKernels()
  await run(await read(wish), wish)
  score(relative('.', wish.out))
}

const optionsOrExit = (): Wish => {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`lstm: ${messageOf(error)}\n\n${usage}`)
    process.exit(2)
  }
}

const read = ({ texts }: Wish): Promise<Corpus> =>
  withProgress('reading', (update) => (texts === undefined ? readMails(update) : readFolder(texts, update)))

/** Lets the command `xent` compute the loss from the saved logits and labels alone. */
const score = (out: string): void => {
  const files = ['--logits', join(out, 'logits.npy'), '--labels', join(out, 'labels.npy')]
  const args = ['score', ...files, '--loss', 'sparse']
  console.log(`$ xent ${args.join(' ')}`)
  const xent = fileURLToPath(import.meta.resolve('xent-cli/bin/xent.js'))
  execFileSync(process.execPath, [xent, ...args], { stdio: 'inherit' })
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

main().catch((error: unknown) => {
  console.error(`lstm: ${messageOf(error)}`)
  process.exitCode = 1
})
