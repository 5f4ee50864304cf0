import { countsOf } from './words.ts'

/** Two texts are nearly the same if they share this part of the runs of three words that either of them has. */
const NEARLY_THE_SAME = 0.5

/**
 * Texts in groups: near-duplicates, and near-duplicates of those, in one.
 *
 * The resemblance is that of Broder's "On the resemblance and containment of documents". Sets that resemble each other share one
 * of their rarest elements, so only these are looked up ("Scaling up all pairs similarity search", Bayardo, Ma and Srikant).
 *
 * @param texts the words of each
 * @returns indices of texts, in their order
 */
export const groupNearDuplicates = (texts: readonly (readonly string[])[]): number[][] => {
  const runs = texts.map(runsOf)
  const counts = countsOf(runs)
  const textsWith = new Map<string, number[]>()
  const leaders = texts.map((_, text) => text)
  const leaderOf = (text: number): number => {
    while (leaders[text] !== text) text = leaders[text] = leaders[leaders[text]!]!
    return text
  }
  for (const [text, own] of runs.entries()) {
    const candidates = new Set<number>()
    for (const run of rarest(own, counts)) {
      const others = textsWith.get(run) ?? []
      for (const other of others) candidates.add(other)
      others.push(text)
      textsWith.set(run, others)
    }
    for (const other of candidates)
      if (resemblance(own, runs[other]!) >= NEARLY_THE_SAME) leaders[leaderOf(text)] = leaderOf(other)
  }
  const groups = texts.map((): number[] => [])
  for (const text of leaders.keys()) groups[leaderOf(text)]!.push(text)
  return groups.filter((group) => group.length > 0)
}

/** The runs of three words in a text; a text of fewer words is one run. */
const runsOf = (words: readonly string[]): ReadonlySet<string> => {
  const count = Math.max(1, words.length - 2)
  return new Set(Array.from({ length: count }, (_, k) => words.slice(k, k + 3).join(' ')))
}

/** So many that another text without any of them shares less than NEARLY_THE_SAME. */
const rarest = (runs: ReadonlySet<string>, counts: ReadonlyMap<string, number>): string[] => {
  const byRarity = (a: string, b: string): number => counts.get(a)! - counts.get(b)! || (a < b ? -1 : 1)
  return [...runs].sort(byRarity).slice(0, runs.size - Math.ceil(NEARLY_THE_SAME * runs.size) + 1)
}

const resemblance = (a: ReadonlySet<string>, b: ReadonlySet<string>): number => {
  let shared = 0
  for (const run of a) if (b.has(run)) shared++
  return shared / (a.size + b.size - shared)
}
