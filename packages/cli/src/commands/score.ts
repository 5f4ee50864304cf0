import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Io } from '../io.ts'
import { type LossName, losses } from '../losses.ts'
import { type Format, print } from '../print.ts'
import { type Input, readInput, STDIN } from '../read-input.ts'
import { areDistributions } from '../row.ts'
import { score } from '../score.ts'
import { rowsOf } from '../strided.ts'

interface ScoreOptions {
  readonly logits: string
  readonly labels: string
  readonly loss: LossName
  readonly axis?: number
  readonly posWeight?: readonly number[]
  readonly format: Format
  readonly json?: boolean
}

const LAST_AXIS = -1

/** Adds `xent score` to the program. */
export const addScore = (program: Command, io: Io): void => {
  program
    .command('score')
    .description('print loss, perplexity and accuracy of logits against labels')
    .requiredOption('--logits <file>', 'unscaled scores: .npy, .csv, .tsv or .jsonl; - is stdin')
    .requiredOption('--labels <file>', 'what the logits should say, in the same formats')
    .addOption(new Option('--loss <loss>', 'which loss').choices(Object.keys(losses)).default('sparse'))
    .option('--axis <n>', `the class axis of sparse and softmax (default: ${LAST_AXIS})`, parseAxis)
    .option('--pos-weight <w>', 'for weighted: one weight, or one for each class: 1,2.5,4', parseWeights)
    .addOption(new Option('--format <format>', 'how to print').choices(['table', 'json']).default('table'))
    .addOption(new Option('--json', 'short for --format json').conflicts('format'))
    .action(async (options: ScoreOptions, command: Command) => {
      checkUsage(options, command)
      await runScore(options, io)
    })
}

const runScore = async (options: ScoreOptions, io: Io): Promise<void> => {
  const { loss, axis = LAST_AXIS, posWeight = [] } = options
  const logits = await readInput(options.logits, io, { dtype: 'float64' })
  const labels = await readInput(options.labels, io)
  const result = score(loss, { logits, labels, axis, posWeight })
  if (losses[loss].hasClassAxis) warnOfDistributions(logits, axis, io)
  io.stdout.write(print(result, options.json ? 'json' : options.format))
}

const warnOfDistributions = ({ name, array }: Input, axis: number, io: Io): void => {
  if (!areDistributions(rowsOf(array, axis))) return
  io.stderr.write(
    `warning: every row of ${name} is a distribution; logits are wanted, not the output of a softmax\n`,
  )
}

const checkUsage = ({ logits, labels, loss, axis, posWeight }: ScoreOptions, command: Command): void => {
  if (logits === STDIN && labels === STDIN) {
    command.error('error: only one of --logits and --labels can be -, which is stdin')
  }
  if (axis !== undefined && !losses[loss].hasClassAxis) {
    command.error(`error: --axis has no meaning for --loss ${loss}, which is taken element by element`)
  }
  if (loss === 'weighted' && posWeight === undefined) {
    command.error('error: --loss weighted needs --pos-weight <w>')
  }
  if (loss !== 'weighted' && posWeight !== undefined) {
    command.error(`error: --pos-weight has no meaning for --loss ${loss}`)
  }
}

const parseAxis = (text: string): number => {
  if (!/^-?\d+$/.test(text)) throw new InvalidArgumentError('Expected a whole number.')
  return Number(text)
}

const parseWeights = (text: string): number[] => text.split(',').map(parseWeight)

const parseWeight = (text: string): number => {
  const weight = Number(text)
  if (text.trim() !== '' && Number.isFinite(weight) && weight >= 0) return weight
  throw new InvalidArgumentError('Expected a number of 0 or more, or several with commas between them.')
}
