/** Two texts are nearly the same if they share this part of the runs of three words that either of them has. */
export const NEARLY_THE_SAME = 0.5

/**
 * Texts in groups: near-duplicates, and near-duplicates of those, in one.
 *
 * The resemblance is that of Andrei Broder's "On the resemblance and containment of documents", exact rather than sampled.
 *
 * @param texts the words of each
 * @returns indices of texts, in their order
 */
export const groupNearDuplicates = (texts: readonly (readonly string[])[]): number[][] => {
  const shingles = texts.map(shinglesOf)
  const textsWith = new Map<string, number[]>()
  const leaders = texts.map((_, text) => text)
  const leaderOf = (text: number): number => {
    while (leaders[text] !== text) text = leaders[text]!
    return text
  }
  shingles.forEach((ofText, text) => {
    const shared = new Map<number, number>()
    for (const shingle of ofText) {
      const others = textsWith.get(shingle) ?? []
      for (const other of others) shared.set(other, (shared.get(other) ?? 0) + 1)
      others.push(text)
      textsWith.set(shingle, others)
    }
    for (const [other, count] of shared) {
      const either = ofText.size + shingles[other]!.size - count
      if (count >= NEARLY_THE_SAME * either) leaders[leaderOf(text)] = leaderOf(other)
    }
  })
  const groups = texts.map((): number[] => [])
  for (const text of leaders.keys()) groups[leaderOf(text)]!.push(text)
  return groups.filter((group) => group.length > 0)
}

/** The runs of three words in a text; a text of fewer words is one run. */
const shinglesOf = (words: readonly string[]): ReadonlySet<string> => {
  const count = Math.max(1, words.length - 2)
  return new Set(Array.from({ length: count }, (_, k) => words.slice(k, k + 3).join(' ')))
}
