import { AREA, blockRows, EXPONENTIALS, FEW, logSumOf, settleMostLikely, takeMostLikely } from './row-block'
import { BLOCK, sumRange } from './sum-range'
import { LANES32 } from './constants'
import { log1p } from './log'
import { isScalable } from './scale'
import { load2, madd, nmadd, product, product2, store2, storeLanes, sum2, sum4, widen } from './simd'
import { argmax, maximum, odds, others, own, statistics, total } from './statistics'

export { SCRATCH_BYTES } from './row-block'

/** The loss of at most so many classes may hang on one product alone, so it is computed in float64. */
const EXACT: i32 = 64

/**
 * Cross-entropy of rows against distributions t; `normalized` takes each of them to sum to 1 in the gradient. Results
 * with a pointer of 0 are not wanted; upstream is a float64 for each row. The scratch area has SCRATCH_BYTES.
 */
export function dense32(
  scratch: usize, x: usize, t: usize, upstream: usize, value: usize, logits: usize, labels: usize, rows: i32, classes: i32,
  normalized: bool,
): void {
  const rowBytes = <usize>classes << 2
  const isFew = classes <= FEW
  const most = isFew ? blockRows(classes, true) : 1
  for (let row = 0; row < rows; row += most) {
    const count = min(most, rows - row)
    if (isFew) settleMostLikely(x, logits != 0, count, classes, scratch)
    for (let k = 0; k < count; k++) {
      const u = load<f64>(upstream + (<usize>(row + k) << 3))
      let e = logits
      let logSum: f64
      if (isFew && takeMostLikely(scratch, k)) {
        e = scratch + EXPONENTIALS + <usize>k * rowBytes
        logSum = logSumOf(scratch, k)
      } else {
        statistics<f32>(x, classes, logits, scratch + AREA)
        logSum = log1p(odds)
      }
      if (value) {
        let loss = classes > EXACT ? expectedSurprise32(x, t, classes, logSum) : NaN
        // or infinite labels or logits, and what does not fit
        if (!(Math.abs(loss) < Infinity)) loss = expectedSurprise<f32>(x, t, classes, logSum)
        store<f32>(value + (<usize>(row + k) << 2), <f32>loss)
      }
      if (logits) {
        logitsGradient<f32>(t, e, logits, classes, u, normalized)
        logits += rowBytes
      }
      if (labels) {
        // what overflows in float32 before it is multiplied is to overflow in the end, too
        if (Math.abs(u) >= 1 && u == <f64><f32>u) labelsGradient32(x, labels, classes, <f32>u, logSum)
        else labelsGradient<f32>(x, labels, classes, u, logSum)
        labels += rowBytes
      }
      x += rowBytes
      t += rowBytes
    }
  }
}

export function dense64(
  scratch: usize, x: usize, t: usize, upstream: usize, value: usize, logits: usize, labels: usize, rows: i32, classes: i32,
  normalized: bool,
): void {
  const rowBytes = <usize>classes << 3
  for (let row = 0; row < rows; row++, x += rowBytes, t += rowBytes) {
    const u = load<f64>(upstream + (<usize>row << 3))
    statistics<f64>(x, classes, logits, scratch)
    const logSum = log1p(odds)
    if (value) store<f64>(value + (<usize>row << 3), expectedSurprise<f64>(x, t, classes, logSum))
    if (logits) {
      logitsGradient<f64>(t, logits, logits, classes, u, normalized)
      logits += rowBytes
    }
    if (labels) {
      labelsGradient<f64>(x, labels, classes, u, logSum)
      labels += rowBytes
    }
  }
}

// ---- the sum of t_j (logSum + maximum - x_j), in blocks

