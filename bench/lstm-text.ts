// `npm run bench:lstm`: runs examples/lstm-text on all mails, and writes its results and pictures into docs/lstm-text.md.
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { comparisonOf } from '../examples/lstm-text/compare.ts'
import { readMails } from '../examples/lstm-text/corpus.ts'
import { readOptions } from '../examples/lstm-text/options.ts'
import { withProgress } from '../examples/lstm-text/progress.ts'
import { run } from '../examples/lstm-text/run.ts'
import { useWasm } from '../examples/lstm-text/wasm-backend.ts'
import { table } from '../oracle/accuracy/table.ts'
import { machine } from './machine.ts'
import { writeBlock } from './write-block.ts'

await useWasm()

const docs = join(import.meta.dirname, '..', 'docs')
const out = mkdtempSync(join(tmpdir(), 'xent-lstm-'))
process.once('exit', () => rmSync(out, { recursive: true, force: true }))
const begin = performance.now()
const corpus = await withProgress('reading', readMails)
const { learned, tables } = await run(corpus, readOptions(['--out', out]))
const minutes = (performance.now() - begin) / 60_000

const [head = [], ...body] = comparisonOf(learned)
const about = `${machine(undefined)}, Node ${process.versions.node}, TensorFlow.js ${tf.version_core}; ${minutes.toFixed(1)} minutes in all.`
const page = join(docs, 'lstm-text.md')
writeBlock(page, 'bench:lstm', `${about}\n\n${table(head, body)}`)
writeBlock(page, 'bench:lstm-batch', `\`\`\`\n${tables[1]}\n\`\`\``)
copyFileSync(join(out, 'loss-curves.svg'), join(docs, 'lstm-text-loss.svg'))
copyFileSync(join(out, 'reliability.svg'), join(docs, 'lstm-text-reliability.svg'))
