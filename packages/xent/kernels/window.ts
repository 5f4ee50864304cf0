import { EXP32 } from './constants'

// Whether exponents are in the window [0, 127] is asked without a branch, of many at once. Counted from a row's reference
// they lie in the low bits of sums b near 3, whose other bits are those of 3. With fused multiplications the bits of all b
// may simply be or-ed: whatever is not in the window has a bit of its own, for 0 itself, the one number that has not, is no
// such sum. Else the largest unsigned distance from 3 is kept.

const THREE: i32 = 0x40400000
const WIDTH: i32 = 128

/** What a window starts with. */
@inline
export function nothingYet(): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.load32_splat(EXP32, 4)
  return f32x4.splat(0)
}

/** Adds four sums. */
@inline
export function withSums(window: v128, b: v128, three: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return v128.or(window, b)
  return i32x4.max_u(window, i32x4.sub(b, three))
}

/** Adds those of four sums that the mask says. */
@inline
export function withSomeSums(window: v128, b: v128, three: v128, mask: v128): v128 {
  return withSums(window, v128.bitselect(b, three, mask), three)
}

@inline
export function isWithin(window: v128): bool {
  if (ASC_FEATURE_RELAXED_SIMD) {
    const v = v128.or(window, v128.shuffle<i32>(window, window, 2, 3, 0, 1))
    return ((i32x4.extract_lane(v, 0) | i32x4.extract_lane(v, 1)) & ~(WIDTH - 1)) == THREE
  }
  const v = i32x4.max_u(window, v128.shuffle<i32>(window, window, 2, 3, 0, 1))
  return max<u32>(<u32>i32x4.extract_lane(v, 0), <u32>i32x4.extract_lane(v, 1)) < <u32>WIDTH
}
