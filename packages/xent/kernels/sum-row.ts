import { EXP32, LANES32, OTHERS32 } from './constants'
import { DRIFT, driftingExp32, exp32, exponent32, magicOf } from './exp'
import { storeLanes, sum2, sum4, widen } from './simd'
import { isWithin, nothingYet, withSomeSums, withSums } from './window'

/** Whether the last row had an exponent outside the window, which voids its results. */
export let isOutside: bool = false

/**
 * The sum of e^x * 2^-R over a row of float32 without class `but`. Unless e is 0 they are stored there, and then the sum is
 * their sum in float64; else two of them at a time are added before.
 */
export function sumRow(x: usize, classes: i32, but: i32, reference: f64, e: usize): f64 {
  const magic = magicOf(reference)
  const apart = x + (<usize>(but & ~3) << 2)
  const end = x + (<usize>(classes & ~3) << 2)
  isOutside = false
  let total = e ? sumAndStore(x, min(apart, end), magic, e) : driftless(sumOnly(x, min(apart, end), magic), reference)
  if (apart < end) {
    const next = apart + 16
    total += sumPart(apart, 4, but & 3, magic, e ? e + (apart - x) : 0, false, 0, 0)
    total += e ? sumAndStore(next, end, magic, e + (next - x)) : driftless(sumOnly(next, end, magic), reference)
  }
  const rest = classes & 3
  if (!rest) return total
  return total + sumPart(end, rest, apart == end ? but & 3 : 4, magic, e ? e + (end - x) : 0, false, 0, 0)
}

/** The same of x - base, whatever the exponents: what is below that of R - 126 is 0. */
export function sumWideRow(x: usize, classes: i32, but: i32, reference: f64, e: usize, base: f32): f64 {
  const magic = magicOf(reference)
  const floor = <f32>((reference - 126) * 0.6931471805599453)
  const apart = x + (<usize>(but & ~3) << 2)
  const end = x + (<usize>(classes & ~3) << 2)
  let total = sumWide(x, min(apart, end), magic, e, base, floor)
  if (apart < end) {
    const next = apart + 16
    total += sumPart(apart, 4, but & 3, magic, e ? e + (apart - x) : 0, true, base, floor)
    total += sumWide(next, end, magic, e ? e + (next - x) : 0, base, floor)
  }
  const rest = classes & 3
  if (!rest) return total
  return total + sumPart(end, rest, apart == end ? but & 3 : 4, magic, e ? e + (end - x) : 0, true, base, floor)
}

/** A sum of drifting exponentials, put right by the exponent that most of them have. */
@inline
function driftless(sum: f64, reference: f64): f64 {
  return sum * (1 + DRIFT * (<f64>(<i32>(reinterpret<u64>(sum) >> 52) - 1023) + reference))
}

// The loops are functions without calls, exported from their module though nobody outside calls them: so each is compiled
// by itself, with its constants in registers.

export function sumOnly(x: usize, end: usize, magic: f32): f64 {
  return sumRange(x, end, magic, 0, false, false, 0, 0)
}

export function sumAndStore(x: usize, end: usize, magic: f32, e: usize): f64 {
  return sumRange(x, end, magic, e, true, false, 0, 0)
}

export function sumWide(x: usize, end: usize, magic: f32, e: usize, base: f32, floor: f32): f64 {
  return sumRange(x, end, magic, e, true, true, base, floor)
}

@inline
function sumRange(
  x: usize, end: usize, shifted: f32, e: usize, isStored: bool, isWide: bool, base: f32, floor: f32,
): f64 {
  const magic = f32x4.splat(shifted)
  const log2e = v128.load32_splat(EXP32, 0)
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
  let total = f64x2.splat(0)
  if (isStored) {
    for (; x < end; x += 16) {
      let v = v128.load(x)
      if (isWide) v = f32x4.sub(v, f32x4.splat(base))
      const b = exponent32(v, log2e, magic)
      let p = exp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one)
      if (isWide) p = clipped(p, v, f32x4.splat(floor))
      else window = withSums(window, b, three)
      if (!isWide || e) {
        v128.store(e, p)
        e += 16
      }
      total = f64x2.add(total, widen(p))
    }
  } else {
    const last = end - 16
    for (; x < last; x += 32) {
      const v = v128.load(x)
      const b = exponent32(v, log2e, magic)
      const p = driftingExp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one)
      window = withSums(window, b, three)
      const w = v128.load(x, 16)
      const c = exponent32(w, log2e, magic)
      const q = driftingExp32(w, c, magic, high, low, c6, c5, c4, c3, c2, one)
      window = withSums(window, c, three)
      total = f64x2.add(total, widen(f32x4.add(p, q)))
    }
    if (x < end) {
      const v = v128.load(x)
      const b = exponent32(v, log2e, magic)
      window = withSums(window, b, three)
      total = f64x2.add(total, widen(driftingExp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one)))
    }
  }
  if (!isWide && !isWithin(window)) isOutside = true
  return sum2(total)
}

/** 0 where there is no exponent, and NaN where x is NaN, whatever the bits of p. */
@inline
function clipped(p: v128, x: v128, floor: v128): v128 {
  return v128.or(v128.andnot(p, f32x4.lt(x, floor)), f32x4.ne(x, x))
}

/** One vector of a row: of its first `lanes` the sum without lane `but`, which is `own`. */
function sumPart(
  x: usize, lanes: i32, but: i32, shifted: f32, e: usize, isWide: bool, base: f32, floor: f32,
): f64 {
  const magic = f32x4.splat(shifted)
  const within = v128.load(LANES32 + (<usize>lanes << 4))
  const others = v128.load(OTHERS32 + (<usize>but << 4))
  let v = v128.load(x)
  if (isWide) v = f32x4.sub(v, f32x4.splat(base))
  const b = exponent32(v, v128.load32_splat(EXP32, 0), magic)
  let p = exp32(
    v, b, magic, v128.load32_splat(EXP32, 8), v128.load32_splat(EXP32, 12), v128.load32_splat(EXP32, 16),
    v128.load32_splat(EXP32, 20), v128.load32_splat(EXP32, 24), v128.load32_splat(EXP32, 28),
    v128.load32_splat(EXP32, 32), v128.load32_splat(EXP32, 36),
  )
  if (isWide) p = clipped(p, v, f32x4.splat(floor))
  else if (!isWithin(withSomeSums(nothingYet(), b, v128.load32_splat(EXP32, 40), within))) isOutside = true
  if (e) storeLanes(e, p, lanes)
  p = v128.and(p, within)
  return sum4(v128.and(p, others))
}
