import { EXP32, LOG32 } from './constants'
import { exp64x2, exponent32 } from './exp'
import { log1p64short, log1p64x2, logTail32 } from './log'
import { factorOf, isScalable, restOf } from './scale'
import { demote, load2, madd, madd64, nmadd, nmadd64, promoteHigh, select64, store2, storeLanes, sum2 } from './simd'

// Sigmoid cross-entropy of a logit x: with e = exp(-|x|), softplus(|x|) = |x| + tail and softplus(-|x|) = tail for
// tail = log(1 + e), and sigmoid(-|x|) = far = e / (1 + e).
//
// Each step runs over a block before the next does: its loop is then so short that the processor works on several turns of
// it at once, and its constants stay in registers. Steps are functions of their own (scripts/build-kernels.mjs).

/** Elements of a block. */
export const BLOCK: i32 = 512

// The scratch area: for float32, s of all elements and K bytes behind it k: e = s + k exactly, s a power of two and
// |k| < 0.42 s. Then e and tail in float64, of two elements each; or, of each row of the block, the product of 1 + e and
// ROWS bytes behind it the rest of the sum. Then values in float64.
const K: usize = 4 * BLOCK
const PARTS: usize = 8 * BLOCK
const ROWS: usize = 8 * BLOCK
const TERMS: usize = 24 * BLOCK + 64
export const SCRATCH_BYTES: i32 = 32 * BLOCK + 128

/**
 * Elements with labels z and weights w (1 where the pointer is 0). Gradients are multiplied by the float64 at `upstream`,
 * one for each element where `stride` is 8, or the same four times where it is 0. Results with a pointer of 0 are not
 * wanted.
 *
 * At `sums` go float64 sums of the values of rows of `length`: one for each BLOCK of a row's elements, counted from its
 * start, and for what is left of it.
 */
export function elements32(
  scratch: usize, x: usize, z: usize, w: usize, upstream: usize,
  value: usize, logits: usize, labels: usize, posWeight: usize, sums: usize, stride: usize, size: i32, length: i32,
): void {
  const factor = load<f64>(upstream)
  // fused, two parts of float32 will do for a factor; else only 1 needs no float64
  const isSimple = stride == 0 && (ASC_FEATURE_RELAXED_SIMD ? isScalable(factor) : factor == 1)
  let n = 0
  for (let first = 0; first < size; first += n) {
    n = blockAt(first, size, sums ? length : BLOCK)
    const at = <usize>first << 2
    const farthest = exponentials(x + at, n, scratch)
    const isFar = farthest > FAR
    if (isFar) farExponentials(x + at, n, scratch, w != 0)
    if (!w) {
      if (value) {
        storeValues(x + at, z + at, n, scratch, value + at)
        if (farthest > HUGE) hugeValues(x + at, z + at, n, value + at)
      }
      if (logits) {
        const u: usize = isSimple ? 0 : upstream + <usize>first * stride
        storeSlopes(x + at, z + at, n, scratch, logits + at, u, stride, factor)
      }
      if (sums) sums = sumValues(x + at, z + at, n, min(length, n), scratch, sums)
    }
    if (w || labels) {
      tails32(n, scratch, scratch + PARTS, w && isFar ? LEAST : 1)
      results(
        false, x, z, w, upstream, stride, first, n, scratch + PARTS,
        w ? value : 0, w ? logits : 0, labels, posWeight, w && sums ? scratch + TERMS : 0,
      )
      if (w && sums) sums = sumTerms(n, min(length, n), scratch + TERMS, sums)
    }
  }
}

export function elements64(
  scratch: usize, x: usize, z: usize, w: usize, upstream: usize,
  value: usize, logits: usize, labels: usize, posWeight: usize, sums: usize, stride: usize, size: i32, length: i32,
): void {
  const terms = sums ? scratch + TERMS : 0
  let n = 0
  for (let first = 0; first < size; first += n) {
    n = blockAt(first, size, sums ? length : BLOCK)
    exponentials64(x + (<usize>first << 3), n, scratch + PARTS)
    tails64(n, scratch + PARTS)
    results(true, x, z, w, upstream, stride, first, n, scratch + PARTS, value, logits, labels, posWeight, terms)
    if (sums) sums = sumTerms(n, min(length, n), terms, sums)
  }
}

