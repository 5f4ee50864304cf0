import { countsOf, LENGTH } from './words.ts'

/** Fills what is missing before a text that is shorter than LENGTH. */
const PADDING = 0
/** Any word that the vocabulary has not. */
const UNKNOWN = 1

const FIRST_WORD = 2
const MOST_WORDS = 10_000
/** A word of fewer texts tells more of these texts than of their class. */
const FEWEST_TEXTS = 3

/** The id of each word. */
export type Vocabulary = ReadonlyMap<string, number>

/** How many ids there are. */
export const sizeOf = (vocabulary: Vocabulary): number => FIRST_WORD + vocabulary.size

/** The words of several texts, the most frequent first, those of texts to learn from alone: held-out words are unknown. */
export const vocabularyOf = (texts: readonly (readonly string[])[]): Vocabulary => {
  const known = [...countsOf(texts.map((words) => new Set(words)))]
    .filter(([, count]) => count >= FEWEST_TEXTS)
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_WORDS)
  return new Map(known.map(([word], k) => [word, FIRST_WORD + k]))
}

/** A row of LENGTH ids, the last word last: there the network has read all, and padding is long forgotten. */
export const idsOf = (words: readonly string[], vocabulary: Vocabulary): Int32Array => {
  const ids = new Int32Array(LENGTH).fill(PADDING)
  ids.set(
    words.map((word) => vocabulary.get(word) ?? UNKNOWN),
    LENGTH - words.length,
  )
  return ids
}
