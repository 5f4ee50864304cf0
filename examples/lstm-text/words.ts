/** How many words of a text the model reads: its first. */
export const LENGTH = 64

const segmenter = new Intl.Segmenter('und', { granularity: 'word' })

/**
 * The first words of a text, in lower case, with 0 for every number.
 *
 * Intl.Segmenter knows where a word ends in any language, also in those that are written without spaces.
 */
export const wordsOf = (text: string): string[] => {
  const words: string[] = []
  for (const { segment, isWordLike } of segmenter.segment(text.toLowerCase())) {
    if (isWordLike) words.push(segment.replace(/\d+/g, '0'))
    if (words.length === LENGTH) break
  }
  return words
}

/** In how many texts each word is, or each of whatever they are taken to consist of. */
export const countsOf = (texts: readonly ReadonlySet<string>[]): ReadonlyMap<string, number> => {
  const counts = new Map<string, number>()
  for (const words of texts) for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1)
  return counts
}
