import { type TensorLike, tensor } from '../../src/index.ts'
import { numbers } from '../support.ts'

const STEP = 1e-5

/** Central differences of a scalar function of one float64 array, refined by one step of Richardson's extrapolation. */
export const slopeOf = async (
  f: (x: TensorLike) => Promise<number>,
  at: TensorLike,
  shape: readonly number[],
): Promise<number[]> => {
  const x = Float64Array.from(numbers(at))
  const evaluate = (k: number, step: number): Promise<number> => {
    const moved = x.slice()
    moved[k] = moved[k]! + step
    return f(tensor({ data: moved, shape }))
  }
  const difference = async (k: number, step: number): Promise<number> =>
    ((await evaluate(k, step)) - (await evaluate(k, -step))) / (2 * step)
  const slopes: number[] = []
  for (let k = 0; k < x.length; k++) {
    slopes.push((4 * (await difference(k, STEP)) - (await difference(k, 2 * STEP))) / 3)
  }
  return slopes
}
