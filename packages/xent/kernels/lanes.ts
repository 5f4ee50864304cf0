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

/** Both lanes, or the first alone. */
@inline
export function storePair<T>(pointer: usize, isPair: bool, value: v128): void {
  if (isPair) store2<T>(pointer, value)
  else store<T>(pointer, <T>f64x2.extract_lane(value, 0))
}

@inline
export function sum2(v: v128): f64 {
  return f64x2.extract_lane(v, 0) + f64x2.extract_lane(v, 1)
}

@inline
export function sum4(v: v128): f64 {
  return sum2(
    f64x2.add(f64x2.promote_low_f32x4(v), f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 2, 3))),
  )
}

/** Elements that are summed by themselves before they join a larger sum, whose error then does not grow with the count. */
export const BLOCK: usize = 128

/** The sum of elements [from, to), in blocks. */
export function sumRange<T>(pointer: usize, from: i32, to: i32): f64 {
  let total: f64 = 0
  let at = pointer + <usize>from * sizeof<T>()
  const end = at + <usize>((to - from) & ~1) * sizeof<T>()
  while (at < end) {
    const block = min(at + BLOCK * sizeof<T>(), end)
    let sum = f64x2.splat(0)
    for (; at < block; at += 2 * sizeof<T>()) sum = f64x2.add(sum, load2<T>(at))
    total += sum2(sum)
  }
  return total + ((to - from) & 1 ? <f64>load<T>(at) : 0)
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
