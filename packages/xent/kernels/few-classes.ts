import { EXP32, LANES32 } from './constants'
import { exp32, exponent32 } from './exp'
import { sum2, widen } from './simd'
import { isWithin, nothingYet, withSomeSums, withSums } from './window'

/** The reference of rows that are exponentiated together. */
export const REFERENCE: f64 = -64

/**
 * Stores e^x * 2^64 of `bytes` of float32, and of up to 7 further ones, at e. Returns whether all exponents are in the window;
 * what has one outside is arbitrary.
 */
export function expAll(x: usize, e: usize, bytes: usize): bool {
  const log2e = v128.load32_splat(EXP32, 0)
  const magic = v128.load32_splat(EXP32, 4)
  const high = v128.load32_splat(EXP32, 8)
  const low = v128.load32_splat(EXP32, 12)
  const c6 = v128.load32_splat(EXP32, 16)
  const c5 = v128.load32_splat(EXP32, 20)
  const c4 = v128.load32_splat(EXP32, 24)
  const c3 = v128.load32_splat(EXP32, 28)
  const c2 = v128.load32_splat(EXP32, 32)
  const one = v128.load32_splat(EXP32, 36)
  const three = v128.load32_splat(EXP32, 40)
  let window = nothingYet()
  const end = x + bytes
  for (; x < end; x += 32, e += 32) {
    const u = v128.load(x)
    const a = exponent32(u, log2e, magic)
    window = withSums(window, a, three)
    v128.store(e, exp32(u, a, magic, high, low, c6, c5, c4, c3, c2, one))
    const v = v128.load(x, 16)
    const b = exponent32(v, log2e, magic)
    window = withSums(window, b, three)
    v128.store(e, exp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one), 16)
  }
  return isWithin(window)
}

/** Whether all exponents of a row are in the window. */
export function isRowWithin(x: usize, classes: i32): bool {
  const log2e = v128.load32_splat(EXP32, 0)
  const magic = v128.load32_splat(EXP32, 4)
  const three = v128.load32_splat(EXP32, 40)
  let window = nothingYet()
  const end = x + (<usize>(classes & ~3) << 2)
  for (; x < end; x += 16) window = withSums(window, exponent32(v128.load(x), log2e, magic), three)
  const rest = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  return isWithin(withSomeSums(window, exponent32(v128.load(x), log2e, magic), three, rest))
}

/** Stores the sums of `count` rows of exponentials, or one more, in float64. */
export function sumRows(e: usize, to: usize, count: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const whole = <usize>(classes >> 2) << 4
  const end = to + (<usize>count << 3)
  for (; to < end; to += 16, e += 2 * rowBytes) {
    const f = e + rowBytes
    let a = widen(v128.and(v128.load(e + whole), mask))
    let b = widen(v128.and(v128.load(f + whole), mask))
    for (let at: usize = 0; at < whole; at += 16) {
      a = f64x2.add(a, widen(v128.load(e + at)))
      b = f64x2.add(b, widen(v128.load(f + at)))
    }
    v128.store(to, f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3)))
  }
}

/** The same, where two vectors are added in float32 first. */
export function sumPairs(e: usize, to: usize, count: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const whole = <usize>(classes >> 2) << 4
  const paired = whole & ~31
  for (const end = to + (<usize>count << 3); to < end; to += 8, e += rowBytes) {
    let s = v128.and(v128.load(e + whole), mask)
    if (paired < whole) s = f32x4.add(s, v128.load(e + paired))
    let a = widen(s)
    for (let at: usize = 0; at < paired; at += 32) a = f64x2.add(a, widen(f32x4.add(v128.load(e + at), v128.load(e + at, 16))))
    store<f64>(to, sum2(a))
  }
}

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
