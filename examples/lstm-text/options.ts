import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { Options } from './run.ts'

export const usage = `Trains an LSTM that tells the classes of texts apart, and shows how well it does.

  npm run lstm -- [options]

  --texts <folder>  texts of your own, with a folder for each class in it; without, the mails of SpamAssassin
  --seed <n>        another split and another start (1)
  --epochs <n>      at the most (7 for the mails, more for fewer texts)
  --alone           with the loss of xent only, and not with TensorFlow.js' beside it: half the time
  --out <folder>    where model, logits and pictures go (examples/lstm-text/output)
  --help
`

/** What is asked for on the command line. */
export interface CommandOptions extends Options {
  readonly texts: string | undefined
  readonly help: boolean
}

/** @throws Error that says what is wrong with the arguments */
export const readOptions = (args: readonly string[]): CommandOptions => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      texts: { type: 'string' },
      seed: { type: 'string', default: '1' },
      epochs: { type: 'string' },
      alone: { type: 'boolean', default: false },
      out: { type: 'string', default: fileURLToPath(new URL('output', import.meta.url)) },
      help: { type: 'boolean', default: false },
    },
  })
  const { texts, alone, out, help } = values
  return {
    texts,
    alone,
    out,
    help,
    seed: wholeNumber('--seed', values.seed, 0),
    epochs: values.epochs === undefined ? undefined : wholeNumber('--epochs', values.epochs, 1),
  }
}

const wholeNumber = (option: string, text: string, least: number): number => {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= least) return number
  throw new Error(`${option}: expected a whole number of at least ${least}, received ${text}`)
}
