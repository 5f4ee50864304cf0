import {
  AREA, blockRows, FACTORS, FEW, isClass, logsTo, ODDS, OWN, scaleFewTo, settle, sumFew, sumMany, SUMS,
} from './row-block'
import { EXP64, SHORT64 } from './constants'
import { exp64short } from './exp'
import { scaleTo } from './scale'
import { demote, promoteHigh, select64, storeLanes } from './simd'
import { settleFactors, sparseRow } from './sparse-row'
import { isNear, lossesOfTwo } from './two-classes'

export { LANES_BYTES, LANES_BYTES_A_CLASS, sparseLanes32 } from './lanes'
export { SCRATCH_BYTES } from './row-block'
export { expAll } from './exponentials'

/**
 * Cross-entropy of rows against labels. Results with a pointer of 0 are not wanted; upstream is a float64 for each row,
 * and there is room for one more. The scratch area has SCRATCH_BYTES.
 */
export function sparse32(
  scratch: usize, x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32,
): void {
  const rowBytes = <usize>classes << 2
  const most = blockRows(classes, gradient != 0)
  for (let row = 0; row < rows; row += most) {
    const count = min(most, rows - row)
    if (classes == 2 && !gradient) twoLosses(x, labels, value, count, scratch)
    else block(x, labels, upstream, value, gradient, count, classes, row + count == rows, scratch)
    x += <usize>count * rowBytes
    labels += <usize>count << 2
    if (value) value += <usize>count << 2
    if (gradient) {
      gradient += <usize>count * rowBytes
      upstream += <usize>count << 3
    }
  }
}

function twoLosses(x: usize, labels: usize, value: usize, count: i32, scratch: usize): void {
  if (lossesOfTwo(x, labels, value, count, scratch)) return
  for (const end = value + (<usize>count << 2); value < end; value += 4, x += 8, labels += 4) {
    if (!isNear(x, load<i32>(labels))) sparseRow<f32>(x, labels, 0, value, 0, 2, scratch + AREA)
  }
}

function block(
  x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, count: i32, classes: i32, isEnd: bool, scratch: usize,
): void {
  let isComplete: bool
  if (classes == 2) isComplete = oddsOfTwo(x, labels, count, scratch)
  else {
    isComplete = classes <= FEW
      ? sumFew(x, labels, gradient != 0, gradient != 0, count, classes, scratch)
      : sumMany(x, labels, gradient, count, classes, scratch)
    settle(scratch, count)
  }
  if (value) logsTo(value, scratch, count)
  if (gradient) {
    if (classes == 2) gradientOfTwo(gradient, labels, upstream, count, scratch)
    else {
      if (!settleFactors(scratch, upstream, count)) isComplete = false
      scaleRows(gradient, labels, count, classes, isEnd, scratch)
    }
  }
  if (!isComplete) sparseRows(x, labels, upstream, value, gradient, count, classes, scratch)
}

export function sparse64(
  scratch: usize, x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32,
): void {
  const rowBytes = <usize>classes << 3
  for (let row = 0; row < rows; row++, x += rowBytes, labels += 4, upstream += 8) {
    sparseRow<f64>(x, labels, upstream, value, gradient, classes, scratch)
    if (value) value += 8
    if (gradient) gradient += rowBytes
  }
}

/** Those of a block's rows that have no sum. */
function sparseRows(
  x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, count: i32, classes: i32, scratch: usize,
): void {
  const rowBytes = <usize>classes << 2
  const area = scratch + AREA
  for (let k = 0; k < count; k++, x += rowBytes, labels += 4, upstream += 8, scratch += 8) {
    const sum = load<f64>(scratch, SUMS)
    if (sum != sum) sparseRow<f32>(x, labels, upstream, value, gradient, classes, area)
    if (value) value += 4
    if (gradient) gradient += rowBytes
  }
}

// ---- the sums, by the number of classes

/** Two classes: the odds are e to the other logit less the label's. Sums only tell which rows have to be computed otherwise. */
function oddsOfTwo(x: usize, labels: usize, count: i32, scratch: usize): bool {
  const zero = f64x2.splat(0)
  const magic = v128.load64_splat(EXP64, 8)
  const most = f64x2.splat(700)
  const undefined = f64x2.splat(NaN)
  const end = scratch + (<usize>count << 3)
  let isComplete = true
  for (let at = scratch; at < end; at += 16, x += 16, labels += 8) {
    const v = v128.load(x)
    const a = f64x2.promote_low_f32x4(v)
    const b = promoteHigh(v)
    const label = v128.load64_zero(labels)
    const sign = i64x2.shl(i64x2.extend_low_i32x4_s(label), 63)
    const isUnknown = i64x2.extend_low_i32x4_s(i32x4.gt_s(i32x4.shr_u(label, 1), zero))
    const difference = f64x2.sub(v128.shuffle<f64>(a, b, 1, 3), v128.shuffle<f64>(a, b, 0, 2))
    const isNear = f64x2.lt(f64x2.abs(difference), most)
    const t = select64(undefined, v128.xor(difference, sign), isUnknown)
    v128.store(at, exp64short(t, magic), ODDS)
    v128.store(at, v128.not(isNear), SUMS)
    if (!i64x2.all_true(isNear)) isComplete = false
  }
  return isComplete
}

function scaleRows(gradient: usize, labels: usize, count: i32, classes: i32, isEnd: bool, scratch: usize): void {
  const rowBytes = <usize>classes << 2
  for (let k = 0; k < count; k++, gradient += rowBytes) {
    const factor = load<f64>(scratch + (<usize>k << 3), FACTORS)
    if (classes <= FEW) scaleFewTo(gradient, k, classes, factor, isEnd && k + 1 == count, scratch)
    // in place nothing of the next row may be written to
    else scaleTo(gradient, gradient, classes, factor, true)
    const label = load<i32>(labels + (<usize>k << 2))
    if (isClass(label, classes)) store<f32>(gradient + (<usize>label << 2), load<f32>(scratch + (<usize>k << 2), OWN))
  }
}

/** Two rows of two classes at a time: -u q / (1 + q) at the label, and the opposite beside it. */
function gradientOfTwo(gradient: usize, labels: usize, upstream: usize, count: i32, scratch: usize): void {
  const one = v128.load64_splat(SHORT64, 48)
  for (let k = 0; k < count; k += 2, gradient += 16, upstream += 16, labels += 8) {
    const q = v128.load(scratch + (<usize>k << 3), ODDS)
    const miss = f64x2.mul(v128.load(upstream), f64x2.div(q, f64x2.add(one, q)))
    const second = v128.xor(miss, i64x2.shl(i64x2.extend_low_i32x4_s(v128.load64_zero(labels)), 63))
    const first = f64x2.neg(second)
    storeLanes(
      gradient, demote(v128.shuffle<f64>(first, second, 0, 2), v128.shuffle<f64>(first, second, 1, 3)),
      k + 1 < count ? 4 : 2,
    )
  }
}
