// `npm run lstm`: an LSTM learns to tell spam from other mail, or to tell the classes of texts of one's own apart.
import { mkdir } from 'node:fs/promises'
import { scoreSaved } from '../saved-predictions.ts'
import { type Corpus, readMails } from './corpus.ts'
import { readFolder } from './folder.ts'
import { messageOf } from './message-of.ts'
import { type CommandOptions, readOptions, usage } from './options.ts'
import { withProgress } from './progress.ts'
import { run } from './run.ts'
import { useWasm } from './wasm-backend.ts'

const main = async (): Promise<void> => {
  const options = optionsOrExit()
  if (options.help) return console.log(usage)
  await mkdir(options.out, { recursive: true }) // early, so that it does not fail after the work
  await useWasm()
  await run(await read(options), options)
  scoreSaved(options.out)
}

const optionsOrExit = (): CommandOptions => {
  try {
    return readOptions(process.argv.slice(2))
  } catch (error) {
    console.error(`lstm: ${messageOf(error)}\n\n${usage}`)
    process.exit(2)
  }
}

const read = ({ texts }: CommandOptions): Promise<Corpus> =>
  withProgress('reading', (update) => (texts === undefined ? readMails(update) : readFolder(texts, update)))

main().catch((error: unknown) => {
  console.error(`lstm: ${messageOf(error)}`)
  process.exitCode = 1
})
