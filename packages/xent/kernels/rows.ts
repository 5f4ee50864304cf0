import { BLOCK, load2, product, product2, store2, sum2, sumRange } from './lanes'
import { log1p } from './log1p'
import { argmax, maximum, odds, others, own, statistics, total } from './statistics'
import { twoClasses } from './two-classes'

/** Cross-entropy of rows against labels. Results with a pointer of 0 are not wanted; upstream is a float64 for each row. */
export function sparse32(x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32): void {
  sparse<f32>(x, labels, upstream, value, gradient, rows, classes)
}

export function sparse64(x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32): void {
  sparse<f64>(x, labels, upstream, value, gradient, rows, classes)
}

function sparse<T>(x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32): void {
  if (classes == 2) return twoClasses<T>(x, labels, upstream, value, gradient, rows)
  const rowBytes = <usize>classes * sizeof<T>()
  for (let row = 0; row < rows; row++) {
    const label = load<i32>(labels + (<usize>row << 2))
    const known = <u32>label < <u32>classes
    statistics<T>(x, classes, gradient)
    if (value) {
      const logit = known ? <f64>load<T>(x + <usize>label * sizeof<T>()) : NaN
      store<T>(value + <usize>row * sizeof<T>(), <T>(log1p(odds) + (maximum - logit)))
    }
    if (gradient) {
      const u = known ? load<f64>(upstream + (<usize>row << 3)) : NaN
      const at = known ? label : 0
      const target = gradient + <usize>at * sizeof<T>()
      const rest = at == argmax ? others : total - <f64>load<T>(target)
      scale<T>(gradient, classes, u / total)
      store<T>(target, <T>(-u * (rest / total)))
      gradient += rowBytes
    }
    x += rowBytes
  }
}

function scale<T>(pointer: usize, classes: i32, factor: f64): void {
  const f = f64x2.splat(factor)
  const end = pointer + <usize>(classes & ~1) * sizeof<T>()
  for (; pointer < end; pointer += 2 * sizeof<T>()) store2<T>(pointer, f64x2.mul(load2<T>(pointer), f))
  if (classes & 1) store<T>(pointer, <T>(<f64>load<T>(pointer) * factor))
}

/** Cross-entropy of rows against distributions t; `normalized` takes each of them to sum to 1 in the gradient. */
export function dense32(
  x: usize, t: usize, upstream: usize, value: usize, logits: usize, labels: usize, rows: i32, classes: i32, normalized: bool,
): void {
  dense<f32>(x, t, upstream, value, logits, labels, rows, classes, normalized)
}

export function dense64(
  x: usize, t: usize, upstream: usize, value: usize, logits: usize, labels: usize, rows: i32, classes: i32, normalized: bool,
): void {
  dense<f64>(x, t, upstream, value, logits, labels, rows, classes, normalized)
}

function dense<T>(
  x: usize, t: usize, upstream: usize, value: usize, logits: usize, labels: usize, rows: i32, classes: i32, normalized: bool,
): void {
  const rowBytes = <usize>classes * sizeof<T>()
  for (let row = 0; row < rows; row++) {
    const u = load<f64>(upstream + (<usize>row << 3))
    statistics<T>(x, classes, logits)
    const logSum = log1p(odds)
    if (value) store<T>(value + <usize>row * sizeof<T>(), <T>expectedSurprise<T>(x, t, classes, logSum))
    if (logits) {
      logitsGradient<T>(t, logits, classes, u, normalized)
      logits += rowBytes
    }
    if (labels) {
      labelsGradient<T>(x, labels, classes, u, logSum)
      labels += rowBytes
    }
    x += rowBytes
    t += rowBytes
  }
}

/** The sum of t_j (logSum + maximum - x_j), in blocks. */
function expectedSurprise<T>(x: usize, t: usize, classes: i32, logSum: f64): f64 {
  const top = f64x2.splat(maximum)
  const end = t + <usize>(classes & ~1) * sizeof<T>()
  let labels: f64 = 0
  let gaps: f64 = 0
  while (t < end) {
    const block = min(t + BLOCK * sizeof<T>(), end)
    let sum = f64x2.splat(0)
    let gap = sum
    for (; t < block; t += 2 * sizeof<T>(), x += 2 * sizeof<T>()) {
      const label = load2<T>(t)
      sum = f64x2.add(sum, label)
      gap = f64x2.add(gap, product2(label, f64x2.sub(top, load2<T>(x))))
    }
    labels += sum2(sum)
    gaps += sum2(gap)
  }
  if (classes & 1) {
    const label = <f64>load<T>(t)
    labels += label
    gaps += product(label, maximum - <f64>load<T>(x))
  }
  return labels * logSum + gaps
}

/** u (whole p_j - t_j) in place of the exponentials, where whole is the sum of t or, if normalized, 1. */
function logitsGradient<T>(t: usize, e: usize, classes: i32, u: f64, normalized: bool): void {
  const top = <usize>argmax * sizeof<T>()
  const label = <f64>load<T>(t + top)
  const rest = normalized ? 1 - label : sumRange<T>(t, 0, argmax) + sumRange<T>(t, argmax + 1, classes)
  // at the most likely class whole p - t may cancel; the odds against it do not
  const certain = u * (rest * (own / total) - label * (others / total))
  const at = e + top
  const factor = u * (normalized ? 1 : rest + label) / total
  const f = f64x2.splat(factor)
  const g = f64x2.splat(u)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>(), t += 2 * sizeof<T>()) {
    store2<T>(e, f64x2.sub(f64x2.mul(load2<T>(e), f), f64x2.mul(load2<T>(t), g)))
  }
  if (classes & 1) store<T>(e, <T>(<f64>load<T>(e) * factor - <f64>load<T>(t) * u))
  store<T>(at, <T>certain)
}

/** u (logSum + max - x_j) */
function labelsGradient<T>(x: usize, out: usize, classes: i32, u: f64, logSum: f64): void {
  const top = f64x2.splat(maximum)
  const l = f64x2.splat(logSum)
  const f = f64x2.splat(u)
  const end = out + <usize>(classes & ~1) * sizeof<T>()
  for (; out < end; out += 2 * sizeof<T>(), x += 2 * sizeof<T>()) {
    store2<T>(out, f64x2.mul(f, f64x2.add(l, f64x2.sub(top, load2<T>(x)))))
  }
  if (classes & 1) store<T>(out, <T>(u * (logSum + (maximum - <f64>load<T>(x)))))
}
