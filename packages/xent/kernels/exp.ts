import { EXP64 } from './constants'

/**
 * e^x * 2^-R, four lanes at a time, for an integer R. n = round(x log2 e), t = x - n ln 2 in two exact steps, and the
 * exponent n - R is shifted into place; lanes below `low` = (R - 127) ln 2 are 0 and NaN stays NaN.
 * `magic` = 1.5 * 2^23 + 127 - R puts the biased exponent into the low bits of the sum that rounds.
 */
@inline
export function exp32x4(
  x: v128, log2e: v128, high: v128, low: v128, c6: v128, c5: v128, c4: v128, c3: v128, c2: v128, one: v128,
  magic: v128, floor: v128,
): v128 {
  const y = f32x4.pmax(x, floor)
  const b = f32x4.add(f32x4.mul(y, log2e), magic)
  const n = f32x4.sub(b, magic)
  const t = f32x4.sub(f32x4.sub(y, f32x4.mul(n, high)), f32x4.mul(n, low))
  let p = f32x4.add(f32x4.mul(c6, t), c5)
  p = f32x4.add(f32x4.mul(p, t), c4)
  p = f32x4.add(f32x4.mul(p, t), c3)
  p = f32x4.add(f32x4.mul(p, t), c2)
  p = f32x4.add(f32x4.mul(p, t), one)
  const scale = i32x4.shl(b, 23)
  return f32x4.add(f32x4.mul(f32x4.mul(t, scale), p), scale)
}

/** The same for two float64 lanes: `magic` = 1.5 * 2^52 + 1023 - R. */
@inline
export function exp64x2(x: v128, magic: v128, floor: v128): v128 {
  const y = f64x2.pmax(x, floor)
  const b = f64x2.add(f64x2.mul(y, v128.load64_splat(EXP64, 0)), magic)
  const n = f64x2.sub(b, magic)
  const t = f64x2.sub(
    f64x2.sub(y, f64x2.mul(n, v128.load64_splat(EXP64, 8))),
    f64x2.mul(n, v128.load64_splat(EXP64, 16)),
  )
  const scale = i64x2.shl(b, 52)
  return f64x2.add(f64x2.mul(f64x2.mul(t, scale), expTail(t)), scale)
}


/**
 * e^-a for two float64 lanes of a >= 0, subnormal results included: computed 2^64 times too large, where every one of
 * them is normal.
 */
@inline
export function expOfNegative(a: v128): v128 {
  const scaled = exp64x2(f64x2.neg(a), f64x2.splat(6755399441055744 + 1023 + 64), f64x2.splat(-750))
  return f64x2.mul(scaled, f64x2.splat(5.421010862427522e-20))
}

/** (e^t - 1) / t for |t| <= ln(2)/2, by its power series; in pairs, so that the steps do not wait for each other. */
@inline
export function expTail(t: v128): v128 {
  const t2 = f64x2.mul(t, t)
  const t4 = f64x2.mul(t2, t2)
  const low = f64x2.add(pair(EXP64 + 24, t), f64x2.mul(pair(EXP64 + 40, t), t2))
  const middle = f64x2.add(pair(EXP64 + 56, t), f64x2.mul(pair(EXP64 + 72, t), t2))
  const high = f64x2.add(pair(EXP64 + 88, t), f64x2.mul(pair(EXP64 + 104, t), t2))
  const top = f64x2.add(high, f64x2.mul(v128.load64_splat(EXP64, 120), t4))
  return f64x2.add(f64x2.add(low, f64x2.mul(middle, t4)), f64x2.mul(top, f64x2.mul(t4, t4)))
}

/** c0 + c1 t, the coefficients lying side by side. */
@inline
export function pair(coefficients: usize, t: v128): v128 {
  return f64x2.add(v128.load64_splat(coefficients), f64x2.mul(v128.load64_splat(coefficients, 8), t))
}
