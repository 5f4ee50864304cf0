// Relaxed SIMD fuses a multiplication and an addition into one rounding; plain SIMD rounds twice. The engine takes the
// relaxed module only where it does fuse, so each of the two has bits of its own that are the same everywhere.

/** a * b + c */
@inline
export function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

/** c - a * b */
@inline
export function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}

@inline
export function madd64(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, c)
  return f64x2.add(f64x2.mul(a, b), c)
}

@inline
export function nmadd64(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, c)
  return f64x2.sub(c, f64x2.mul(a, b))
}

/** Lanes of a where the mask is set, else of b. */
@inline
export function select64(a: v128, b: v128, mask: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return i64x2.relaxed_laneselect(a, b, mask)
  return v128.bitselect(a, b, mask)
}

/** Lanes 2 and 3 as float64. */
@inline
export function promoteHigh(v: v128): v128 {
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3))
}

/** Lanes 0 and 2, and 1 and 3, added in float64. */
@inline
export function widen(v: v128): v128 {
  return f64x2.add(f64x2.promote_low_f32x4(v), promoteHigh(v))
}

/** Four float32 of two pairs of float64. */
@inline
export function demote(low: v128, high: v128): v128 {
  return v128.shuffle<f64>(f32x4.demote_f64x2_zero(low), f32x4.demote_f64x2_zero(high), 0, 2)
}

/** Two elements of T as float64 lanes, so that one piece of code serves both types. */
@inline
export function load2<T>(pointer: usize): v128 {
  if (sizeof<T>() == 4) return f64x2.promote_low_f32x4(v128.load64_zero(pointer))
  return v128.load(pointer)
}

@inline
export function store2<T>(pointer: usize, value: v128): void {
  if (sizeof<T>() == 4) v128.store64_lane(pointer, f32x4.demote_f64x2_zero(value), 0)
  else v128.store(pointer, value)
}

@inline
export function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

@inline
export function sum4(v: v128): f64 {
  return sum2(widen(v))
}

/** The first `lanes` of four. */
@inline
export function storeLanes(pointer: usize, value: v128, lanes: i32): void {
  if (lanes == 4) return v128.store(pointer, value)
  v128.store32_lane(pointer, value, 0)
  if (lanes > 1) v128.store32_lane(pointer, value, 1, 4)
  if (lanes > 2) v128.store32_lane(pointer, value, 2, 8)
}

/** a * b where 0 * Infinity is 0 and NaN stays. */
@inline
export function product2(a: v128, b: v128): v128 {
  const zero = f64x2.splat(0)
  const infinity = f64x2.splat(Infinity)
  const nothing = v128.or(
    v128.and(f64x2.eq(a, zero), f64x2.eq(f64x2.abs(b), infinity)),
    v128.and(f64x2.eq(b, zero), f64x2.eq(f64x2.abs(a), infinity)),
  )
  return v128.andnot(f64x2.mul(a, b), nothing)
}

@inline
export function product(a: f64, b: f64): f64 {
  return (a == 0 && Math.abs(b) == Infinity) || (b == 0 && Math.abs(a) == Infinity) ? 0 : a * b
}
