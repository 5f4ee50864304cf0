import { LANES32 } from './constants'

/** Stores the largest logit of each of `count` rows. */
export function topRows(x: usize, to: usize, count: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2
  const lowest = f32x4.splat(-Infinity)
  const within = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  for (const end = to + (<usize>count << 2); to < end; to += 4, x += rowBytes) {
    const last = x + rowBytes - 16
    let a = classes < 4 ? v128.bitselect(v128.load(x), lowest, within) : v128.load(last)
    let b = a
    let at = x
    for (; at + 48 < last; at += 64) {
      a = f32x4.pmax(f32x4.pmax(v128.load(at), v128.load(at, 16)), a)
      b = f32x4.pmax(f32x4.pmax(v128.load(at, 32), v128.load(at, 48)), b)
    }
    for (; at < last; at += 16) a = f32x4.pmax(a, v128.load(at))
    a = f32x4.pmax(a, b)
    a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
    v128.store32_lane(to, f32x4.pmax(a, v128.shuffle<f32>(a, a, 1, 0, 3, 2)), 0)
  }
}

/** Stores the first class that has the largest logit, of each of `count` rows. */
export function argmaxRows(x: usize, to: usize, count: i32, classes: i32): void {
  topRows(x, to, count, classes)
  const rowBytes = <usize>classes << 2
  for (const end = to + (<usize>count << 2); to < end; to += 4, x += rowBytes) {
    const top = v128.load32_splat(to)
    let found = 0
    for (let j = 0; j < classes; j += 4) {
      const equal = i32x4.bitmask(f32x4.eq(v128.load(x + (<usize>j << 2)), top))
      if (!equal) continue
      found = j + ctz(equal)
      break
    }
    // none of a row with NaN may be found
    store<i32>(to, min(found, classes - 1))
  }
}
