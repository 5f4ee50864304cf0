import { load2, sum2 } from './simd'

/** Elements that are summed by themselves before they join a larger sum, whose error then does not grow with the count. */
export const BLOCK: usize = 128

/** The sum of elements [from, to), in blocks. */
export function sumRange<T>(pointer: usize, from: i32, to: i32): f64 {
  let total: f64 = 0
  let at = pointer + <usize>from * sizeof<T>()
  const end = at + <usize>((to - from) & ~1) * sizeof<T>()
  while (at < end) {
    const block = min(at + BLOCK * sizeof<T>(), end)
    let sum = f64x2.splat(0)
    for (; at < block; at += 2 * sizeof<T>()) sum = f64x2.add(sum, load2<T>(at))
    total += sum2(sum)
  }
  return total + ((to - from) & 1 ? <f64>load<T>(at) : 0)
}