/** Elements of the block that starts at `first`: whole rows, or a part of one. */
function blockAt(first: i32, size: i32, length: i32): i32 {
  const n = min(BLOCK, size - first)
  return length < BLOCK ? n - n % length : min(n, length - first % length)
}

/** The sums of rows of float64 values, with what each addition rounds away put back. */
function sumTerms(n: i32, length: i32, terms: usize, sums: usize): usize {
  for (const end = terms + (<usize>n << 3); terms < end; sums += 8) {
    let sum = f64x2.splat(0)
    let lost = sum
    for (const last = terms + (<usize>length << 3); terms < last; terms += 16) {
      const term = last - terms < 16 ? v128.load64_zero(terms) : v128.load(terms)
      const next = f64x2.add(sum, term)
      const addend = f64x2.sub(next, sum)
      lost = f64x2.add(lost, f64x2.add(f64x2.sub(sum, f64x2.sub(next, addend)), f64x2.sub(term, addend)))
      sum = next
    }
    terms -= <usize>(length & 1) << 3
    const total = sum2(sum)
    // an infinite sum loses nothing that counts
    store<f64>(sums, Math.abs(total) < Infinity ? total + sum2(lost) : total)
  }
  return sums
}

// ---- float32 without weights: four elements at a time, in float32

/** 2^-126; times 2^126 exponentials are normal numbers, unless they are nothing beside any weight. */
const LEAST: f32 = 1.1754943508222875e-38

/** -0; 1/2, whose bits are those of the exponent 126; what is far, where exponentials end, and LEAST. */
const CONSTANTS32: usize = memory.data<f32>([-0.0, 0.5, -69, -174, LEAST])

/** Bits of -|x|, which as integers grow with |x|: above 69 k might not be a normal number, above 2^63 products overflow. */
const FAR: i32 = <i32>0xc28a0000
const HUGE: i32 = <i32>0xdf000000

/** Stores s and k. Returns the bits of the -|x| that is farthest from 0; NaN is farther than any number. */
function exponentials(x: usize, n: i32, to: usize): i32 {
  return exponentialsOf(x, n, to, false, false)
}

/**
 * The same where an |x| is above 69. Its s is 0 and its k is e, which may be subnormal; or all are 2^126 times as large,
 * and normal numbers.
 */
function farExponentials(x: usize, n: i32, to: usize, isLarge: bool): void {
  exponentialsOf(x, n, to, true, isLarge)
}

@inline
function exponentialsOf(x: usize, n: i32, to: usize, isFar: bool, isLarge: bool): i32 {
  const log2e = v128.load32_splat(EXP32)
  const magic = v128.load32_splat(EXP32 + 4)
  const high = v128.load32_splat(EXP32 + 8)
  const low = v128.load32_splat(EXP32 + 12)
  const c6 = v128.load32_splat(EXP32 + 16)
  const c5 = v128.load32_splat(EXP32 + 20)
  const c4 = v128.load32_splat(EXP32 + 24)
  const c3 = v128.load32_splat(EXP32 + 28)
  const c2 = v128.load32_splat(EXP32 + 32)
  const one = v128.load32_splat(EXP32 + 36)
  const sign = v128.load32_splat(CONSTANTS32)
  const shift = isFar ? v128.load32_splat(CONSTANTS32 + 4) : sign
  const far = isFar ? v128.load32_splat(CONSTANTS32 + 8) : sign
  const floor = isFar ? v128.load32_splat(CONSTANTS32 + 12) : sign
  const least = isFar ? v128.load32_splat(CONSTANTS32 + 16) : sign
  let farthest = sign
  for (const end = x + (<usize>n << 2); x < end; x += 16, to += 16) {
    const negative = v128.or(v128.load(x), sign)
    farthest = i32x4.max_s(farthest, negative)
    const y = isFar ? f32x4.pmax(negative, floor) : negative
    const b = exponent32(y, log2e, magic)
    const m = f32x4.sub(b, magic)
    const t = nmadd(m, low, nmadd(m, high, y))
    const q = f32x4.mul(t, t)
    const r = madd(madd(madd(c6, q, madd(c5, t, c4)), q, madd(c3, t, c2)), q, t)
    let s = i32x4.add(i32x4.shl(b, 23), one)
    let k = f32x4.mul(s, r)
    if (isFar) {
      const large = v128.andnot(i32x4.add(s, shift), i32x4.gt_s(negative, floor))
      const rest = f32x4.mul(large, r)
      if (isLarge) {
        s = large
        k = rest
      } else {
        const mask = i32x4.gt_s(negative, far)
        s = v128.andnot(s, mask)
        k = v128.bitselect(f32x4.mul(f32x4.add(large, rest), least), k, mask)
      }
    }
    v128.store(to, s)
    v128.store(to, k, K)
  }
  farthest = i32x4.max_s(farthest, v128.shuffle<i32>(farthest, farthest, 2, 3, 0, 1))
  return max(i32x4.extract_lane(farthest, 0), i32x4.extract_lane(farthest, 1))
}

