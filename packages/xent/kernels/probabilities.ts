import {
  AREA, blockRows, FEW, logSumOf, scaleFewTo, settleMostLikely, sumFew, sumMany, SUMS, takeMostLikely,
} from './row-block'
import { BLOCK, sumRange } from './sum-range'
import { log1p } from './log'
import { isScalable, scaleRow, scaleTo } from './scale'
import { load2, store2, storeLanes, sum2 } from './simd'
import { argmax, maximum, odds, others, own, statistics, total } from './statistics'

export { SCRATCH_BYTES } from './row-block'

/**
 * Softmax or log-softmax of rows and their pull-backs. Results with a pointer of 0 are not wanted; upstream is a
 * float64 for each element and is read for the gradient only. The scratch area has SCRATCH_BYTES.
 */
export function probabilities32(
  scratch: usize, x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool,
): void {
  if (!gradient && !log) softmax(x, value, rows, classes, scratch)
  else if (gradient || classes > FEW) probabilities<f32>(x, upstream, value, gradient, rows, classes, log, scratch + AREA)
  else logSoftmaxOfFew(x, value, rows, classes, scratch)
}

export function probabilities64(
  scratch: usize, x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool,
): void {
  probabilities<f64>(x, upstream, value, gradient, rows, classes, log, scratch)
}

@inline
function probabilities<T>(
  x: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, log: bool, area: usize,
): void {
  const rowBytes = <usize>classes * sizeof<T>()
  for (let row = 0; row < rows; row++) {
    // the exponentials go where the last pass over them stores
    statistics<T>(x, classes, gradient ? gradient : log ? 0 : value, area)
    if (gradient) {
      if (log) logPullBack<T>(upstream, gradient, classes)
      else softmaxPullBack<T>(upstream, gradient, value, classes)
      gradient += rowBytes
      upstream += <usize>classes << 3
    } else if (!log) {
      if (sizeof<T>() == 4) scaleRow(value, classes, 1 / total)
      else divide<T>(value, classes)
    }
    if (value) {
      if (log) {
        if (sizeof<T>() == 4) logProbabilities32(x, value, classes, log1p(odds))
        else logProbabilities<T>(x, value, classes)
      }
      value += rowBytes
    }
    x += rowBytes
  }
}

function softmax(x: usize, value: usize, rows: i32, classes: i32, scratch: usize): void {
  const rowBytes = <usize>classes << 2
  const isFew = classes <= FEW
  const most = blockRows(classes, true)
  for (let row = 0; row < rows; row += most) {
    const count = min(most, rows - row)
    if (isFew) sumFew(x, 0, true, true, count, classes, scratch)
    else sumMany(x, 0, value, count, classes, scratch)
    for (let k = 0; k < count; k++, x += rowBytes, value += rowBytes) {
      const factor = 1 / load<f64>(scratch + (<usize>k << 3), SUMS)
      if (!isScalable(factor)) probabilities<f32>(x, 0, value, 0, 1, classes, false, scratch + AREA)
      else if (isFew) scaleFewTo(value, k, classes, factor, row + k + 1 == rows, scratch)
      // in place nothing of the next row may be written to
      else scaleTo(value, value, classes, factor, true)
    }
  }
}

function logSoftmaxOfFew(x: usize, value: usize, rows: i32, classes: i32, scratch: usize): void {
  const rowBytes = <usize>classes << 2
  const most = blockRows(classes, true)
  for (let row = 0; row < rows; row += most) {
    const count = min(most, rows - row)
    settleMostLikely(x, false, count, classes, scratch)
    for (let k = 0; k < count; k++, x += rowBytes, value += rowBytes) {
      if (takeMostLikely(scratch, k)) logProbabilities32(x, value, classes, logSumOf(scratch, k))
      else probabilities<f32>(x, 0, value, 0, 1, classes, true, scratch + AREA)
    }
  }
}

function divide<T>(e: usize, classes: i32): void {
  const sum = f64x2.splat(total)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>()) store2<T>(e, f64x2.div(load2<T>(e), sum))
  if (classes & 1) store<T>(e, <T>(<f64>load<T>(e) / total))
}

/** (x - offset) less what float32 loses of the offset, which is the maximum plus the logarithm of the sum. */
function logProbabilities32(x: usize, out: usize, classes: i32, logSum: f64): void {
  const offset = <f32>(maximum + logSum)
  const base = f32x4.splat(offset)
  // the logarithm may be far smaller than the maximum's last digit
  const rest = f32x4.splat(<f32>(maximum - <f64>offset + logSum))
  const end = out + (<usize>classes << 2)
  for (; out < end; out += 16, x += 16) {
    storeLanes(out, f32x4.sub(f32x4.sub(v128.load(x), base), rest), <i32>min<usize>((end - out) >> 2, 4))
  }
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

/**
 * p (u - sum p u) in place of the exponentials; p itself at `value` unless that is 0. Counted from u of the most likely
 * class, whose term then is 0: where that class is nearly certain, the mean keeps the digits that tell it from u.
 */
function softmaxPullBack<T>(upstream: usize, e: usize, value: usize, classes: i32): void {
  const origin = f64x2.splat(load<f64>(upstream + (<usize>argmax << 3)))
  const all = f64x2.splat(total)
  const mean = f64x2.splat(sumFrom<T>(upstream, e, classes, origin) / total)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>(), upstream += 16) {
    const p = f64x2.div(load2<T>(e), all)
    store2<T>(e, f64x2.mul(p, f64x2.sub(f64x2.sub(v128.load(upstream), origin), mean)))
    if (value) {
      store2<T>(value, p)
      value += 2 * sizeof<T>()
    }
  }
  if (classes & 1) {
    const p = <f64>load<T>(e) / total
    store<T>(e, <T>(p * (load<f64>(upstream) - f64x2.extract_lane(origin, 0) - f64x2.extract_lane(mean, 0))))
    if (value) store<T>(value, <T>p)
  }
}

/** The sum of e (u - origin), in blocks. */
function sumFrom<T>(upstream: usize, e: usize, classes: i32, origin: v128): f64 {
  let total: f64 = 0
  const end = upstream + (<usize>(classes & ~1) << 3)
  while (upstream < end) {
    const block = min(upstream + (BLOCK << 3), end)
    let sum = f64x2.splat(0)
    for (; upstream < block; upstream += 16, e += 2 * sizeof<T>()) {
      sum = f64x2.add(sum, f64x2.mul(f64x2.sub(v128.load(upstream), origin), load2<T>(e)))
    }
    total += sum2(sum)
  }
  return total + (classes & 1 ? (load<f64>(upstream) - f64x2.extract_lane(origin, 0)) * <f64>load<T>(e) : 0)
}

/** u - p sum u in place of the exponentials. */
function logPullBack<T>(upstream: usize, e: usize, classes: i32): void {
  const rest = sumRange<f64>(upstream, 0, argmax) + sumRange<f64>(upstream, argmax + 1, classes)
  const top = load<f64>(upstream + (<usize>argmax << 3))
  // at the most likely class u - p sum u may cancel; the odds against it do not
  const certain = top * (others / total) - rest * (own / total)
  const at = e + <usize>argmax * sizeof<T>()
  const factor = (rest + top) / total
  const f = f64x2.splat(factor)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>(), upstream += 16) {
    store2<T>(e, f64x2.sub(v128.load(upstream), f64x2.mul(load2<T>(e), f)))
  }
  if (classes & 1) store<T>(e, <T>(load<f64>(upstream) - <f64>load<T>(e) * factor))
  store<T>(at, <T>certain)
}
