import { EXP32, LOG32 } from './constants'
import { expm1Of, exponent32 } from './exp'
import { logTail32 } from './log'
import { madd, nmadd, storeLanes } from './simd'

/** Bits of -69, and of -0. */
const FAR: i32 = <i32>0xc28a0000
const SIGN: i32 = <i32>0x80000000

/**
 * The losses of float32 rows of two classes, four at a time: log(1 + e^d), where d is the other logit less the label's. That
 * is max(d, 0) + log(1 + e), and e = e^-|d| = s + k, s a power of two. Returns whether all rows are near: of the others, see
 * isNear, the losses are not right. `parts` has 16 bytes for each row.
 */
export function lossesOfTwo(x: usize, labels: usize, value: usize, count: i32, parts: usize): bool {
  const areNear = exponentialsOfTwo(x, labels, count, parts)
  logsOfTwo(parts, count, value)
  return areNear
}

/** Whether |d| of a row is at most 69, beyond which k might be subnormal, and its label a class. */
export function isNear(x: usize, label: i32): bool {
  return <u32>label < 2 && Math.abs(<f64>(load<f32>(x, 4) - load<f32>(x))) <= 69
}

/** Stores s, k, max(d, 0), and what that loses. */
function exponentialsOfTwo(x: usize, labels: usize, count: i32, to: usize): bool {
  const log2e = v128.load32_splat(EXP32, 0)
  const magic = v128.load32_splat(EXP32, 4)
  const high = v128.load32_splat(EXP32, 8)
  const low = v128.load32_splat(EXP32, 12)
  const c6 = v128.load32_splat(EXP32, 16)
  const c5 = v128.load32_splat(EXP32, 20)
  const c4 = v128.load32_splat(EXP32, 24)
  const c3 = v128.load32_splat(EXP32, 28)
  const c2 = v128.load32_splat(EXP32, 32)
  const one = v128.load32_splat(EXP32, 36)
  const sign = i32x4.splat(SIGN)
  let farthest = sign
  let unknown = i32x4.splat(0)
  for (const end = labels + (<usize>count << 2); labels < end; to += 64, x += 32, labels += 16) {
    const u = v128.load(x)
    const v = v128.load(x, 16)
    const a = v128.shuffle<f32>(u, v, 0, 2, 4, 6)
    const b = v128.shuffle<f32>(u, v, 1, 3, 5, 7)
    const label = v128.load(labels)
    unknown = v128.or(unknown, label)
    const side = i32x4.shl(label, 31)
    const difference = f32x4.sub(b, a)
    const subtrahend = f32x4.sub(difference, b)
    const lost = f32x4.sub(f32x4.sub(b, f32x4.sub(difference, subtrahend)), f32x4.add(a, subtrahend))
    const d = v128.xor(difference, side)
    const rest = v128.xor(lost, side)
    const negative = v128.or(d, sign)
    farthest = i32x4.max_s(farthest, negative)
    const isPositive = i32x4.gt_s(d, negative)
    v128.store(to, v128.and(d, isPositive), 32)
    v128.store(to, v128.and(rest, isPositive), 48)
    const n = exponent32(negative, log2e, magic)
    const m = f32x4.sub(n, magic)
    const t = f32x4.add(nmadd(m, low, nmadd(m, high, negative)), v128.xor(rest, v128.and(isPositive, sign)))
    const s = i32x4.add(i32x4.shl(n, 23), one)
    v128.store(to, s)
    v128.store(to, f32x4.mul(s, expm1Of(t, c6, c5, c4, c3, c2)), 16)
  }
  return !v128.any_true(v128.or(i32x4.shr_u(unknown, 1), i32x4.gt_u(farthest, i32x4.splat(FAR))))
}

/** log(1 + e) = 3/4 s + fine, where the first has few digits and the second is small; and what is added to it. */
function logsOfTwo(parts: usize, count: i32, to: usize): void {
  const c0 = v128.load32_splat(LOG32, 0)
  const c1 = v128.load32_splat(LOG32, 4)
  const c2 = v128.load32_splat(LOG32, 8)
  const c3 = v128.load32_splat(LOG32, 12)
  const c4 = v128.load32_splat(LOG32, 16)
  const c5 = v128.load32_splat(LOG32, 20)
  const c6 = v128.load32_splat(LOG32, 24)
  const c7 = v128.load32_splat(LOG32, 28)
  const c8 = v128.load32_splat(LOG32, 32)
  const c9 = v128.load32_splat(LOG32, 36)
  const threeQuarters = v128.load32_splat(LOG32, 40)
  for (const end = to + (<usize>count << 2); to < end; parts += 64, to += 16) {
    const s = v128.load(parts)
    const k = v128.load(parts, 16)
    const e = f32x4.add(s, k)
    const p = logTail32(e, c0, c1, c2, c3, c4, c5, c6, c7, c8, c9)
    const fine = f32x4.add(madd(threeQuarters, k, f32x4.mul(e, p)), v128.load(parts, 48))
    const coarse = f32x4.mul(threeQuarters, s)
    const gap = v128.load(parts, 32)
    const sum = f32x4.add(gap, coarse)
    const loss = f32x4.add(sum, f32x4.add(f32x4.add(gap, f32x4.sub(coarse, sum)), fine))
    storeLanes(to, loss, <i32>min<usize>((end - to) >> 2, 4))
  }
}
