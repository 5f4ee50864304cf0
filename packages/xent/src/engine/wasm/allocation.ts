import { type LinearMemory, PADDING, type Range } from './memory.ts'

const ALIGNMENT = 16

/** A range of the memory: the first that is free and large enough, else new pages. */
export const allocate = (memory: LinearMemory, bytes: number): Range => {
  const size = Math.ceil((bytes + PADDING) / ALIGNMENT) * ALIGNMENT
  let range = memory.free.find((candidate) => candidate.size >= size)
  if (!range) {
    release(memory, memory.grow(size))
    range = memory.free.find((candidate) => candidate.size >= size)!
  }
  const { start } = range
  range.start += size
  range.size -= size
  return { start, size }
}

/** Gives a range back, and merges those that touch. */
export const release = ({ free }: LinearMemory, range: Range): void => {
  free.push(range)
  free.sort((a, b) => a.start - b.start)
  for (let k = free.length - 1; k > 0; k--) {
    if (free[k - 1]!.start + free[k - 1]!.size !== free[k]!.start) continue
    free[k - 1]!.size += free[k]!.size
    free.splice(k, 1)
  }
}
