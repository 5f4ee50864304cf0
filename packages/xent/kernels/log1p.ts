import { LOG64 } from './constants'

/**
 * log(1 + q) for q >= 0 by 2 atanh(s), s = f / (2 + f): f is q itself up to 1, so that a small q keeps its digits;
 * beyond, 1 + q = 2^k (1 + f) with |f| < 1/2.
 */
export function log1p(q: f64): f64 {
  if (q <= 1) return series(q)
  if (!(q < Infinity)) return q
  const u = 1 + q
  const bits = reinterpret<u64>(u)
  let k = <i32>(bits >> 52) - 1023
  let m = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000)
  if (m > 1.4142135623730951) {
    m *= 0.5
    k++
  }
  const lost = (q < 1e15 ? q - (u - 1) : 0) / u
  return <f64>k * 0.6931471803691238 + (<f64>k * 1.9082149292705877e-10 + lost + series(m - 1))
}

function series(f: f64): f64 {
  const s = f / (2 + f)
  const z = s * s
  let r = load<f64>(LOG64)
  for (let k: usize = 8; k < 128; k += 8) r = r * z + load<f64>(LOG64 + k)
  return f - s * (f - r * z)
}

/** log(1 + q) for two lanes of q in [0, 1]. */
// @ts-ignore: decorator
@inline
export function log1p64x2(q: v128): v128 {
  const s = f64x2.div(q, f64x2.add(q, f64x2.splat(2)))
  const z = f64x2.mul(s, s)
  let r = v128.load64_splat(LOG64, 0)
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 8))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 16))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 24))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 32))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 40))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 48))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 56))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 64))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 72))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 80))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 88))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 96))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 104))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 112))
  r = f64x2.add(f64x2.mul(r, z), v128.load64_splat(LOG64, 120))
  return f64x2.sub(q, f64x2.mul(s, f64x2.sub(q, f64x2.mul(r, z))))
}