// The last elements of a block, where they are no whole vector, go by way of the scratch area.

function storeValues(x: usize, z: usize, n: i32, scratch: usize, to: usize): void {
  const whole = <usize>(n & ~3) << 2
  values(x, z, n & ~3, scratch, to)
  if (!(n & 3)) return
  values(x + whole, z + whole, 4, scratch + whole, scratch + TERMS)
  storeLanes(to + whole, v128.load(scratch + TERMS), n & 3)
}

function storeSlopes(
  x: usize, z: usize, n: i32, scratch: usize, to: usize, upstream: usize, stride: usize, factor: f64,
): void {
  const whole = <usize>(n & ~3) << 2
  slopes(x, z, n & ~3, scratch, to, upstream, stride, factor)
  if (!(n & 3)) return
  const u = upstream && upstream + <usize>(n & ~3) * stride
  slopes(x + whole, z + whole, 4, scratch + whole, scratch + TERMS, u, stride, factor)
  storeLanes(to + whole, v128.load(scratch + TERMS), n & 3)
}

/**
 * (1 - z) softplus(x) + z softplus(-x) = x d + tail, where d is 1 - z for positive x and -z else, and `fine` what it loses.
 * In x d + b + l, b = 3/4 s has few digits and l is small; what the first addition loses joins l.
 */
function values(x: usize, z: usize, n: i32, from: usize, to: usize): void {
  const c0 = v128.load32_splat(LOG32)
  const c1 = v128.load32_splat(LOG32 + 4)
  const c2 = v128.load32_splat(LOG32 + 8)
  const c3 = v128.load32_splat(LOG32 + 12)
  const c4 = v128.load32_splat(LOG32 + 16)
  const c5 = v128.load32_splat(LOG32 + 20)
  const c6 = v128.load32_splat(LOG32 + 24)
  const c7 = v128.load32_splat(LOG32 + 28)
  const c8 = v128.load32_splat(LOG32 + 32)
  const c9 = v128.load32_splat(LOG32 + 36)
  const threeQuarters = v128.load32_splat(LOG32 + 40)
  const one = v128.load32_splat(EXP32 + 36)
  for (const end = to + (<usize>n << 2); to < end; x += 16, z += 16, from += 16, to += 16) {
    const s = v128.load(from)
    const k = v128.load(from, K)
    const e = f32x4.add(s, k)
    const p = logTail32(e, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9)
    const l = madd(threeQuarters, k, f32x4.mul(e, p))
    const b = f32x4.mul(threeQuarters, s)

    const logit = v128.load(x)
    const label = v128.load(z)
    const step = v128.andnot(one, i32x4.shr_s(logit, 31))
    const d = f32x4.sub(step, label)
    const fine = f32x4.sub(f32x4.sub(step, d), label)
    const sum = madd(logit, d, b)
    const lost = madd(logit, fine, madd(logit, d, f32x4.sub(b, sum)))
    v128.store(to, f32x4.add(sum, f32x4.add(lost, l)))
  }
}

/** Values of |x| above 2^63, which are all product. */
function hugeValues(x: usize, z: usize, n: i32, to: usize): void {
  for (const end = to + (<usize>n << 2); to < end; x += 4, z += 4, to += 4) {
    const logit = load<f32>(x)
    if (!(Math.abs(logit) > 9223372036854775808.0)) continue
    const d = (logit > 0 ? 1 : 0) - <f64>load<f32>(z)
    store<f32>(to, <f32>(d == 0 ? 0 : <f64>logit * d))
  }
}

/**
 * (1 - z) sigmoid(x) - z sigmoid(-x) = d - far, far with the sign of x. Of far, h = s - s^2 / 2 is the larger part, and the
 * rest is (e - h (1 + e)) / (1 + e). All are multiplied by `factor`, or by the float64 at `upstream` unless that is 0.
 */
