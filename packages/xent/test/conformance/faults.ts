import type { Tensor } from '../../src/index.ts'
import { type FloatName, ulp } from '../support.ts'
import type { EncodedArray } from './call.ts'
import { values } from './run.ts'

export interface Bound {
  /** The type whose ulps are counted. */
  readonly dtype: FloatName
  readonly ulps: number
  /** What an element's ulps are counted at where that is more than the element itself. */
  readonly scale: (index: number) => number
}

export interface Fault {
  /** The element, where type and shape are right. */
  readonly index?: number
  readonly text: string
}

/** What is wrong with a result: its type or shape, or the elements that are too far off. */
export const faultsOf = (actual: Tensor, expected: EncodedArray, bound: Bound): readonly Fault[] => {
  const kinds = [actual, expected].map(({ dtype, shape }) => `${dtype} of shape [${shape.join(', ')}]`)
  if (kinds[0] !== kinds[1]) return [{ text: `${kinds[0]}, expected ${kinds[1]}` }]
  const { dtype, ulps, scale } = bound
  const found = values(actual)
  return values(expected).flatMap((wanted, index) => {
    const value = found[index]!
    if (Object.is(value, wanted) || value === wanted) return []
    const off = Math.abs(value - wanted) / ulp(Math.max(Math.abs(wanted), scale(index)), dtype)
    if (Number.isFinite(wanted) && off <= ulps) return []
    const text = `element ${index}: ${value}, expected ${wanted}: ${off.toPrecision(3)} ulp of ${dtype} away, ${ulps} allowed`
    return [{ index, text }]
  })
}
