import { join } from 'node:path'
import * as tf from '@tensorflow/tfjs-core'
import { softmax } from 'xent'
import { writeFileAtomic } from 'xent-formats/node'
import { type Predictions, scoreOf } from '../predictions.ts'
import { mulberry32 } from '../random.ts'
import { savePredictions } from '../saved-predictions.ts'
import { batchTable } from './batch-table.ts'
import { calibrationOf } from './calibration.ts'
import { type Learned, ownSparseLoss } from './compare.ts'
import type { Corpus } from './corpus.ts'
import { batchesOf, type Examples, prepare } from './examples.ts'
import { judge } from './judge.ts'
import { bestEpoch, createLearner, disposeLearner, type Learner } from './learner.ts'
import { lossCurves } from './loss-curves.ts'
import { type Cost, tensorflowCost, xentCost } from './losses.ts'
import { createModel, predict } from './model.ts'
import { printComparison, printCorpus, printEpoch, printHeldOut, printMistakes } from './print-results.ts'
import { withProgress } from './progress.ts'
import { reliabilityDiagram } from './reliability-diagram.ts'
import { loadModel, saveModel } from './saved-model.ts'
import { train } from './train.ts'
import { sizeOf } from './vocabulary.ts'

export interface Options {
  /** Of all that is random. */
  readonly seed: number
  /** How many at the most; as many as it takes unless given. */
  readonly epochs: number | undefined
  /** Whether to leave out TensorFlow.js' own loss, which else trains a model of its own beside. */
  readonly alone: boolean
  /** Folder of what comes out. */
  readonly out: string
}

export interface Result {
  /** xent first. */
  readonly learned: readonly Learned[]
  /** What the model of xent says of the held-out texts. */
  readonly heldOut: Predictions
  /** What was printed after each epoch of a batch to validate. */
  readonly tables: readonly string[]
  /** How many tensors the backend held after each epoch, and in the end. */
  readonly tensors: readonly number[]
}

/** Learns to tell the classes of a corpus apart, and shows how well: the whole example. */
export const run = async (corpus: Corpus, { seed, epochs, alone, out }: Options): Promise<Result> => {
  const data = await withProgress('comparing', async (update) => prepare(corpus, seed, update))
  printCorpus(corpus, data)

  const learnerOf = (name: string, costOf: Cost): Learner =>
    createLearner(name, createModel(sizeOf(data.vocabulary), corpus.classes.length, seed), costOf)
  const first = learnerOf('xent', xentCost)
  const learners = alone ? [first] : [first, learnerOf('TensorFlow.js', tensorflowCost)]
  const folderOf = ({ name }: Learner): string => join(out, name.toLowerCase())
  const metadata = { classes: corpus.classes, vocabulary: data.vocabulary }
  const [shown] = batchesOf(data.validation)
  const tables: string[] = []
  const tensors: number[] = []
  await train(learners, data, epochs, mulberry32(seed), async (epoch) => {
    tables.push(batchTable(first.model, shown!))
    console.log(`${tables.at(-1)}\n`)
    printEpoch(learners)
    for (const learner of learners)
      if (bestEpoch(learner) === epoch) await saveModel(folderOf(learner), learner.model, metadata)
    tensors.push(tf.memory().numTensors)
  })

  const predictions: Predictions[] = []
  for (const learner of learners) predictions.push(await predictBest(folderOf(learner), data.heldOut))
  const [heldOut] = predictions as [Predictions]
  printHeldOut(corpus, heldOut)
  printMistakes(corpus, data.heldOut, heldOut)
  const judgements = await judge(
    learners.map(({ costOf }) => costOf),
    heldOut,
  )
  const learned = learners.map(
    (learner, k): Learned => ({ learner, heldOut: scoreOf(predictions[k]!), judgement: judgements[k]! }),
  )
  printComparison(learned, alone ? undefined : ownSparseLoss(first.model, heldOut))
  for (const learner of learners) disposeLearner(learner)
  tensors.push(tf.memory().numTensors)
  console.log(`tensors held after each epoch, and in the end: ${tensors.join(', ')}\n`)

  await save(out, learners, heldOut)
  return { learned, heldOut, tables, tensors }
}

/** What the saved model says: that of the best epoch, which the learner may have left behind. */
const predictBest = async (folder: string, examples: Examples): Promise<Predictions> => {
  const model = await loadModel(folder)
  const predictions = predict(model, examples)
  model.dispose()
  return predictions
}

/** Writes the predictions, and what can be drawn. */
const save = async (out: string, learners: readonly Learner[], heldOut: Predictions): Promise<void> => {
  await savePredictions(out, heldOut)
  const { logits, labels } = heldOut
  const bins = calibrationOf(softmax({ logits }).data as Float32Array, labels)
  const text = new TextEncoder()
  await writeFileAtomic(join(out, 'loss-curves.svg'), text.encode(lossCurves(learners)))
  await writeFileAtomic(join(out, 'reliability.svg'), text.encode(reliabilityDiagram(bins, logits.shape[1])))
}
