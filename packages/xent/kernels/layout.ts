// What lies otherwise than the kernels want it: 16-bit floats, and rows whose classes are not side by side. These run over
// blocks that stay in the cache.

/** float32 of `count` bfloat16, and of up to 7 more. */
export function widenBfloat16(from: usize, to: usize, count: i32): void {
  for (const end = to + (<usize>count << 2); to < end; to += 32, from += 16) {
    const v = v128.load(from)
    v128.store(to, i32x4.shl(i32x4.extend_low_i16x8_u(v), 16))
    v128.store(to, i32x4.shl(i32x4.extend_high_i16x8_u(v), 16), 16)
  }
}

/** float32 of `count` float16, and of up to 7 more. */
export function widenFloat16(from: usize, to: usize, count: i32): void {
  for (const end = to + (<usize>count << 2); to < end; to += 32, from += 16) {
    const v = v128.load(from)
    v128.store(to, widenHalf(i32x4.extend_low_i16x8_u(v)))
    v128.store(to, widenHalf(i32x4.extend_high_i16x8_u(v)), 16)
  }
}

@inline
function widenHalf(half: v128): v128 {
  const size = i32x4.shl(v128.and(half, i32x4.splat(0x7fff)), 13)
  const isSpecial = i32x4.gt_s(size, i32x4.splat(0x0f7fffff))
  // a multiplication by 2^112 moves the exponent, of subnormal numbers too
  const value = f32x4.mul(size, f32x4.splat(5192296858534828e18))
  const special = v128.and(isSpecial, i32x4.splat(0x7f800000))
  return v128.or(v128.or(value, special), i32x4.shl(v128.and(half, i32x4.splat(0x8000)), 16))
}

/** bfloat16 of `count` float32, rounded to nearest even. */
export function narrowBfloat16(from: usize, to: usize, count: i32): void {
  for (const end = from + (<usize>count << 2); from < end; from += 16, to += 8) {
    const v = v128.load(from)
    const isOdd = v128.and(i32x4.shr_u(v, 16), i32x4.splat(1))
    const rounded = i32x4.shr_u(i32x4.add(i32x4.add(v, i32x4.splat(0x7fff)), isOdd), 16)
    const undefined = i32x4.splat(0x7fc0)
    pack(to, v128.bitselect(undefined, rounded, f32x4.ne(v, v)), end - from)
  }
}

/** float16 of `count` float32, rounded to nearest even. */
export function narrowFloat16(from: usize, to: usize, count: i32): void {
  for (const end = from + (<usize>count << 2); from < end; from += 16, to += 8) {
    const v = v128.load(from)
    const size = v128.and(v, i32x4.splat(0x7fffffff))
    // below 2^-14 the addition of 1/2 leaves a float16's subnormal bits last
    const half = f32x4.splat(0.5)
    const subnormal = i32x4.sub(f32x4.add(size, half), half)
    const isOdd = v128.and(i32x4.shr_u(size, 13), i32x4.splat(1))
    const normal = i32x4.shr_u(i32x4.add(i32x4.add(size, i32x4.splat(0xc8000fff)), isOdd), 13)
    const special = v128.bitselect(i32x4.splat(0x7e00), i32x4.splat(0x7c00), f32x4.ne(v, v))
    let bits = v128.bitselect(subnormal, normal, i32x4.lt_s(size, i32x4.splat(0x38800000)))
    bits = v128.bitselect(special, bits, i32x4.gt_s(size, i32x4.splat(0x477fffff)))
    pack(to, v128.or(bits, i32x4.shl(i32x4.shr_u(v, 31), 15)), end - from)
  }
}

/** The low halves of four lanes, or of those that `bytes` of lanes hold. */
@inline
function pack(to: usize, v: v128, bytes: usize): void {
  if (bytes >= 16) return v128.store64_lane(to, v128.shuffle<i16>(v, v, 0, 2, 4, 6, 0, 2, 4, 6), 0)
  v128.store16_lane(to, v, 0)
  if (bytes > 4) v128.store16_lane(to, v, 2, 2)
  if (bytes > 8) v128.store16_lane(to, v, 4, 4)
}

/**
 * Element (r, c) of a matrix, a row every `stride` bytes, goes to (c, r) of one with a row every `toStride` bytes; and so on
 * for `count` matrices, each `step` bytes after the one before, in both places.
 */
export function transpose32(
  from: usize, stride: usize, to: usize, toStride: usize, rows: i32, columns: i32, count: i32, step: usize,
): void {
  for (; count > 0; count--, from += step, to += step) transposeOne32(from, stride, to, toStride, rows, columns)
}

export function transpose64(
  from: usize, stride: usize, to: usize, toStride: usize, rows: i32, columns: i32, count: i32, step: usize,
): void {
  for (; count > 0; count--, from += step, to += step) transposeRest<f64>(from, stride, to, toStride, rows, columns)
}

function transposeOne32(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  let r = 0
  for (; r + 4 <= rows; r += 4, from += 4 * stride, to += 16) {
    let source = from
    let target = to
    let c = 0
    for (; c + 4 <= columns; c += 4, source += 16, target += 4 * toStride) {
      const v0 = v128.load(source)
      const v1 = v128.load(source + stride)
      const v2 = v128.load(source + 2 * stride)
      const v3 = v128.load(source + 3 * stride)
      const a = v128.shuffle<f32>(v0, v1, 0, 4, 1, 5)
      const b = v128.shuffle<f32>(v0, v1, 2, 6, 3, 7)
      const d = v128.shuffle<f32>(v2, v3, 0, 4, 1, 5)
      const e = v128.shuffle<f32>(v2, v3, 2, 6, 3, 7)
      v128.store(target, v128.shuffle<f64>(a, d, 0, 2))
      v128.store(target + toStride, v128.shuffle<f64>(a, d, 1, 3))
      v128.store(target + 2 * toStride, v128.shuffle<f64>(b, e, 0, 2))
      v128.store(target + 3 * toStride, v128.shuffle<f64>(b, e, 1, 3))
    }
    transposeRest<f32>(source, stride, target, toStride, 4, columns - c)
  }
  transposeRest<f32>(from, stride, to, toStride, rows - r, columns)
}

function transposeRest<T>(from: usize, stride: usize, to: usize, toStride: usize, rows: i32, columns: i32): void {
  for (let r = 0; r < rows; r++, from += stride, to += sizeof<T>()) {
    let target = to
    for (let c = 0; c < columns; c++, target += toStride) store<T>(target, load<T>(from + <usize>c * sizeof<T>()))
  }
}
