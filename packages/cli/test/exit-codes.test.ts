import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from '../src/run.ts'
import { logits, sparse } from './golden.ts'
import { type Folder, temporaryFolder, toCsv, xent } from './helpers.ts'

let folder: Folder
let paths: { logits: string; labels: string; wide: string }
beforeAll(async () => {
  folder = await temporaryFolder()
  paths = {
    logits: await folder.add('logits.csv', toCsv(sparse.logits)),
    labels: await folder.add('labels.csv', sparse.labels.join('\n')),
    wide: await folder.add('wide.csv', toCsv(logits)),
  }
})
afterAll(() => folder.remove())

/** Expects one line on stderr, to which commander may add what was meant, nothing on stdout and no stack. */
const expectFailure = async (argv: readonly string[], code: number, message: RegExp): Promise<void> => {
  const finished = await xent(argv)
  expect(finished).toEqual({
    code,
    stdout: '',
    stderr: expect.stringMatching(/^error: .*\n(\(Did you mean .*\)\n)?$/),
  })
  expect(finished.stderr).toMatch(message)
}

const expectBadData = (argv: readonly string[], message: RegExp): Promise<void> =>
  expectFailure(['score', ...argv], 1, message)

const expectWrongUsage = (argv: readonly string[], message: RegExp): Promise<void> =>
  expectFailure(['score', '--logits', paths.logits, '--labels', paths.labels, ...argv], 2, message)

describe('exit code 1', () => {
  it('says which file is missing', async () => {
    const message = /none\.npy: expected a file that can be read, got ENOENT: no such file or directory/
    await expectBadData(['--logits', 'none.npy', '--labels', paths.labels], message)
    await expectBadData(['--logits', paths.logits, '--labels', 'none.npy'], message)
  })

  it('says that a folder is no file', async () => {
    await expectBadData(['--logits', dirname(paths.logits), '--labels', paths.labels], /got EISDIR/)
  })

  it('says where in a file the first wrong value is', async () => {
    const logits = await folder.add('words.csv', '1,2\n3,four\n')
    await expectBadData(
      ['--logits', logits, '--labels', paths.labels],
      /words\.csv: line 2, column 2: expected a number, got "four"/,
    )
  })

  it('says which formats there are', async () => {
    const logits = await folder.add('logits.xlsx', 'PK')
    await expectBadData(
      ['--logits', logits, '--labels', paths.labels],
      /expected one of \.npy, .*, got \.xlsx/,
    )
  })

  it('says that nothing came on stdin', async () => {
    await expectBadData(['--logits', '-', '--labels', paths.labels], /stdin: expected at least one row/)
  })

  it('says which label is out of range', async () => {
    const labels = await folder.add('range.csv', '0\n3\n1\n')
    await expectBadData(
      ['--logits', paths.logits, '--labels', labels],
      /labels\[1\]: expected a class in \[0, 3\), received 3/,
    )
  })

  it('says that class indices are no fractions', async () => {
    const labels = await folder.add('fractions.csv', '0\n1\n0.5\n')
    await expectBadData(['--logits', paths.logits, '--labels', labels], /an integer type, received float64/)
  })

  it('says which shapes do not go together', async () => {
    await expectBadData(
      ['--logits', paths.wide, '--labels', paths.labels],
      /expected shape \[5\].* received shape \[3\]/,
    )
    await expectBadData(
      ['--logits', paths.wide, '--labels', paths.logits, '--loss', 'sigmoid'],
      /expected the shape of logits, \[5, 3\], received \[3, 3\]/,
    )
  })

  it('does not broadcast dense labels', async () => {
    await expectBadData(
      ['--logits', paths.logits, '--labels', paths.labels, '--loss', 'softmax'],
      /labels\.csv: expected shape \[3, 3\], that of .*logits\.csv, got shape \[3\]/,
    )
  })

  it('says how many weights there have to be', async () => {
    await expectBadData(
      ['--logits', paths.wide, '--labels', paths.wide, '--loss', 'weighted', '--pos-weight', '1,2'],
      /--pos-weight: expected one weight, or 3 for the last axis of .*wide\.csv, \[5, 3\], got 2/,
    )
  })

  it('says which axes there are', async () => {
    await expectBadData(
      ['--logits', paths.logits, '--labels', paths.labels, '--axis', '2'],
      /axis: expected a whole number in \[-2, 2\), received 2/,
    )
  })

  it('says that logits are no integers', async () => {
    const logits = await folder.add('int32.npy', { data: Int32Array.of(1, 2, 3), shape: [1, 3] })
    const labels = await folder.add('one.csv', '0\n')
    await expectBadData(['--logits', logits, '--labels', labels], /received int32/)
  })
})

describe('exit code 2', () => {
  it.each([
    ['an unknown option', ['--logit', 'x.npy'], /unknown option '--logit'/],
    [
      'an unknown loss',
      ['--loss', 'hinge'],
      /'hinge' is invalid\. Allowed choices are sparse, softmax, sigmoid, weighted/,
    ],
    ['an unknown format', ['--format', 'xml'], /'xml' is invalid\. Allowed choices are table, json/],
    ['two formats', ['--json', '--format', 'table'], /'--json' cannot be used with option '--format/],
    ['an axis that is no whole number', ['--axis', '1.5'], /'1\.5' is invalid\. Expected a whole number/],
    [
      'an axis for an element-wise loss',
      ['--loss', 'sigmoid', '--axis', '0'],
      /--axis has no meaning for --loss sigmoid/,
    ],
    ['the weighted loss without a weight', ['--loss', 'weighted'], /--loss weighted needs --pos-weight/],
    ['a weight for another loss', ['--pos-weight', '2'], /--pos-weight has no meaning for --loss sparse/],
    ['a weight that is no number', ['--loss', 'weighted', '--pos-weight', '1,,2'], /'1,,2' is invalid/],
    ['a negative weight', ['--loss', 'weighted', '--pos-weight', '-1'], /'-1' is invalid/],
    ['a file too many', ['more.npy'], /too many arguments/],
  ])('comes for %s', async (_, argv, message) => {
    await expectWrongUsage(argv, message)
  })

  it('comes for two files from stdin', async () => {
    await expectFailure(
      ['score', '--logits', '-', '--labels', '-'],
      2,
      /only one of --logits and --labels can be -/,
    )
  })

  it.each(['--logits', '--labels'])('comes without %s', async (missing) => {
    const given = missing === '--logits' ? '--labels' : '--logits'
    await expectFailure(
      ['score', given, 'x.npy'],
      2,
      new RegExp(`required option '${missing} <file>' not specified`),
    )
  })

  it('comes for an unknown command', async () => {
    await expectFailure(['scores'], 2, /unknown command 'scores'/)
  })

  it('comes without a command, with the help on stderr', async () => {
    const { code, stdout, stderr } = await xent([])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toMatch(/^Usage: xent/)
  })
})

describe('exit code 0', () => {
  it('comes for the help, on stdout', async () => {
    const { code, stdout, stderr } = await xent(['score', '--help'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/^Usage: xent score/)
  })
})

describe('an error that is nobody’s fault but the program’s', () => {
  it('is not hidden', async () => {
    const stdout = {
      write: () => {
        throw new TypeError('a bug')
      },
    }
    const argv = ['score', '--logits', paths.logits, '--labels', paths.labels]
    await expect(run(argv, { stdout, stderr: { write: () => true } })).rejects.toThrow('a bug')
  })
})
