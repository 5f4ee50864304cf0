import { SHORT64 } from './constants'
import { log1p } from './log'
import { FACTORS, INVERSES, isClass, ODDS, OWN, SUMS } from './row-block'
import { LEAST, MOST, scaleExactly } from './scale'
import { argmax, maximum, odds, others, own, statistics, total } from './statistics'

// What the sparse loss needs whether a row's classes are side by side or not.

/** One row of any kind. */
export function sparseRow<T>(
  x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, classes: i32, area: usize,
): void {
  const label = load<i32>(labels)
  const isKnown = isClass(label, classes)
  statistics<T>(x, classes, gradient, area)
  if (value) {
    const logit = isKnown ? <f64>load<T>(x + <usize>label * sizeof<T>()) : NaN
    store<T>(value, <T>(log1p(odds) + (maximum - logit)))
  }
  if (gradient) {
    const u = isKnown ? load<f64>(upstream) : NaN
    const at = isKnown ? label : 0
    const target = gradient + <usize>at * sizeof<T>()
    const rest = at == argmax ? others : total - <f64>load<T>(target)
    scaleExactly<T>(gradient, classes, u / total)
    store<T>(gradient + <usize>argmax * sizeof<T>(), <T>(u * (own / total)))
    store<T>(target, <T>(-u * (rest / total)))
  }
}

/** Of the gradient, which is e * u / (others + own), but -u q / (1 + q) at the label, what is the same for a row. */
export function settleFactors(scratch: usize, upstream: usize, count: i32): bool {
  const one = v128.load64_splat(SHORT64, 48)
  const least = f64x2.splat(LEAST)
  const most = f64x2.splat(MOST)
  const zero = f64x2.splat(0)
  const end = scratch + (<usize>count << 3)
  let isComplete = true
  for (let at = scratch, own = scratch + OWN; at < end; at += 16, own += 8, upstream += 16) {
    const q = v128.load(at, ODDS)
    const u = f64x2.div(v128.load(upstream), f64x2.add(one, q))
    const factor = f64x2.mul(u, v128.load(at, INVERSES))
    v128.store(at, factor, FACTORS)
    v128.store64_lane(own, f32x4.demote_f64x2_zero(f64x2.neg(f64x2.mul(u, q))), 0)
    const size = f64x2.abs(factor)
    const isExtreme = v128.andnot(v128.or(f64x2.lt(size, least), f64x2.gt(size, most)), f64x2.eq(size, zero))
    if (v128.any_true(isExtreme)) {
      v128.store(at, v128.or(v128.load(at, SUMS), isExtreme), SUMS)
      isComplete = false
    }
  }
  return isComplete
}
