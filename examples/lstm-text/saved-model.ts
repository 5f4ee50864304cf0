import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { io } from '@tensorflow/tfjs-core'
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers'
import { writeFileAtomic } from 'xent-formats/node'
import type { Vocabulary } from './vocabulary.ts'

const WEIGHTS = 'weights.bin'

/** What the numbers of a model mean. */
export interface Metadata {
  /** What a logit stands for. */
  readonly classes: readonly string[]
  /** What an id stands for. */
  readonly vocabulary: Vocabulary
}

/** Writes a model in the format of TensorFlow.js, so that `loadLayersModel` reads it in a page as well, and what it means. */
export const saveModel = async (
  folder: string,
  model: LayersModel,
  { classes, vocabulary }: Metadata,
): Promise<void> => {
  await mkdir(folder, { recursive: true })
  await writeJson(join(folder, 'vocabulary.json'), { classes, words: [...vocabulary.keys()] })
  const handler = io.withSaveHandler(async ({ weightData, weightSpecs, ...artifacts }) => {
    await writeFileAtomic(join(folder, WEIGHTS), new Uint8Array(io.CompositeArrayBuffer.join(weightData)))
    const weightsManifest = [{ paths: [WEIGHTS], weights: weightSpecs }]
    await writeJson(join(folder, 'model.json'), { ...artifacts, weightsManifest })
    return { modelArtifactsInfo: { dateSaved: new Date(), modelTopologyType: 'JSON' } }
  })
  await model.save(handler)
}

const writeJson = (path: string, value: object): Promise<void> =>
  writeFileAtomic(path, new TextEncoder().encode(JSON.stringify(value)))

/** Reads what `saveModel` wrote. */
export const loadModel = async (folder: string): Promise<LayersModel> => {
  const { modelTopology, weightsManifest }: io.ModelJSON = JSON.parse(
    await readFile(join(folder, 'model.json'), 'utf8'),
  )
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights)
  const weightData = new Uint8Array(await readFile(join(folder, WEIGHTS))).buffer
  return loadLayersModel(io.fromMemory({ modelTopology, weightSpecs, weightData }))
}
