import type { Work } from '../wasm/work.ts'
import type { Pool } from './pool.ts'
import { OWN_SCRATCH, SLOTS } from './ring.ts'

/** Bytes of staging that the tasks under way have together, unless there is not one for each thread then. */
const STAGING = 8 * 2 ** 20

/** Rows or elements [from, to) of a work. */
export type Block = readonly [from: number, to: number]

/** The tickets of tasks that have to be done before a caller goes on: whoever takes them waits in his own way. */
export type Steps = Generator<number, void, void>

/** Runs work on the pool, a block to a task. */
export function* drive(pool: Pool, threads: number, work: Work, blocks: Iterable<Block>): Steps {
  const slots = Math.min(SLOTS, Math.max(threads + 1, Math.floor(STAGING / work.staging)))
  const area = pool.reserve(slots * work.staging, work.scratch)
  const stagedAt = (count: number): number => area + (count % slots) * work.staging
  const all = [...blocks]
  const tickets: number[] = []
  for (let collected = 0; collected < all.length; ) {
    const next = tickets.length
    if (next < all.length && next - collected < slots) {
      const [from, to] = all[next]!
      work.compute(from, to, stagedAt(next), OWN_SCRATCH)
      tickets.push(pool.publish())
    } else {
      yield tickets[collected]!
      const [from, to] = all[collected]!
      work.collect(from, to, stagedAt(collected++))
    }
  }
}

/** How large blocks may be. */
export interface Cut {
  /** A block has at most one of so many parts of what is left, so that large ones come first and all end together. */
  readonly parts: number
  /** But for so many. */
  readonly least: number
}

/** The blocks of a work; its results do not depend on how it is cut. */
export function* blocksOf({ size, end }: Work, { parts, least }: Cut): Generator<Block> {
  for (let from = 0, to = 0; from < size; from = to) {
    to = end(from, Math.max(1, least, Math.ceil((size - from) / parts)))
    yield [from, to]
  }
}
