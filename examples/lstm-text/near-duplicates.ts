import type { Text } from './corpus.ts'
import type { Update } from './progress.ts'
import { countsOf } from './words.ts'

/** Two texts are nearly the same if they share this part of the shingles, runs of three words, that either of them has. */
const NEARLY_THE_SAME = 0.5

/** How many words of a text are compared with those of others. */
const COMPARED = 500

/**
 * Texts in groups: near-duplicates, and near-duplicates of those, in one. Texts are compared twice, by the words that the network
 * reads and by the first COMPARED, so that neither another beginning nor another end hides what is the same.
 *
 * @returns indices of texts, in their order
 */
export const groupNearDuplicates = (texts: readonly Text[], onProgress: Update): number[][] => {
  const leaders = texts.map((_, text) => text)
  const leaderOf = (text: number): number => {
    while (leaders[text] !== text) text = leaders[text] = leaders[leaders[text]!]!
    return text
  }
  const views = [texts.map(({ words }) => words), texts.map(({ text }) => firstWordsOf(text))]
  for (const view of views)
    for (const [text, other] of nearDuplicates(view.map(shinglesOf), onProgress))
      leaders[leaderOf(text)] = leaderOf(other)
  const groups = texts.map((): number[] => [])
  for (const text of leaders.keys()) groups[leaderOf(text)]!.push(text)
  return groups.filter((group) => group.length > 0)
}

/** By a plain rule, since they are many; where no spaces are, a word is as long as a clause. */
const firstWordsOf = (text: string): string[] => {
  const words: string[] = []
  for (const [word] of text.toLowerCase().matchAll(/[\p{L}\p{M}]+|\p{N}+/gu)) {
    words.push(/\p{N}/u.test(word) ? '0' : word)
    if (words.length === COMPARED) break
  }
  return words
}

/** The shingles of a text; a text of fewer words is one. */
const shinglesOf = (words: readonly string[]): ReadonlySet<string> => {
  const count = Math.max(1, words.length - 2)
  return new Set(Array.from({ length: count }, (_, k) => words.slice(k, k + 3).join(' ')))
}

/**
 * The pairs whose resemblance is at least NEARLY_THE_SAME, which is that of Broder's "On the resemblance and containment of
 * documents". Sets that resemble each other share one of their rarest elements, so only these are looked up ("Scaling up all
 * pairs similarity search", Bayardo, Ma and Srikant).
 */
function* nearDuplicates(
  texts: readonly ReadonlySet<string>[],
  onProgress: Update,
): Generator<readonly [text: number, other: number]> {
  const counts = countsOf(texts)
  const textsWith = new Map<string, number[]>()
  for (const [text, shingles] of texts.entries()) {
    const candidates = new Set<number>()
    for (const shingle of rarest(shingles, counts)) {
      const others = textsWith.get(shingle) ?? []
      for (const other of others) candidates.add(other)
      others.push(text)
      textsWith.set(shingle, others)
    }
    for (const other of candidates)
      if (resemblance(shingles, texts[other]!) >= NEARLY_THE_SAME) yield [text, other]
    onProgress(text + 1, texts.length)
  }
}

/** So many that another text without any of them shares less than NEARLY_THE_SAME. */
const rarest = (shingles: ReadonlySet<string>, counts: ReadonlyMap<string, number>): string[] => {
  const byRarity = (a: string, b: string): number => counts.get(a)! - counts.get(b)! || (a < b ? -1 : 1)
  return [...shingles].sort(byRarity).slice(0, shingles.size - Math.ceil(NEARLY_THE_SAME * shingles.size) + 1)
}

const resemblance = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0
  for (const shingle of a) if (b.has(shingle)) shared++
  return shared / (a.size + b.size - shared)
}
