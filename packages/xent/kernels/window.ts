/**
 * Exponents are looked at without a branch: of a row, or of many, the largest distance above the lowest exponent that
 * is allowed is kept, as an unsigned number. Infinity, NaN and what is too low come out large.
 */

/** Exponents may lie this far above LOWEST32, that is from 96 below the reference to 63 above. */
const WINDOW: u32 = 160

@inline
export function farther(farthest: v128, b: v128, lowest: v128): v128 {
  return i32x4.max_u(farthest, i32x4.sub(b, lowest))
}

@inline
export function isWithin(farthest: v128): bool {
  const v = i32x4.max_u(farthest, v128.shuffle<i32>(farthest, farthest, 2, 3, 0, 1))
  return max<u32>(<u32>i32x4.extract_lane(v, 0), <u32>i32x4.extract_lane(v, 1)) < WINDOW
}
