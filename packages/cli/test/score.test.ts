import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { encodeNpy } from 'xent-formats'
import { logits, sigmoid, softmax, sparse, total, weightedSum } from './golden.ts'
import { type Folder, type Matrix, temporaryFolder, toCsv, toJsonl, transpose, xent } from './helpers.ts'

let folder: Folder
beforeAll(async () => {
  folder = await temporaryFolder()
})
afterAll(() => folder.remove())

/** The JSON of a run that has to end well and without a warning. */
const scoreJson = async (argv: readonly string[], stdin?: string | Uint8Array): Promise<unknown> => {
  const { code, stdout, stderr } = await xent(['score', ...argv, '--json'], stdin)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
  return JSON.parse(stdout)
}

const file = (matrix: Matrix): Promise<string> => folder.add(`${crypto.randomUUID()}.csv`, toCsv(matrix))

const column = (values: readonly number[]): Promise<string> => file(values.map((value) => [value]))

const close = (value: number, digits: number): unknown => expect.closeTo(value, digits)

const sparseScore = (digits = 6): unknown =>
  expect.objectContaining({
    loss: 'sparse',
    count: 3,
    nan: 0,
    classes: 3,
    sum: close(total(sparse.losses), digits),
    mean: close(total(sparse.losses) / 3, digits),
    perplexity: close(Math.exp(total(sparse.losses) / 3), digits - 1),
    accuracy: 1 / 3,
    correct: 1,
  })

describe('the losses', () => {
  it('score the sparse loss unless told otherwise', async () => {
    const argv = ['--logits', await file(sparse.logits), '--labels', await column(sparse.labels)]
    expect(await scoreJson(argv)).toEqual(sparseScore())
  })

  it('score the softmax loss of dense labels', async () => {
    const argv = ['--logits', await file(logits), '--labels', await file(softmax.labels), '--loss', 'softmax']
    const mean = total(softmax.losses) / 5
    expect(await scoreJson(argv)).toMatchObject({
      loss: 'softmax',
      count: 5,
      classes: 3,
      sum: close(total(softmax.losses), 7),
      mean: close(mean, 7),
      perplexity: close(Math.exp(mean), 7),
      accuracy: 0.8,
    })
  })

  it('score the sigmoid loss element by element, without perplexity', async () => {
    const argv = ['--logits', await file(logits), '--labels', await file(sigmoid.labels), '--loss', 'sigmoid']
    const sum = weightedSum(() => 1)
    const score = await scoreJson(argv)
    expect(score).toMatchObject({ loss: 'sigmoid', count: 15, sum: close(sum, 6), mean: close(sum / 15, 7) })
    expect(score).toMatchObject({ accuracy: 6 / 15 })
    expect(score).not.toHaveProperty('perplexity')
    expect(score).not.toHaveProperty('classes')
  })

  it.each([
    ['2.5', () => 2.5],
    ['1,2,4', (c: number) => 2 ** c],
  ])('score the weighted loss with the weights %s', async (text, weightOf) => {
    const argv = [
      '--logits',
      await file(logits),
      '--labels',
      await file(sigmoid.labels),
      '--loss',
      'weighted',
    ]
    const sum = weightedSum(weightOf)
    expect(await scoreJson([...argv, '--pos-weight', text])).toMatchObject({
      loss: 'weighted',
      count: 15,
      sum: close(sum, 6),
      accuracy: 6 / 15,
    })
  })

  it('take classes along another axis', async () => {
    const across = await file(transpose(sparse.logits))
    const argv = ['--logits', across, '--labels', await column(sparse.labels), '--axis', '0']
    expect(await scoreJson(argv)).toEqual(sparseScore())
    const dense = [
      '--logits',
      await file(transpose(logits)),
      '--labels',
      await file(transpose(softmax.labels)),
    ]
    expect(await scoreJson([...dense, '--loss', 'softmax', '--axis', '-2'])).toMatchObject({
      count: 5,
      classes: 3,
      axis: -2,
      sum: close(total(softmax.losses), 7),
      accuracy: 0.8,
    })
  })

  it('take classes along an axis between others', async () => {
    const batches = [sparse.logits, sparse.logits].map((batch) => JSON.stringify(transpose(batch))).join('\n')
    const labels = await folder.add('batches.labels.jsonl', toJsonl([sparse.labels, sparse.labels]))
    const argv = ['--logits', await folder.add('batches.jsonl', batches), '--labels', labels, '--axis', '1']
    expect(await scoreJson(argv)).toMatchObject({
      count: 6,
      sum: close(2 * total(sparse.losses), 6),
      correct: 2,
      logits: { shape: [2, 3, 3] },
    })
  })

  it('agree with the first of equal logits', async () => {
    const argv = ['--logits', await file([[1, 1]]), '--labels', await column([0])]
    expect(await scoreJson(argv)).toMatchObject({
      mean: close(Math.LN2, 12),
      perplexity: close(2, 12),
      accuracy: 1,
    })
  })
})

