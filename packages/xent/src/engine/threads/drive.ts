import type { Work } from '../wasm/work.ts'
import type { Pool } from './pool.ts'
import { OWN_SCRATCH, SLOTS } from './ring.ts'

/** Bytes of staging that the tasks under way have together, unless there is not one for each thread then. */
const STAGING = 8 * 2 ** 20

/** Bytes of the staging area of a work's tasks, and how many there may be at a time. */
const slotsOf = ({ staging }: Work, threads: number): number =>
  Math.min(SLOTS, Math.max(threads + 1, Math.floor(STAGING / staging)))

/**
 * Runs work on the pool, a block to a task. Gives the tickets of tasks that have to be done before it goes on, so that
 * whoever drives it may wait in his own way.
 */
export function* drive(pool: Pool, threads: number, work: Work): Generator<number, void, void> {
  const slots = slotsOf(work, threads)
  const area = pool.reserve(slots * work.staging, work.scratch)
  const blocks: { readonly from: number; readonly to: number; readonly ticket: number }[] = []
  const stagedAt = (block: number): number => area + (block % slots) * work.staging
  let collected = 0
  const collect = (): void => {
    const { from, to } = blocks[collected]!
    work.collect(from, to, stagedAt(collected++))
  }
  for (let from = 0, to = 0; from < work.size; from = to) {
    if (blocks.length - collected === slots) {
      yield blocks[collected]!.ticket
      collect()
    }
    to = work.end(from)
    work.compute(from, to, stagedAt(blocks.length), OWN_SCRATCH)
    blocks.push({ from, to, ticket: pool.publish() })
  }
  while (collected < blocks.length) {
    yield blocks[collected]!.ticket
    collect()
  }
}
