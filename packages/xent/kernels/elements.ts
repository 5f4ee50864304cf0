import { expOfNegative } from './exp'
import { load2, product2, storePair } from './lanes'
import { log1p64x2 } from './log1p'

/**
 * Sigmoid cross-entropy of `size` elements with labels z and weights w (1 where the pointer is 0). Results with a
 * pointer of 0 are not wanted; upstream is a float64 for each element.
 */
export function elements32(
  x: usize, z: usize, w: usize, upstream: usize, size: i32, value: usize, logits: usize, labels: usize, posWeight: usize,
): void {
  elements<f32>(x, z, w, upstream, size, value, logits, labels, posWeight)
}

export function elements64(
  x: usize, z: usize, w: usize, upstream: usize, size: i32, value: usize, logits: usize, labels: usize, posWeight: usize,
): void {
  elements<f64>(x, z, w, upstream, size, value, logits, labels, posWeight)
}

function elements<T>(
  x: usize, z: usize, w: usize, upstream: usize, size: i32, value: usize, logits: usize, labels: usize, posWeight: usize,
): void {
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  const end = <usize>size * sizeof<T>()
  for (let at: usize = 0; at < end; at += 2 * sizeof<T>()) {
    const logit = load2<T>(x + at)
    const label = load2<T>(z + at)
    const weight = w ? load2<T>(w + at) : one
    const pair = at + sizeof<T>() < end
    const u = v128.load(upstream + at / sizeof<T>() * 8)

    const e = expOfNegative(f64x2.abs(logit))
    const tail = log1p64x2(e)
    const near = f64x2.div(one, f64x2.add(one, e))
    const far = f64x2.mul(e, near)
    const isPositive = f64x2.ge(logit, zero)
    const sigmoid = v128.bitselect(near, far, isPositive)
    const complement = v128.bitselect(far, near, isPositive)
    const above = f64x2.max(logit, zero)
    const below = f64x2.max(f64x2.neg(logit), zero)
    const absent = f64x2.sub(one, label)
    const present = f64x2.mul(weight, label)

    if (value) {
      storePair<T>(value + at, pair, f64x2.add(product2(absent, f64x2.add(above, tail)), product2(present, f64x2.add(below, tail))))
    }
    if (logits) {
      storePair<T>(logits + at, pair, f64x2.mul(u, f64x2.sub(f64x2.mul(absent, sigmoid), f64x2.mul(present, complement))))
    }
    if (labels) {
      const excess = f64x2.mul(f64x2.sub(weight, one), tail)
      storePair<T>(labels + at, pair, f64x2.mul(u, f64x2.add(excess, f64x2.sub(product2(weight, below), above))))
    }
    if (posWeight) storePair<T>(posWeight + at, pair, f64x2.mul(u, product2(label, f64x2.add(below, tail))))
  }
}
