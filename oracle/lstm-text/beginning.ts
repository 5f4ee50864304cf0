import type { LayersModel } from '@tensorflow/tfjs-layers'
import { readMails } from '../../examples/lstm-text/corpus.ts'
import { batchesOf, type Examples, prepare } from '../../examples/lstm-text/examples.ts'
import { createModel } from '../../examples/lstm-text/model.ts'
import { sizeOf } from '../../examples/lstm-text/vocabulary.ts'
import { useWasm } from '../../examples/lstm-text/wasm-backend.ts'

const SEED = 1

/** Of gradient descent, which both libraries do alike; their Adams add epsilon at different places. */
export const LEARNING_RATE = 1

/** What TensorFlow and TensorFlow.js both begin with: a network that knows nothing, and the batches of every tenth mail. */
export const beginning = async (): Promise<{ model: LayersModel; batches: readonly Examples[] }> => {
  await useWasm()
  const corpus = await readMails(() => {}, 10)
  const { vocabulary, training } = prepare(corpus, SEED, () => {})
  return {
    model: createModel(sizeOf(vocabulary), corpus.classes.length, SEED),
    batches: [...batchesOf(training)],
  }
}