describe('the formats', () => {
  it('read .jsonl', async () => {
    const logits = await folder.add('sparse.jsonl', toJsonl(sparse.logits))
    const labels = await folder.add('labels.jsonl', sparse.labels.join('\n'))
    expect(await scoreJson(['--logits', logits, '--labels', labels])).toEqual(sparseScore())
  })

  it.each([
    ['float32', Float32Array.from(sparse.logits.flat()), 5],
    ['float64', Float64Array.from(sparse.logits.flat()), 6],
  ] as const)('read .npy of %s', async (dtype, data, digits) => {
    const logits = await folder.add(`${dtype}.npy`, { data, shape: [3, 3] })
    const labels = await folder.add('int64.npy', { data: BigInt64Array.of(0n, 1n, 2n), shape: [3] })
    const score = await scoreJson(['--logits', logits, '--labels', labels])
    expect(score).toEqual(sparseScore(digits))
    expect(score).toMatchObject({
      logits: { file: logits, shape: [3, 3], dtype },
      labels: { file: labels, shape: [3], dtype: 'int64' },
    })
  })

  it('read .npy of float16', async () => {
    // 2, 0.5, 1: the golden row that float16 holds exactly; its loss is within half a unit in the last place
    const data = Uint16Array.of(0x4000, 0x3800, 0x3c00)
    const logits = await folder.add('float16.npy', { data, shape: [1, 3], dtype: 'float16' })
    const score = await scoreJson(['--logits', logits, '--labels', await column([0])])
    expect(score).toMatchObject({ accuracy: 1, logits: { dtype: 'float16' } })
    const { mean } = score as { mean: number }
    expect(Math.abs(mean - sparse.losses[0]!)).toBeLessThan(2 ** -13)
  })

  it('sum losses of float16 beyond what float16 holds', async () => {
    // 20000 - -20000 = 40000 twice
    const data = Uint16Array.of(0x74e2, 0xf4e2, 0x74e2, 0xf4e2)
    const logits = await folder.add('large16.npy', { data, shape: [2, 2], dtype: 'float16' })
    const score = await scoreJson(['--logits', logits, '--labels', await column([1, 1])])
    expect(score).toMatchObject({ sum: 80000, mean: 40000, perplexity: 'Infinity', accuracy: 0 })
  })

  it('read .npy in Fortran order', async () => {
    const path = await folder.add('fortran.npy', {
      data: Float64Array.from(transpose(logits).flat()),
      shape: [5, 3],
    })
    const bytes = await readFile(path, 'latin1')
    await writeFile(path, bytes.replace("'fortran_order': False", "'fortran_order': True "), 'latin1')
    const argv = ['--logits', path, '--labels', await file(softmax.labels), '--loss', 'softmax']
    expect(await scoreJson(argv)).toMatchObject({ sum: close(total(softmax.losses), 7), accuracy: 0.8 })
    const elements = ['--logits', path, '--labels', await file(sigmoid.labels), '--loss', 'sigmoid']
    expect(await scoreJson(elements)).toMatchObject({
      sum: close(
        weightedSum(() => 1),
        6,
      ),
      accuracy: 6 / 15,
    })
  })

  it('take a column of class indices as a list of them', async () => {
    const labels = await folder.add('column.npy', { data: Int32Array.from(sparse.labels), shape: [3, 1] })
    expect(await scoreJson(['--logits', await file(sparse.logits), '--labels', labels])).toEqual(
      sparseScore(),
    )
  })

  it.each([
    ['.csv', toCsv(sparse.logits)],
    ['.jsonl', toJsonl(sparse.logits)],
    ['.npy', encodeNpy({ data: Float64Array.from(sparse.logits.flat()), shape: [3, 3] })],
  ])('know %s on stdin by its first bytes', async (_, stdin) => {
    const score = await scoreJson(['--logits', '-', '--labels', await column(sparse.labels)], stdin)
    expect(score).toEqual(sparseScore())
    expect(score).toMatchObject({ logits: { file: 'stdin', dtype: 'float64' } })
  })

  it('read labels from stdin', async () => {
    const argv = ['--logits', await file(sparse.logits), '--labels', '-']
    expect(await scoreJson(argv, 'label\n0\n1\n2\n')).toEqual(sparseScore())
  })
})

