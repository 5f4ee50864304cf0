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

/** What is wrong with a result: its type, its shape, or the first element that is too far off. */
export const faultOf = (actual: Tensor, expected: EncodedArray, bound: Bound): string | undefined => {
  const kinds = [actual, expected].map(({ dtype, shape }) => `${dtype} of shape [${shape.join(', ')}]`)
  if (kinds[0] !== kinds[1]) return `${kinds[0]}, expected ${kinds[1]}`
  const { dtype, ulps, scale } = bound
  const found = values(actual)
  for (const [k, wanted] of values(expected).entries()) {
    const value = found[k]!
    if (Object.is(value, wanted) || value === wanted) continue
    const off = Math.abs(value - wanted) / ulp(Math.max(Math.abs(wanted), scale(k)), dtype)
    if (Number.isFinite(wanted) && off <= ulps) continue
    return `element ${k}: ${value}, expected ${wanted}: ${off.toPrecision(3)} ulp of ${dtype} away, ${ulps} allowed`
  }
  return undefined
}
