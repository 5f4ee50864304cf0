import { LOG64 } from './constants'
import { pair } from './exp'

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
  return f64x2.extract_lane(log1p64x2(f64x2.splat(f)), 0)
}

/** log(1 + f) for two lanes of f from sqrt(1/2) - 1 to 1. */
@inline
export function log1p64x2(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)))
  const z = f64x2.mul(s, s)
  const z2 = f64x2.mul(z, z)
  const z4 = f64x2.mul(z2, z2)
  const a = f64x2.add(pair(LOG64, z), f64x2.mul(pair(LOG64 + 16, z), z2))
  const b = f64x2.add(pair(LOG64 + 32, z), f64x2.mul(pair(LOG64 + 48, z), z2))
  const c = f64x2.add(pair(LOG64 + 64, z), f64x2.mul(pair(LOG64 + 80, z), z2))
  const d = f64x2.add(pair(LOG64 + 96, z), f64x2.mul(pair(LOG64 + 112, z), z2))
  const r = f64x2.add(f64x2.add(a, f64x2.mul(b, z4)), f64x2.mul(f64x2.add(c, f64x2.mul(d, z4)), f64x2.mul(z4, z4)))
  return f64x2.sub(f, f64x2.mul(s, f64x2.sub(f, f64x2.mul(r, z))))
}