function expectedSurprise32(x: usize, t: usize, classes: i32, logSum: f64): f64 {
  const top = f32x4.splat(<f32>maximum)
  const zero = f32x4.splat(0)
  const end = t + (<usize>(classes & ~3) << 2)
  let labels: f64 = 0
  let gaps: f64 = 0
  while (t < end) {
    const block = min(t + BLOCK * 4, end)
    let sum = f64x2.splat(0)
    let gap = sum
    for (; t < block; t += 16, x += 16) {
      const label = v128.load(t)
      sum = f64x2.add(sum, widen(label))
      // 0 where the label is 0, also against an infinite gap
      gap = f64x2.add(gap, widen(v128.andnot(f32x4.mul(label, f32x4.sub(top, v128.load(x))), f32x4.eq(label, zero))))
    }
    labels += sum2(sum)
    gaps += sum2(gap)
  }
  if (classes & 3) {
    const label = v128.and(v128.load(t), v128.load(LANES32 + (<usize>(classes & 3) << 4)))
    labels += sum4(label)
    gaps += sum4(v128.andnot(f32x4.mul(label, f32x4.sub(top, v128.load(x))), f32x4.eq(label, zero)))
  }
  return labels * logSum + gaps
}

@inline
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

// ---- u (whole p_j - t_j) from the exponentials, where whole is the sum of t or, if normalized, 1

function logitsGradient<T>(t: usize, e: usize, to: usize, classes: i32, u: f64, normalized: bool): void {
  const top = <usize>argmax * sizeof<T>()
  const label = <f64>load<T>(t + top)
  const sum = sumRange<T>(t, 0, argmax) + sumRange<T>(t, argmax + 1, classes)
  const rest = normalized ? 1 - label : sum
  // at the most likely class whole p - t may cancel; the odds against it do not
  const certain = u * (rest * (own / total) - label * (others / total))
  const factor = u * (normalized ? 1 : rest + label) / total
  const isFinite = Math.abs(sum + label) < Infinity
  // two products too many are rounded where nothing fuses
  const isSmall = ASC_FEATURE_RELAXED_SIMD && sizeof<T>() == 4
  if (isSmall && isFinite && isScalable(factor) && isScalable(u)) combine32(t, e, to, classes, factor, u)
  else combine<T>(t, e, to, classes, factor, u)
  store<T>(to + top, <T>certain)
}

/** factor e - u t, each factor in two parts. */
@inline
function combine32(t: usize, e: usize, to: usize, classes: i32, factor: f64, u: f64): void {
  const f = f32x4.splat(<f32>factor)
  const fRest = f32x4.splat(<f32>(factor - <f64><f32>factor))
  const g = f32x4.splat(<f32>u)
  const gRest = f32x4.splat(<f32>(u - <f64><f32>u))
  const end = to + (<usize>classes << 2)
  for (; to < end; to += 16, e += 16, t += 16) {
    const v = v128.load(e)
    const label = v128.load(t)
    const sum = madd(v, f, nmadd(label, g, nmadd(label, gRest, f32x4.mul(v, fRest))))
    storeLanes(to, sum, <i32>min<usize>((end - to) >> 2, 4))
  }
}

function combine<T>(t: usize, e: usize, to: usize, classes: i32, factor: f64, u: f64): void {
  const f = f64x2.splat(factor)
  const g = f64x2.splat(u)
  const end = e + <usize>(classes & ~1) * sizeof<T>()
  for (; e < end; e += 2 * sizeof<T>(), t += 2 * sizeof<T>(), to += 2 * sizeof<T>()) {
    store2<T>(to, f64x2.sub(f64x2.mul(load2<T>(e), f), f64x2.mul(load2<T>(t), g)))
  }
  if (classes & 1) store<T>(to, <T>(<f64>load<T>(e) * factor - <f64>load<T>(t) * u))
}

// ---- u (logSum + maximum - x_j)

function labelsGradient32(x: usize, out: usize, classes: i32, u: f32, logSum: f64): void {
  const offset = <f32>(maximum + logSum)
  const base = f32x4.splat(offset)
  // the logarithm may be far smaller than the maximum's last digit
  const rest = f32x4.splat(<f32>(maximum - <f64>offset + logSum))
  const factor = f32x4.splat(u)
  const end = out + (<usize>classes << 2)
  for (; out < end; out += 16, x += 16) {
    const v = f32x4.add(f32x4.sub(base, v128.load(x)), rest)
    storeLanes(out, f32x4.mul(v, factor), <i32>min<usize>((end - out) >> 2, 4))
  }
}

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
