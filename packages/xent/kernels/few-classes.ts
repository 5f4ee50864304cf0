import { EXP32, LANES32, LOWEST32 } from './constants'
import { exp32, exponent32 } from './exp'
import { sum2, widen } from './simd'
import { farther, isWithin } from './window'

/**
 * Stores e^x of `bytes` of float32, and of up to 7 further ones, at e. Returns whether all exponents are in the window;
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
  const lowest = v128.load32_splat(LOWEST32)
  let farthest = i32x4.splat(0)
  const end = x + bytes
  for (; x < end; x += 32, e += 32) {
    const u = v128.load(x)
    const a = exponent32(u, log2e, magic)
    farthest = farther(farthest, a, lowest)
    v128.store(e, exp32(u, a, magic, high, low, c6, c5, c4, c3, c2, one))
    const v = v128.load(x, 16)
    const b = exponent32(v, log2e, magic)
    farthest = farther(farthest, b, lowest)
    v128.store(e, exp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one), 16)
  }
  return isWithin(farthest)
}

/** Whether all exponents of a row are in the window. */
export function isRowWithin(x: usize, classes: i32): bool {
  const log2e = v128.load32_splat(EXP32, 0)
  const magic = v128.load32_splat(EXP32, 4)
  const lowest = v128.load32_splat(LOWEST32)
  let farthest = i32x4.splat(0)
  const end = x + (<usize>(classes & ~3) << 2)
  for (; x < end; x += 16) farthest = farther(farthest, exponent32(v128.load(x), log2e, magic), lowest)
  const distance = farther(i32x4.splat(0), exponent32(v128.load(x), log2e, magic), lowest)
  return isWithin(i32x4.max_u(farthest, v128.and(distance, v128.load(LANES32 + (<usize>(classes & 3) << 4)))))
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
