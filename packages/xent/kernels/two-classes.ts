import { expOfNegative } from './exp'
import { log1p64x2 } from './log'
import { storePair } from './simd'

/**
 * Cross-entropy of float64 rows of two classes against labels, which is a sigmoid of t, the labelled logit less the other:
 * the loss is softplus(-t) and the gradient -u sigmoid(-t) and u sigmoid(-t). Two rows at a time.
 */
export function twoClasses64(x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32): void {
  const rowBytes = 2 * 8
  const zero = f64x2.splat(0)
  const one = f64x2.splat(1)
  for (let row = 0; row < rows; row += 2) {
    const isPair = row + 1 < rows
    // an odd row out is computed beside itself
    const next = isPair ? row + 1 : row
    const a = v128.load(x + <usize>row * rowBytes)
    const b = v128.load(x + <usize>next * rowBytes)
    const first = v128.shuffle<f64>(a, b, 0, 2)
    const second = v128.shuffle<f64>(a, b, 1, 3)
    const sign = f64x2.replace_lane(
      f64x2.splat(signOf(load<i32>(labels + (<usize>row << 2)))), 1, signOf(load<i32>(labels + (<usize>next << 2))),
    )
    const difference = f64x2.sub(first, second)
    // NaN where the maximum is infinite
    const defined = f64x2.mul(f64x2.max(first, second), zero)
    const t = f64x2.mul(sign, f64x2.add(difference, defined))
    const growth = v128.xor(lostBy(first, second, difference), v128.and(difference, f64x2.splat(-0.0)))
    const far = expOfNegative(f64x2.abs(t))
    const e = f64x2.sub(far, f64x2.mul(far, growth))
    if (value) {
      const loss = f64x2.add(f64x2.max(f64x2.neg(t), zero), log1p64x2(e))
      storePair<f64>(value + <usize>row * 8, isPair, loss)
    }
    if (gradient) {
      const near = f64x2.div(one, f64x2.add(one, e))
      const miss = v128.bitselect(f64x2.mul(e, near), near, f64x2.ge(t, zero))
      const u = v128.load64_lane(upstream + (<usize>next << 3), v128.load64_splat(upstream + (<usize>row << 3)), 1)
      const slope = f64x2.mul(f64x2.mul(sign, u), miss)
      const opposite = f64x2.neg(slope)
      v128.store(gradient + <usize>row * rowBytes, v128.shuffle<f64>(opposite, slope, 0, 2))
      if (isPair) v128.store(gradient + <usize>next * rowBytes, v128.shuffle<f64>(opposite, slope, 1, 3))
    }
  }
}

/** What a - b rounds away, which an exponential far from 0 would notice; 0 where the difference is infinite. */
@inline
function lostBy(a: v128, b: v128, difference: v128): v128 {
  const subtrahend = f64x2.sub(a, difference)
  const lost = f64x2.add(f64x2.sub(a, f64x2.add(difference, subtrahend)), f64x2.sub(subtrahend, b))
  return v128.and(lost, f64x2.lt(f64x2.abs(difference), f64x2.splat(Infinity)))
}

/** 1 for the first class, -1 for the second, NaN for a label that is neither. */
@inline
function signOf(label: i32): f64 {
  return label == 0 ? 1 : label == 1 ? -1 : NaN
}
