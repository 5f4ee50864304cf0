import { madd, madd64 } from './simd'

// (1 + d)^2 - (1 + 2d), which is d^2, and 0 where the square was rounded first; from memory, so that no compiler knows it
const SINGLE: usize = memory.data<f32>([1.000244140625, -1.00048828125])
const DOUBLE: usize = memory.data<f64>([1.0000000037252903, -1.0000000074505806])

/** Whether relaxed SIMD, where it is valid, does fuse multiplications and additions. */
export function isFused(): bool {
  const x = v128.load32_splat(SINGLE)
  const y = v128.load64_splat(DOUBLE)
  const single = madd(x, x, v128.load32_splat(SINGLE, 4))
  const double = madd64(y, y, v128.load64_splat(DOUBLE, 8))
  return f32x4.extract_lane(single, 0) != 0 && f64x2.extract_lane(double, 0) != 0
}
