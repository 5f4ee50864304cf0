import { LOG64, SHORT64 } from './constants'
import { pair } from './exp'
import { madd, madd64, nmadd64, select64 } from './simd'

/** log(1 + e) / e - 3/4 of four float32 lanes of e in [0, 1]; the coefficients are of LOG32. */
@inline
export function logTail32(
  e: v128, c0: v128, c1: v128, c2: v128, c3: v128, c4: v128, c5: v128, c6: v128, c7: v128, c8: v128, c9: v128,
): v128 {
  const q = f32x4.mul(e, e)
  const high = madd(madd(madd(c9, e, c8), q, madd(c7, e, c6)), q, madd(c5, e, c4))
  return madd(madd(high, q, madd(c3, e, c2)), q, madd(c1, e, c0))
}

/** log(1 + q) of two float64 lanes of q in [0, 2^1000] within 8e-10; NaN stays. */
@inline
export function log1p64short(q: v128): v128 {
  // 1 + q = 2^k (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)); where k = 0, f is q itself, so that a small q keeps its digits
  const one = v128.load64_splat(SHORT64, 48)
  const u = f64x2.add(q, one)
  const k = i64x2.shr_u(i64x2.sub(u, v128.load64_splat(SHORT64, 96)), 52)
  const m = i64x2.sub(u, i64x2.shl(k, 52))
  const f = select64(f64x2.sub(m, one), q, f64x2.ge(u, v128.load64_splat(SHORT64, 104)))
  const s = f64x2.div(f, f64x2.add(f, v128.load64_splat(SHORT64, 88)))
  const z = f64x2.mul(s, s)
  const p = madd64(madd64(v128.load64_splat(SHORT64, 64), z, v128.load64_splat(SHORT64, 72)), z, v128.load64_splat(SHORT64, 80))
  const tail = madd64(f64x2.mul(z, s), p, f64x2.add(s, s))
  // k itself, by way of the bits of 2^52 + k
  const magic = v128.load64_splat(SHORT64, 112)
  return madd64(f64x2.sub(v128.or(k, magic), magic), v128.load64_splat(SHORT64, 56), tail)
}

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

/** log(1 + f) of two float64 lanes of f from sqrt(1/2) - 1 to 1, to the last bit or nearly. */
@inline
export function log1p64x2(f: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f, v128.load64_splat(SHORT64 + 88)))
  const z = f64x2.mul(s, s)
  const z2 = f64x2.mul(z, z)
  const z4 = f64x2.mul(z2, z2)
  const a = madd64(pair(LOG64 + 16, z), z2, pair(LOG64, z))
  const b = madd64(pair(LOG64 + 48, z), z2, pair(LOG64 + 32, z))
  const c = madd64(pair(LOG64 + 80, z), z2, pair(LOG64 + 64, z))
  const d = madd64(pair(LOG64 + 112, z), z2, pair(LOG64 + 96, z))
  const r = madd64(madd64(d, z4, c), f64x2.mul(z4, z4), madd64(b, z4, a))
  return nmadd64(s, nmadd64(r, z, f), f)
}
