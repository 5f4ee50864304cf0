import { complain } from '../error.ts'
import { normalizeAxis } from '../tensor/shape.ts'

/** An axis of [-rank, rank) as one of [0, rank). */
export const axisOf = (fn: string, axis: unknown, rank: number): number => {
  if (typeof axis === 'boolean') {
    const shown = axis ? 'True' : 'False'
    const text = `\`axis\` must be of type \`int\`. Received: axis=${shown} of type <class 'bool'>`
    throw complain('AXIS', fn, 'axis', 'a whole number', axis, text)
  }
  const text = `. axis ${axis} is out of bounds for an array with dimension ${rank}. Invalid reduction dimension (${axis} for input with ${rank} dimension(s)`
  return normalizeAxis(fn, axis as number, rank, text)
}

/** One axis, several, or all of them where there is null, in ascending order. */
export const axesOf = (fn: string, axis: number | readonly number[] | null, rank: number): number[] => {
  if (axis === null) return Array.from({ length: rank }, (_, k) => k)
  const axes = (Array.isArray(axis) ? axis : [axis]).map((one) => axisOf(fn, one, rank))
  return [...new Set(axes)].sort((a, b) => a - b)
}