function slopes(
  x: usize, z: usize, n: i32, from: usize, to: usize, upstream: usize, stride: usize, factor: f64,
): void {
  const sign = v128.load32_splat(CONSTANTS32)
  const half = v128.load32_splat(CONSTANTS32 + 4)
  const one = v128.load32_splat(EXP32 + 36)
  const isScaled = factor != 1
  const u = factorOf(factor)
  const v = restOf(factor)
  for (const end = to + (<usize>n << 2); to < end; x += 16, z += 16, from += 16, to += 16) {
    const s = v128.load(from)
    const k = v128.load(from, K)
    const e = f32x4.add(s, k)
    const h = nmadd(s, f32x4.mul(s, half), s)
    const numerator = f32x4.add(nmadd(h, e, f32x4.sub(s, h)), k)
    const rest = f32x4.div(numerator, f32x4.add(e, one))

    const logit = v128.load(x)
    const label = v128.load(z)
    const side = v128.and(logit, sign)
    const step = v128.andnot(one, i32x4.shr_s(logit, 31))
    const d = f32x4.sub(step, label)
    const larger = v128.or(h, side)
    const sum = f32x4.sub(d, larger)
    const fine = f32x4.sub(f32x4.sub(step, d), label)
    const lost = f32x4.add(fine, f32x4.sub(d, f32x4.add(sum, larger)))
    const other = f32x4.sub(v128.xor(rest, side), lost)
    if (upstream) {
      const low = f64x2.sub(f64x2.promote_low_f32x4(sum), f64x2.promote_low_f32x4(other))
      const high = f64x2.sub(promoteHigh(sum), promoteHigh(other))
      v128.store(to, demote(f64x2.mul(low, v128.load(upstream)), f64x2.mul(high, v128.load(upstream, 16))))
      upstream += stride << 2
    } else if (ASC_FEATURE_RELAXED_SIMD && isScaled) {
      v128.store(to, madd(sum, u, nmadd(other, u, f32x4.mul(f32x4.sub(sum, other), v))))
    } else {
      v128.store(to, f32x4.sub(sum, other))
    }
  }
}

// ---- sums of float32 values without weights: exponentials in float32, their product and sums in float64

/** Elements of a row from which on they are taken in pairs. */
const PAIRED: i32 = 256

/** Stores the sums of the rows of a block. */
function sumValues(x: usize, z: usize, n: i32, length: i32, scratch: usize, sums: usize): usize {
  const rows = n / length
  const parts = scratch + PARTS
  products(x, z, n, length, scratch, parts)
  if (logarithms(rows, parts, sums)) {
    sumInfinite(x, z, n, length, parts + ROWS)
    logarithms(rows, parts, sums)
  }
  return sums + (<usize>rows << 3)
}

/**
 * The tails of a row together are the logarithm of the product of its 1 + e, which is kept as 1 + P and grows by
 * e (1 + P): so the least e keep their digits, and BLOCK factors of up to 2 do not overflow. What is left of the values
 * is summed by itself. Of longer rows both are first taken in pairs, in float32: errors then are small beside the sum.
 */
export function products(x: usize, z: usize, n: i32, length: i32, from: usize, to: usize): void {
  const zero = f64x2.splat(0)
  const one = v128.load32_splat(EXP32 + 36)
  const one64 = v128.load64_splat(CONSTANTS64 + 48)
  const paired = length < PAIRED ? 0 : <usize>(length & ~7) << 2
  const single = (<usize>(length & ~1) << 2) - paired
  const isOdd = length & 1
  for (const end = x + (<usize>n << 2); x < end; to += 8) {
    let p = zero
    let sum = zero
    let highP = zero
    let high = zero
    for (const last = x + paired; x < last; x += 32, z += 32, from += 32) {
      const e = f32x4.add(v128.load(from), v128.load(from, K))
      const f = f32x4.add(v128.load(from, 16), v128.load(from, K + 16))
      const pair = madd(e, f, f32x4.add(e, f))
      p = grown(p, f64x2.promote_low_f32x4(pair), one64)
      highP = grown(highP, promoteHigh(pair), one64)
      const rest = f32x4.add(
        restOf32(v128.load(x), v128.load(z), zero, one),
        restOf32(v128.load(x, 16), v128.load(z, 16), zero, one),
      )
      sum = f64x2.add(sum, f64x2.promote_low_f32x4(rest))
      high = f64x2.add(high, promoteHigh(rest))
    }
    p = grown(p, highP, one64)
    sum = f64x2.add(sum, high)
    for (const last = x + single; x < last; x += 8, z += 8, from += 8) {
      p = grown(p, f64x2.add(load2<f32>(from), load2<f32>(from + K)), one64)
      sum = f64x2.add(sum, restOf64(load2<f32>(x), load2<f32>(z), zero))
    }
    if (isOdd) {
      p = grown(p, f64x2.add(load1(from), load1(from + K)), one64)
      sum = f64x2.add(sum, restOf64(load1(x), load1(z), zero))
      x += 4
      z += 4
      from += 4
    }
    p = grown(p, v128.shuffle<f64>(p, p, 1, 0), one64)
    v128.store64_lane(to, p, 0)
    store<f64>(to, sum2(sum), ROWS)
  }
}

