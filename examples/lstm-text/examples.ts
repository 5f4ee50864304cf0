import { mulberry32 } from '../random.ts'
import type { Corpus } from './corpus.ts'
import { groupNearDuplicates } from './near-duplicates.ts'
import type { Update } from './progress.ts'
import { split } from './split.ts'
import { idsOf, type Vocabulary, vocabularyOf } from './vocabulary.ts'
import { LENGTH } from './words.ts'

/** Texts as the network takes them. */
export interface Examples {
  /** Indices of the texts in the corpus. */
  readonly texts: readonly number[]
  /** Ids of words, [texts, LENGTH]. */
  readonly ids: Int32Array
  /** Class of each text. */
  readonly labels: Int32Array
}

export interface Data {
  readonly vocabulary: Vocabulary
  readonly training: Examples
  readonly validation: Examples
  readonly heldOut: Examples
  /** How many texts have a near-duplicate. */
  readonly duplicated: number
}

/** Split and vocabulary of a corpus. */
export const prepare = ({ classes, texts }: Corpus, seed: number, onProgress: Update): Data => {
  const groups = groupNearDuplicates(texts, onProgress)
  const labels = texts.map(({ label }) => label)
  const { training, validation, heldOut } = split(groups, labels, classes, mulberry32(seed))
  const vocabulary = vocabularyOf(training.map((text) => texts[text]!.words))
  const examplesOf = (chosen: readonly number[]): Examples => ({
    texts: chosen,
    ids: Int32Array.from(chosen.flatMap((text) => [...idsOf(texts[text]!.words, vocabulary)])),
    labels: Int32Array.from(chosen, (text) => labels[text]!),
  })
  return {
    vocabulary,
    training: examplesOf(training),
    validation: examplesOf(validation),
    heldOut: examplesOf(heldOut),
    duplicated: groups.filter((group) => group.length > 1).flat().length,
  }
}

/** Some of the examples, in the order asked for. */
export const take = ({ texts, ids, labels }: Examples, order: readonly number[]): Examples => ({
  texts: order.map((k) => texts[k]!),
  ids: Int32Array.from(order.flatMap((k) => [...ids.subarray(k * LENGTH, (k + 1) * LENGTH)])),
  labels: Int32Array.from(order, (k) => labels[k]!),
})

/** All examples, BATCH_SIZE at a time; the last batch has the rest. */
export function* batchesOf(
  examples: Examples,
  order: readonly number[] = [...examples.labels.keys()],
): Generator<Examples> {
  for (let start = 0; start < order.length; start += BATCH_SIZE)
    yield take(examples, order.slice(start, start + BATCH_SIZE))
}

export const BATCH_SIZE = 64
