import { EXP32, EXP64, SHORT64 } from './constants'
import { madd, madd64, nmadd, nmadd64 } from './simd'

/**
 * 3 + (round(x log2 e) - R) / 2^22 of four lanes, where magic = magicOf(R): float32 near 3 are steps of 2^-22, so the
 * addition rounds, and leaves the exponent in the low bits.
 */
@inline
export function exponent32(x: v128, log2e: v128, magic: v128): v128 {
  return madd(x, log2e, magic)
}

@inline
export function magicOf(reference: f64): f32 {
  return <f32>(3 - reference * 2.384185791015625e-7)
}

/**
 * e^x * 2^-R of four lanes, where b = exponent32(x) and the exponent is in [-126, 127]. The argument is reduced to
 * |t| <= ln(2)/2 in steps that lose nothing, and the exponent is added to the polynomial's bits. The relative error is at
 * most 1.3 * 2^-24, fused, and 1.4 * 2^-24 else: the test of it runs over all float32.
 */
@inline
export function exp32(
  x: v128, b: v128, magic: v128, high: v128, low: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128, one: v128,
): v128 {
  const n = f32x4.sub(b, magic)
  return expOf(nmadd(n, low, nmadd(n, high, x)), b, c6, c5, c4, c3, c2, one)
}

/**
 * The same times 1 - DRIFT (round(x log2 e)): where the high part of ln 2 has all its bits, whoever sums many of them
 * may leave its low part to the end.
 */
@inline
export function driftingExp32(
  x: v128, b: v128, magic: v128, high: v128, low: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128, one: v128,
): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return exp32(x, b, magic, high, low, c6, c5, c4, c3, c2, one)
  return expOf(nmadd(f32x4.sub(b, magic), high, x), b, c6, c5, c4, c3, c2, one)
}

/** Two sums of drifting exponentials relative to 2^references, put right by the exponent that most of them have. */
@inline
export function driftless(sums: v128, references: v128): v128 {
  if (!ASC_FEATURE_RELAXED_SIMD) return sums
  const magic = f64x2.splat(4503599627370496)
  const exponent = f64x2.add(f64x2.sub(v128.or(i64x2.shr_u(sums, 52), magic), magic), references)
  return f64x2.mul(sums, madd64(exponent, f64x2.splat(DRIFT), f64x2.splat(1 - 1023 * DRIFT)))
}

const DRIFT: f64 = ASC_FEATURE_RELAXED_SIMD ? 1.904654299957768e-9 : 0

/** e^x / 2^n - 1 where n = round(x log2 e), within half a unit of 2^-24. */
@inline
export function reducedExpm1(
  x: v128, b: v128, magic: v128, high: v128, low: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128,
): v128 {
  const n = f32x4.sub(b, magic)
  return expm1Of(nmadd(n, low, nmadd(n, high, x)), c6, c5, c4, c3, c2)
}

/** With few roundings near the end, and short chains. */
@inline
export function expm1Of(t: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128): v128 {
  const z = f32x4.mul(t, t)
  return madd(madd(madd(c6, z, madd(c5, t, c4)), z, madd(c3, t, c2)), z, t)
}

@inline
function expOf(t: v128, b: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128, one: v128): v128 {
  let p: v128
  if (ASC_FEATURE_RELAXED_SIMD) {
    p = madd(madd(madd(madd(madd(madd(c6, t, c5), t, c4), t, c3), t, c2), t, one), t, one)
  } else {
    p = f32x4.add(expm1Of(t, c6, c5, c4, c3, c2), one)
  }
  return i32x4.add(p, i32x4.shl(b, 23))
}

/** What exp64short takes for references. */
@inline
export function magicOf64(references: v128): v128 {
  return f64x2.sub(v128.load64_splat(EXP64, 8), references)
}

/** e^x * 2^-R of two float64 lanes within 5.2e-11, where magic = 1.5 * 2^52 - R. */
@inline
export function exp64short(x: v128, magic: v128): v128 {
  const b = madd64(x, v128.load64_splat(EXP64, 0), magic)
  const t = nmadd64(f64x2.sub(b, magic), v128.load64_splat(SHORT64, 56), x)
  const z = f64x2.mul(t, t)
  let p = madd64(v128.load64_splat(SHORT64, 40), t, v128.load64_splat(SHORT64, 32))
  p = madd64(p, z, madd64(v128.load64_splat(SHORT64, 24), t, v128.load64_splat(SHORT64, 16)))
  p = madd64(p, z, madd64(v128.load64_splat(SHORT64, 8), t, v128.load64_splat(SHORT64, 0)))
  p = f64x2.add(madd64(p, z, t), v128.load64_splat(SHORT64, 48))
  return i64x2.add(p, i64x2.shl(b, 52))
}

/**
 * e^x * 2^-R of two float64 lanes to the last bit or nearly, where magic = 1.5 * 2^52 + 1023 - R; lanes below
 * floor = (R - 1023) ln 2 are 0 and NaN stays NaN.
 */
@inline
export function exp64x2(x: v128, magic: v128, floor: v128): v128 {
  const y = f64x2.pmax(x, floor)
  const b = madd64(y, v128.load64_splat(EXP64), magic)
  const n = f64x2.sub(b, magic)
  const t = nmadd64(n, v128.load64_splat(EXP64 + 24), nmadd64(n, v128.load64_splat(EXP64 + 16), y))
  const scale = i64x2.shl(b, 52)
  return madd64(f64x2.mul(t, scale), expTail(t), scale)
}

/** (e^t - 1) / t for |t| <= ln(2)/2, by its power series; in pairs, so that the steps do not wait for each other. */
@inline
export function expTail(t: v128): v128 {
  const t2 = f64x2.mul(t, t)
  const t4 = f64x2.mul(t2, t2)
  const low = madd64(pair(EXP64 + 48, t), t2, pair(EXP64 + 32, t))
  const middle = madd64(pair(EXP64 + 80, t), t2, pair(EXP64 + 64, t))
  const high = madd64(pair(EXP64 + 112, t), t2, pair(EXP64 + 96, t))
  const top = madd64(v128.load64_splat(EXP64 + 128), t4, high)
  return madd64(top, f64x2.mul(t4, t4), madd64(middle, t4, low))
}

/** c0 + c1 t, the coefficients lying side by side. */
@inline
export function pair(coefficients: usize, t: v128): v128 {
  return madd64(v128.load64_splat(coefficients + 8), t, v128.load64_splat(coefficients))
}