/** (1 + p) (1 + e) - 1 */
@inline
function grown(p: v128, e: v128, one: v128): v128 {
  return madd64(p, f64x2.add(e, one), e)
}

/** max(x, 0) - z x, what a value is but for its tail: fused, it is rounded once; else z first joins what it may cancel. */
@inline
function restOf32(x: v128, z: v128, zero: v128, one: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return nmadd(x, z, f32x4.pmax(zero, x))
  return f32x4.mul(x, f32x4.sub(v128.andnot(one, i32x4.shr_s(x, 31)), z))
}

/** The same of float32 in float64, where the product is exact. */
@inline
function restOf64(x: v128, z: v128, zero: v128): v128 {
  return nmadd64(x, z, f64x2.pmax(zero, x))
}

@inline
function load1(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load32_zero(at))
}

/** Stores the sums of rows, from their two parts. Returns whether one is not finite. */
export function logarithms(rows: i32, from: usize, to: usize): bool {
  let odd = f64x2.splat(0)
  for (const end = to + (<usize>rows << 3); to < end; from += 16, to += 16) {
    const sum = f64x2.add(log1p64short(v128.load(from)), v128.load(from, ROWS))
    odd = v128.or(odd, f64x2.sub(sum, sum))
    v128.store(to, sum)
  }
  return v128.any_true(odd)
}

/** Sums anew, in float64, the rests that came to nothing finite: they are products x d, 0 where d is. */
function sumInfinite(x: usize, z: usize, n: i32, length: i32, to: usize): void {
  for (const end = x + (<usize>n << 2); x < end; to += 8) {
    let sum: f64 = 0
    for (const last = x + (<usize>length << 2); x < last; x += 4, z += 4) {
      const logit = <f64>load<f32>(x)
      const d = (logit > 0 ? 1 : 0) - <f64>load<f32>(z)
      // d - d is NaN where d is infinite
      sum += Math.abs(logit) == Infinity && d == 0 ? 0 : logit * d + (d - d)
    }
    if (!(Math.abs(load<f64>(to)) < Infinity)) store<f64>(to, sum)
  }
}

// ---- with weights, or in float64: two elements at a time, in float64

/**
 * c0 to c4 of log(1 + e) / s within 4e-9 in s^2, for s = e / (2 + e) and e in [0, 1] (scripts/fit.mjs); 2 and 1; then, for
 * exponentials 2^64 times too large, all of which are normal numbers: -0, the least logit, the constant that rounds, 2^-64.
 */
const CONSTANTS64: usize = memory.data<f64>([
  2.000000007890051, 0.6666631506171263, 0.4002489787464743, 0.2796075230541239, 0.28177735098086676, 2, 1,
  -0.0, -750, 6755399441055744 + 1023 + 64, 5.421010862427522e-20,
])

/** e and tail of float32, from s and k in this unit. */
function tails32(n: i32, from: usize, to: usize, unit: f64): void {
  const u = f64x2.splat(unit)
  const c0 = v128.load64_splat(CONSTANTS64)
  const c1 = v128.load64_splat(CONSTANTS64 + 8)
  const c2 = v128.load64_splat(CONSTANTS64 + 16)
  const c3 = v128.load64_splat(CONSTANTS64 + 24)
  const c4 = v128.load64_splat(CONSTANTS64 + 32)
  const two = v128.load64_splat(CONSTANTS64 + 40)
  for (const end = to + (<usize>n << 4); to < end; from += 8, to += 32) {
    const e = f64x2.mul(f64x2.add(load2<f32>(from), load2<f32>(from + K)), u)
    const s = f64x2.div(e, f64x2.add(e, two))
    const q = f64x2.mul(s, s)
    v128.store(to, e)
    v128.store(to, f64x2.mul(s, madd64(madd64(madd64(madd64(c4, q, c3), q, c2), q, c1), q, c0)), 16)
  }
}

