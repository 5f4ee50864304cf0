import { load2, store2, sum2 } from './lanes'
import { log1p } from './log1p'
import { maximum, odds, statistics, total } from './statistics'

/**
 * Softmax or log-softmax of rows and their pull-backs. Results with a pointer of 0 are not wanted; upstream is a
 * float64 for each element and is read for the gradient only.
 */
export function probabilities32(x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool): void {
  probabilities<f32>(x, upstream, value, gradient, rows, classes, log)
}

export function probabilities64(x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool): void {
  probabilities<f64>(x, upstream, value, gradient, rows, classes, log)
}

function probabilities<T>(
  x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool,
): void {
  const rowBytes = <usize>classes * sizeof<T>()
  for (let row = 0; row < rows; row++) {
    // the exponentials go where the last pass over them stores
    statistics<T>(x, classes, gradient ? gradient : log ? 0 : value)
    if (gradient) {
      pullBack<T>(upstream, gradient, log ? 0 : value, classes, log)
      gradient += rowBytes
      upstream += <usize>classes << 3
    } else if (!log) {
      divide<T>(value, classes)
    }
    if (value) {
      if (log) logProbabilities<T>(x, value, classes)
      value += rowBytes
    }
    x += rowBytes
  }
}

function divide<T>(e: usize, classes: i32): void {
  const sum = f64x2.splat(total)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>()) store2<T>(e, f64x2.div(load2<T>(e), sum))
  if (classes & 1) store<T>(e, <T>(<f64>load<T>(e) / total))
}

function logProbabilities<T>(x: usize, out: usize, classes: i32): void {
  const logSum = log1p(odds)
  const top = f64x2.splat(maximum)
  const l = f64x2.splat(logSum)
  const end = out + <usize>(classes & ~1) * sizeof<T>()
  for (; out < end; out += 2 * sizeof<T>(), x += 2 * sizeof<T>()) {
    store2<T>(out, f64x2.sub(f64x2.sub(load2<T>(x), top), l))
  }
  if (classes & 1) store<T>(out, <T>(<f64>load<T>(x) - maximum - logSum))
}

/** p (u - sum p u), or u - p sum u for the logarithm, in place of the exponentials; p itself at `value` unless that is 0. */
function pullBack<T>(upstream: usize, e: usize, value: usize, classes: i32, log: bool): void {
  const sum = log ? sumUpstream(upstream, classes) : dotUpstream<T>(upstream, e, classes) / total
  const all = f64x2.splat(total)
  const s = f64x2.splat(sum)
  const pairs = <usize>(classes & ~1)
  const end = e + pairs * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>(), upstream += 16) {
    const u = v128.load(upstream)
    const p = f64x2.div(load2<T>(e), all)
    store2<T>(e, log ? f64x2.sub(u, f64x2.mul(p, s)) : f64x2.mul(p, f64x2.sub(u, s)))
    if (value) {
      store2<T>(value, p)
      value += 2 * sizeof<T>()
    }
  }
  if (classes & 1) {
    const u = load<f64>(upstream)
    const p = <f64>load<T>(e) / total
    store<T>(e, <T>(log ? u - p * sum : p * (u - sum)))
    if (value) store<T>(value, <T>p)
  }
}

function sumUpstream(upstream: usize, classes: i32): f64 {
  let sum = f64x2.splat(0)
  const end = upstream + (<usize>(classes & ~1) << 3)
  for (; upstream < end; upstream += 16) sum = f64x2.add(sum, v128.load(upstream))
  return sum2(sum) + (classes & 1 ? load<f64>(upstream) : 0)
}

function dotUpstream<T>(upstream: usize, e: usize, classes: i32): f64 {
  let sum = f64x2.splat(0)
  const end = upstream + (<usize>(classes & ~1) << 3)
  for (; upstream < end; upstream += 16, e += 2 * sizeof<T>()) {
    sum = f64x2.add(sum, f64x2.mul(v128.load(upstream), load2<T>(e)))
  }
  return sum2(sum) + (classes & 1 ? load<f64>(upstream) * <f64>load<T>(e) : 0)
}