describe('the table', () => {
  it('names the files and gives numbers with units', async () => {
    const logits = await file(sparse.logits)
    const labels = await column(sparse.labels)
    const { code, stdout, stderr } = await xent(['score', '--logits', logits, '--labels', labels])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout.split('\n')).toEqual([
      `logits      ${logits}  [3, 3] float64`,
      `labels      ${labels}  [3] int32`,
      'loss        sparse',
      'classes     3 along axis -1',
      'losses      3',
      expect.stringMatching(/^mean loss {3}1\.69054\d+ nats$/),
      expect.stringMatching(/^sum {9}5\.07164\d* nats$/),
      expect.stringMatching(/^perplexity {2}5\.42244\d*$/),
      'accuracy    33.33 % (1 of 3)',
      '',
    ])
  })

  it('leaves out what an element-wise loss does not have', async () => {
    const argv = ['--logits', await file(logits), '--labels', await file(sigmoid.labels), '--loss', 'sigmoid']
    const { stdout } = await xent(['score', ...argv, '--format', 'table'])
    expect(stdout).toContain('accuracy   40 % (6 of 15)\n')
    expect(stdout).not.toMatch(/perplexity|classes|NaN/)
  })
})

describe('losses that are not finite', () => {
  it('are counted where they are NaN, and never predicted right', async () => {
    const logits = await folder.add('nan.csv', 'nan,1\n0,nan\n1,1\n')
    const argv = ['score', '--logits', logits, '--labels', await column([0, 0, 0])]
    expect(await scoreJson(argv.slice(1))).toMatchObject({
      count: 3,
      nan: 2,
      mean: 'NaN',
      sum: 'NaN',
      perplexity: 'NaN',
      correct: 1,
    })
    const { stdout } = await xent(argv)
    expect(stdout).toContain('NaN         2 of the losses, and so mean and sum\nmean loss   NaN nats\n')
  })

  it('are predicted right by neither side of the sigmoid', async () => {
    const argv = ['--logits', await folder.add('nan.jsonl', '[NaN, 1]'), '--labels', await file([[0, 1]])]
    expect(await scoreJson([...argv, '--loss', 'sigmoid'])).toMatchObject({ nan: 1, accuracy: 0.5 })
  })

  it('are no agreement of prediction and labels, where both are NaN', async () => {
    const nan = await folder.add('both.csv', 'nan,1\n0,1\n')
    const argv = ['--logits', nan, '--labels', nan, '--loss', 'softmax']
    expect(await scoreJson(argv)).toMatchObject({ nan: 1, mean: 'NaN', accuracy: 0.5 })
  })

  it('are strings in JSON where they are infinite', async () => {
    const argv = ['--logits', await folder.add('infinite.csv', '-inf,0\n'), '--labels', await column([0])]
    expect(await scoreJson(argv)).toMatchObject({ nan: 0, mean: 'Infinity', perplexity: 'Infinity' })
  })
})

describe('the warning of probabilities', () => {
  const probabilities = [
    [0.2, 0.3, 0.5],
    [0, 0.9996, 0],
  ]
  const warning = (name: string): string =>
    `warning: every row of ${name} is a distribution; logits are wanted, not the output of a softmax\n`

  it('comes when every row is a distribution, and the result comes all the same', async () => {
    const path = await file(probabilities)
    const { code, stdout, stderr } = await xent([
      'score',
      '--logits',
      path,
      '--labels',
      await column([2, 1]),
      '--json',
    ])
    expect({ code, stderr }).toEqual({ code: 0, stderr: warning(path) })
    expect(JSON.parse(stdout)).toMatchObject({ accuracy: 1 })
  })

  it('looks at the rows along the axis', async () => {
    const path = await file(transpose(probabilities))
    const argv = ['score', '--logits', path, '--labels', await column([2, 1])]
    expect(await xent([...argv, '--axis', '0'])).toMatchObject({ code: 0, stderr: warning(path) })
  })

  it.each([
    [
      'one row sums to another number',
      [
        [0.2, 0.3, 0.5],
        [0.2, 0.3, 0.498],
      ],
    ],
    [
      'one value is outside of [0, 1]',
      [
        [0.2, 0.3, 0.5],
        [-0.2, 0.7, 0.5],
      ],
    ],
  ])('does not come when %s', async (_, rows) => {
    await scoreJson(['--logits', await file(rows), '--labels', await column([2, 1])])
  })

  it('does not come for the sigmoid loss, whose rows may have any sum', async () => {
    await scoreJson([
      '--logits',
      await file(probabilities),
      '--labels',
      await file(probabilities),
      '--loss',
      'sigmoid',
    ])
  })
})
