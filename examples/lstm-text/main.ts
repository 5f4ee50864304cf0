// `npm run lstm`: an LSTM learns to tell spam from other mail, or to tell the classes of texts of one's own apart.
import { mkdir } from 'node:fs/promises'
import { scoreSaved } from '../saved-predictions.ts'
import { type Corpus, readMails } from './corpus.ts'
import { readFolder } from './folder.ts'
import { readOptions, usage, type Wish } from './options.ts'
import { withProgress } from './progress.ts'
import { run } from './run.ts'
import { useWasm } from './wasm-backend.ts'

const main = async (): Promise<void> => {
  const wish = optionsOrExit()
  if (wish.help) return console.log(usage)
  await mkdir(wish.out, { recursive: true }) // fails now or never
  await useWasm()
  await run(await read(wish), wish)
  scoreSaved(wish.out)
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

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

main().catch((error: unknown) => {
  console.error(`lstm: ${messageOf(error)}`)
  process.exitCode = 1
})
