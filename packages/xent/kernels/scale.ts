import { demote, load2, madd, promoteHigh, store2, storeLanes } from './simd'

// A float32 factor is multiplied in two parts, so that its own rounding does not count.

/** Beyond these a factor is no normal float32, or what float32 loses of it counts no more. */
export const LEAST: f64 = 1.8807909613156600e-37
export const MOST: f64 = 1.2676506002282294e30

@inline
export function isScalable(factor: f64): bool {
  const size = Math.abs(factor)
  return (size >= LEAST && size <= MOST) || size == 0
}

/**
 * factor * e of four lanes, rounded as if the factor were exact: fused, in two parts of float32; else in float64, as the
 * rounding of two products is one too many.
 */
@inline
export function scaled(e: v128, factor: v128, rest: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return madd(e, factor, f32x4.mul(e, rest))
  return demote(f64x2.mul(f64x2.promote_low_f32x4(e), factor), f64x2.mul(promoteHigh(e), factor))
}

/** factor * (e + d). */
@inline
function scaledWithRest(e: v128, d: v128, factor: v128, rest: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return madd(e, factor, madd(d, factor, f32x4.mul(e, rest)))
  return demote(
    f64x2.mul(f64x2.add(f64x2.promote_low_f32x4(e), f64x2.promote_low_f32x4(d)), factor),
    f64x2.mul(f64x2.add(promoteHigh(e), promoteHigh(d)), factor),
  )
}

/** What `scaled` takes for a factor. */
@inline
export function factorOf(factor: f64): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.splat(<f32>factor)
  return f64x2.splat(factor)
}

@inline
export function restOf(factor: f64): v128 {
  return f32x4.splat(<f32>(factor - <f64><f32>factor))
}

/** Stores factor * e of a row of float32. Unless it is the last, up to 3 elements of the next row are written to. */
@inline
export function scaleTo(e: usize, to: usize, classes: i32, factor: f64, isLast: bool): void {
  const first = factorOf(factor)
  const rest = restOf(factor)
  const end = to + (<usize>classes << 2)
  const whole = isLast ? end - 12 : end
  for (; to < whole; to += 16, e += 16) v128.store(to, scaled(v128.load(e), first, rest))
  if (to < end) storeLanes(to, scaled(v128.load(e), first, rest), <i32>((end - to) >> 2))
}

/** The same of exponentials with what rounding took from them at d. */
@inline
export function scaleWithRestsTo(e: usize, d: usize, to: usize, classes: i32, factor: f64, isLast: bool): void {
  const first = factorOf(factor)
  const rest = restOf(factor)
  const end = to + (<usize>classes << 2)
  const whole = isLast ? end - 12 : end
  for (; to < whole; to += 16, e += 16, d += 16) v128.store(to, scaledWithRest(v128.load(e), v128.load(d), first, rest))
  if (to < end) storeLanes(to, scaledWithRest(v128.load(e), v128.load(d), first, rest), <i32>((end - to) >> 2))
}

/** Multiplies a row. */
export function scaleRow(row: usize, classes: i32, factor: f64): void {
  if (isScalable(factor)) scaleTo(row, row, classes, factor, true)
  else scaleExactly<f32>(row, classes, factor)
}

/** Multiplies a row in float64. */
export function scaleExactly<T>(row: usize, classes: i32, factor: f64): void {
  const f = f64x2.splat(factor)
  const end = row + <usize>(classes & ~1) * sizeof<T>()
  for (; row < end; row += 2 * sizeof<T>()) store2<T>(row, f64x2.mul(load2<T>(row), f))
  if (classes & 1) store<T>(row, <T>(<f64>load<T>(row) * factor))
}
