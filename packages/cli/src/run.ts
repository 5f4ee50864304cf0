import { Command, CommanderError } from 'commander'
import { XentError } from 'xent'
import { FormatError } from 'xent-formats'
import { addScore } from './commands/score.ts'
import type { Io } from './io.ts'

const DONE = 0
const BAD_DATA = 1
const WRONG_USAGE = 2

/**
 * Runs one command line.
 *
 * @param argv the arguments after the name of the program
 * @returns the exit code: 0 done, 1 bad data, 2 wrong usage; what went wrong is on stderr by then
 */
export const run = async (argv: readonly string[], io: Io): Promise<number> => {
  try {
    await createProgram(io).parseAsync(argv, { from: 'user' })
    return DONE
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? DONE : WRONG_USAGE
    if (!(error instanceof XentError || error instanceof FormatError)) throw error
    io.stderr.write(`error: ${error.message}\n`)
    return BAD_DATA
  }
}

const createProgram = (io: Io): Command => {
  const program = new Command('xent')
    .description('Scores saved logits against labels: cross-entropy, perplexity, accuracy.')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    })
  addScore(program, io)
  return program
}
