// `npm run oracle:lstm`: what TensorFlow makes of the network of examples/lstm-text, from the same weights and on the same
// batches, as the fixture of its test.
import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { python } from '../environment.ts'
import { beginning, LEARNING_RATE } from './beginning.ts'

const { model, batches } = await beginning()
const weights = model.getWeights().map((weight) => ({ shape: weight.shape, data: [...weight.dataSync()] }))
const input = {
  learningRate: LEARNING_RATE,
  weights,
  batches: batches.map(({ ids, labels }) => ({ ids: [...ids], labels: [...labels] })),
}
const output = execFileSync(python(), ['train.py'], {
  cwd: import.meta.dirname,
  input: JSON.stringify(input),
  encoding: 'utf8',
  stdio: ['pipe', 'pipe', 'ignore'],
  maxBuffer: 2 ** 28,
})
const fixture = join(import.meta.dirname, '..', '..', 'test', 'lstm-text', 'fixtures', 'tensorflow.json')
mkdirSync(dirname(fixture), { recursive: true })
writeFileSync(fixture, output)
