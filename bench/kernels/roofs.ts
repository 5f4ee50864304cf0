/**
 * What this machine can do with 128-bit vectors, as far as a loop of our own shows: to read, to copy, to exponentiate.
 * Ranges are of bytes and a multiple of 64 long.
 */

/** log2 e, 1.5 * 2^23 (whose sum with a small number rounds it), ln 2, and 1/k! from k = 5 down to 1. */
const EXP: usize = memory.data<f32>([
  1.4426950408889634, 12582912.0, 0.6931471805599453,
  0.008333333333333333, 0.041666666666666664, 0.16666666666666666, 0.5, 1.0,
])

/** The largest element, by way of which every byte is read. */
export function read(at: usize, end: usize): f32 {
  let a = v128.load(at)
  let b = a
  let c = a
  let d = a
  for (; at < end; at += 64) {
    a = f32x4.pmax(a, v128.load(at))
    b = f32x4.pmax(b, v128.load(at, 16))
    c = f32x4.pmax(c, v128.load(at, 32))
    d = f32x4.pmax(d, v128.load(at, 48))
  }
  const m = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  return max(
    max(f32x4.extract_lane(m, 0), f32x4.extract_lane(m, 1)),
    max(f32x4.extract_lane(m, 2), f32x4.extract_lane(m, 3)),
  )
}

export function copy(at: usize, end: usize, to: usize): void {
  for (; at < end; at += 64, to += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    v128.store(to, a)
    v128.store(to, b, 16)
    v128.store(to, c, 32)
    v128.store(to, d, 48)
  }
}

/**
 * The sum of the exponentials: a polynomial of degree 5, one step of reduction, and no check of any kind. The constants
 * are loaded here once, for newer V8 builds immediate vectors anew at every use.
 */
export function exp(at: usize, end: usize): f32 {
  const log2e = v128.load32_splat(EXP, 0)
  const magic = v128.load32_splat(EXP, 4)
  const ln2 = v128.load32_splat(EXP, 8)
  const c5 = v128.load32_splat(EXP, 12)
  const c4 = v128.load32_splat(EXP, 16)
  const c3 = v128.load32_splat(EXP, 20)
  const c2 = v128.load32_splat(EXP, 24)
  const one = v128.load32_splat(EXP, 28)
  let a = f32x4.splat(0)
  let b = a
  for (; at < end; at += 32) {
    a = f32x4.add(a, exp4(v128.load(at), log2e, magic, ln2, c5, c4, c3, c2, one))
    b = f32x4.add(b, exp4(v128.load(at, 16), log2e, magic, ln2, c5, c4, c3, c2, one))
  }
  const s = f32x4.add(a, b)
  return (
    f32x4.extract_lane(s, 0) + f32x4.extract_lane(s, 1) + (f32x4.extract_lane(s, 2) + f32x4.extract_lane(s, 3))
  )
}

@inline
function exp4(
  x: v128, log2e: v128, magic: v128, ln2: v128, c5: v128, c4: v128, c3: v128, c2: v128, one: v128,
): v128 {
  const n = madd(x, log2e, magic)
  const t = nmadd(f32x4.sub(n, magic), ln2, x)
  let p = madd(c5, t, c4)
  p = madd(p, t, c3)
  p = madd(p, t, c2)
  p = madd(p, t, one)
  p = madd(p, t, one)
  return i32x4.add(p, i32x4.shl(n, 23))
}

@inline
function madd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c)
  return f32x4.add(f32x4.mul(a, b), c)
}

@inline
function nmadd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, c)
  return f32x4.sub(c, f32x4.mul(a, b))
}