/** e of float64. */
function exponentials64(x: usize, n: i32, to: usize): void {
  const sign = v128.load64_splat(CONSTANTS64 + 56)
  const floor = v128.load64_splat(CONSTANTS64 + 64)
  const magic = v128.load64_splat(CONSTANTS64 + 72)
  const small = v128.load64_splat(CONSTANTS64 + 80)
  for (const end = x + (<usize>n << 3); x < end; x += 16, to += 32) {
    v128.store(to, f64x2.mul(exp64x2(v128.or(v128.load(x), sign), magic, floor), small))
  }
}

/** tail of float64. */
function tails64(n: i32, at: usize): void {
  for (const end = at + (<usize>n << 4); at < end; at += 32) v128.store(at, log1p64x2(v128.load(at)), 16)
}

/** All that may be wanted of elements `first` to `first` + n. */
function results(
  is64: bool, x: usize, z: usize, w: usize, upstream: usize, stride: usize, first: i32, n: i32, from: usize,
  value: usize, logits: usize, labels: usize, posWeight: usize, terms: usize,
): void {
  const zero = f64x2.splat(0)
  const one = v128.load64_splat(CONSTANTS64 + 48)
  const bytes: usize = is64 ? 16 : 8
  const end = <usize>(first + n) * bytes >> 1
  upstream += <usize>first * stride
  stride <<= 1
  for (let at = <usize>first * bytes >> 1; at < end; at += bytes, from += 32, upstream += stride) {
    const isPair = at + bytes <= end
    const logit = loadPair(is64, x + at)
    const label = loadPair(is64, z + at)
    const weight = w ? loadPair(is64, w + at) : one
    const u = v128.load(upstream)
    const e = v128.load(from)
    const tail = v128.load(from, 16)
    const isNegative = f64x2.lt(logit, zero)
    const absent = f64x2.sub(one, label)
    const present = f64x2.mul(weight, label)
    const all = f64x2.add(absent, present)
    // the coefficient of |x|
    const miss = select64(present, absent, isNegative)
    const loss = madd64(all, tail, product(miss, f64x2.abs(logit)))
    if (value) storeResult(is64, isPair, value + at, loss)
    if (terms) {
      v128.store(terms, loss)
      terms += 16
    }
    if (logits) {
      const slope = nmadd64(all, f64x2.div(e, f64x2.add(e, one)), miss)
      storeResult(is64, isPair, logits + at, f64x2.mul(u, select64(f64x2.neg(slope), slope, isNegative)))
    }
    const below = f64x2.pmax(f64x2.neg(logit), zero)
    if (labels) {
      const difference = f64x2.sub(product(weight, below), f64x2.pmax(logit, zero))
      storeResult(is64, isPair, labels + at, f64x2.mul(u, madd64(f64x2.sub(weight, one), tail, difference)))
    }
    if (posWeight) {
      const share = f64x2.mul(u, label)
      storeResult(is64, isPair, posWeight + at, madd64(share, tail, product(share, below)))
    }
  }
}

/** a * b, and 0 if one of them is 0: where the other is NaN, the result is, too, by its part in the tail. */
@inline
function product(a: v128, b: v128): v128 {
  const zero = f64x2.splat(0)
  return v128.andnot(f64x2.mul(a, b), v128.or(f64x2.eq(a, zero), f64x2.eq(b, zero)))
}

@inline
function loadPair(is64: bool, at: usize): v128 {
  return is64 ? v128.load(at) : load2<f32>(at)
}

function storeResult(is64: bool, isPair: bool, at: usize, result: v128): void {
  if (is64) {
    if (isPair) v128.store(at, result)
    else store<f64>(at, f64x2.extract_lane(result, 0))
  } else if (isPair) {
    store2<f32>(at, result)
  } else {
    store<f32>(at, <f32>f64x2.extract_lane(result, 0))
  }
}
