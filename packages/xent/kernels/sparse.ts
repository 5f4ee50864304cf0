import { EXP64, SHORT64 } from './constants'
import { DRIFT, exp32Once, exp64short } from './exp'
import { expAll, isRowWithin, sumPairs, sumRows, topRows } from './few-classes'
import { log1p, log1p64short } from './log'
import { LEAST, MOST, scaleExactly, scaleTo } from './scale'
import { demote, promoteHigh, select64, store2, storeLanes } from './simd'
import { argmax, maximum, odds, others, statistics, total } from './statistics'
import { isOutside, sumRow } from './sum-row'
import { twoClasses64 } from './two-classes'

export { expAll, sumPairs, sumRows, topRows } from './few-classes'
export { sumAndStore, sumOnly } from './sum-row'

/** Rows of at most so many classes are exponentiated together. */
const FEW: i32 = 160
/** A loss of at most so many classes, and every gradient, is summed in float64 alone. */
const VERY_FEW: i32 = 16

/** Rows that are settled together, and the bytes of their exponentials at most. */
const ROWS: i32 = 64
const BLOCK_BYTES: i32 = 16384

// What a block's rows have in the scratch area, each a float64: the sum of the other classes' exponentials relative to
// 2^reference, NaN where the row has to be computed otherwise; the reference; the logit of the label, or NaN; the odds
// against the label, and one over e of the label. For the gradient the factor of the exponentials, and, in float32, the
// label's own and the largest logit.
const SUMS: usize = 0
const REFERENCES: usize = 8 * ROWS
const LOGITS: usize = 16 * ROWS
const ODDS: usize = 24 * ROWS
const INVERSES: usize = 32 * ROWS
const FACTORS: usize = 40 * ROWS
const OWN: usize = 48 * ROWS
const TOPS: usize = 52 * ROWS
/** The exponentials of rows of few classes. */
const EXPONENTIALS: usize = 56 * ROWS
export const SCRATCH_BYTES: i32 = 56 * ROWS + BLOCK_BYTES + 64

/**
 * Cross-entropy of rows against labels. Results with a pointer of 0 are not wanted; upstream is a float64 for each row,
 * and there is room for one more. The scratch area has SCRATCH_BYTES.
 */
export function sparse32(
  x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, scratch: usize,
): void {
  const rowBytes = <usize>classes << 2
  const isFew = classes <= FEW
  const most = isFew || gradient ? min(ROWS, max(1, BLOCK_BYTES / <i32>rowBytes)) : ROWS
  for (let row = 0; row < rows; row += most) {
    const count = min(most, rows - row)
    let isComplete = classes == 2
      ? sumTwo(x, labels, count, scratch)
      : isFew
        ? sumFew(x, labels, gradient != 0, count, classes, scratch)
        : sumMany(x, labels, gradient, count, classes, scratch)
    settle(scratch, value, count)
    if (gradient) {
      if (classes == 2) gradientOfTwo(gradient, labels, upstream, count, scratch)
      else {
        topRows(x, scratch + TOPS, count, classes)
        if (!settleFactors(scratch, upstream, count)) isComplete = false
        scaleRows(isFew ? scratch + EXPONENTIALS : gradient, gradient, labels, count, classes, !isFew || row + count == rows, scratch)
      }
    }
    if (!isComplete) {
      for (let k = 0; k < count; k++) {
        const sum = load<f64>(scratch + (<usize>k << 3), SUMS)
        if (sum == sum) continue
        const at = <usize>k << 2
        sparseRow<f32>(x + <usize>k * rowBytes, labels + at, upstream + 2 * at, value ? value + at : 0, gradient ? gradient + <usize>k * rowBytes : 0, classes)
      }
    }
    x += <usize>count * rowBytes
    labels += <usize>count << 2
    if (value) value += <usize>count << 2
    if (gradient) {
      gradient += <usize>count * rowBytes
      upstream += <usize>count << 3
    }
  }
}

export function sparse64(
  x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32, scratch: usize,
): void {
  if (classes == 2) return twoClasses64(x, labels, upstream, value, gradient, rows)
  const rowBytes = <usize>classes << 3
  for (let row = 0; row < rows; row++, x += rowBytes, labels += 4, upstream += 8) {
    sparseRow<f64>(x, labels, upstream, value, gradient, classes)
    if (value) value += 8
    if (gradient) gradient += rowBytes
  }
}

/** One row of any kind. */
function sparseRow<T>(x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, classes: i32): void {
  const label = load<i32>(labels)
  const isKnown = <u32>label < <u32>classes
  statistics<T>(x, classes, gradient)
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
    store<T>(target, <T>(-u * (rest / total)))
  }
}

/** The label's logit, or NaN for a label that is no class. */
@inline
function setLogit(scratch: usize, row: i32, x: usize, label: i32, isKnown: bool): void {
  store<f64>(scratch + (<usize>row << 3), isKnown ? <f64>load<f32>(x + (<usize>label << 2)) : NaN, LOGITS)
}

@inline
function isClass(label: i32, classes: i32): bool {
  return <u32>label < <u32>classes
}

// ---- the sums, by the number of classes

/** Two classes: the other logit, less the label's, is to have the sum 1, and the label's is 0. */
export function sumTwo(x: usize, labels: usize, count: i32, scratch: usize): bool {
  const zero = f64x2.splat(0)
  const one = v128.load64_splat(SHORT64, 48)
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
    const difference = f64x2.sub(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3))
    v128.store(at, select64(undefined, v128.xor(difference, sign), isUnknown), LOGITS)
    v128.store(at, zero, REFERENCES)
    // where e to the difference is no number, the row has to be computed otherwise
    const isNear = f64x2.lt(f64x2.abs(difference), most)
    v128.store(at, v128.or(one, v128.not(isNear)), SUMS)
    if (!i64x2.all_true(isNear)) isComplete = false
  }
  return isComplete
}

export function sumFew(x: usize, labels: usize, isGradient: bool, count: i32, classes: i32, scratch: usize): bool {
  const rowBytes = <usize>classes << 2
  const isWithin = expAll(x, scratch + EXPONENTIALS, <usize>count * rowBytes)
  let e = scratch + EXPONENTIALS
  let row = x
  for (let k = 0; k < count; k++, e += rowBytes, row += rowBytes) {
    const label = load<i32>(labels + (<usize>k << 2))
    const isKnown = isClass(label, classes)
    setLogit(scratch, k, row, label, isKnown)
    store<f64>(scratch + (<usize>k << 3), 0, REFERENCES)
    if (isKnown) store<f32>(e + (<usize>label << 2), 0)
  }
  if (isGradient || classes <= VERY_FEW) sumRows(scratch + EXPONENTIALS, scratch + SUMS, count, classes)
  else sumPairs(scratch + EXPONENTIALS, scratch + SUMS, count, classes)
  if (isWithin) return true
  let isComplete = true
  for (let k = 0; k < count; k++, x += rowBytes) {
    if (isRowWithin(x, classes)) continue
    store<f64>(scratch + (<usize>k << 3), NaN, SUMS)
    isComplete = false
  }
  return isComplete
}

function sumMany(x: usize, labels: usize, e: usize, count: i32, classes: i32, scratch: usize): bool {
  const rowBytes = <usize>classes << 2
  let isComplete = true
  for (let k = 0; k < count; k++, x += rowBytes) {
    const label = load<i32>(labels + (<usize>k << 2))
    const isKnown = isClass(label, classes)
    setLogit(scratch, k, x, label, isKnown)
    const reference = referenceOf(x)
    let sum: f64 = NaN
    if (Math.abs(reference) < 2900) sum = sumRow(x, classes, isKnown ? label : 0, <f32>(12582912 - reference), e)
    if (isOutside || sum != sum) {
      sum = NaN
      isComplete = false
    }
    if (!e) sum += sum * (DRIFT * (exponentOf(sum) + reference))
    store<f64>(scratch + (<usize>k << 3), sum, SUMS)
    store<f64>(scratch + (<usize>k << 3), reference, REFERENCES)
    if (e) e += rowBytes
  }
  return isComplete
}

@inline
function exponentOf(value: f64): f64 {
  return <f64>(<i32>(reinterpret<u64>(value) >> 52) - 1023)
}

/** The exponent of the largest of the first 16 logits. */
@inline
function referenceOf(x: usize): f64 {
  const v = f32x4.pmax(f32x4.pmax(v128.load(x), v128.load(x, 16)), f32x4.pmax(v128.load(x, 32), v128.load(x, 48)))
  const w = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  const top = max<f32>(f32x4.extract_lane(w, 0), f32x4.extract_lane(w, 1))
  return nearest(<f64>top * 1.4426950408889634)
}

// ---- the last step, two rows at a time; short loops one after the other let the processor work at many rows at once

/** q, the odds against the label, is the sum over e of the label, and the loss is log1p(q). */
export function settle(scratch: usize, value: usize, count: i32): void {
  const end = scratch + (<usize>count << 3)
  const magic = v128.load64_splat(EXP64, 8)
  for (let at = scratch; at < end; at += 16) {
    const inverse = exp64short(f64x2.neg(v128.load(at, LOGITS)), f64x2.add(magic, v128.load(at, REFERENCES)))
    v128.store(at, inverse, INVERSES)
    v128.store(at, f64x2.mul(v128.load(at, SUMS), inverse), ODDS)
  }
  if (!value) return
  let at = scratch
  for (; at + 8 < end; at += 16, value += 8) store2<f32>(value, log1p64short(v128.load(at, ODDS)))
  if (at < end) store<f32>(value, <f32>f64x2.extract_lane(log1p64short(v128.load(at, ODDS)), 0))
}

/**
 * Of the gradient, which is e * u / (others + own), but -u q / (1 + q) at the label, what is the same for a row. A row's
 * sum may hang on its largest exponential alone, whose error then counts in every entry, so that one is made good.
 */
export function settleFactors(scratch: usize, upstream: usize, count: i32): bool {
  const one = v128.load64_splat(SHORT64, 48)
  const magic = v128.load64_splat(EXP64, 8)
  const least = f64x2.splat(LEAST)
  const most = f64x2.splat(MOST)
  const zero = f64x2.splat(0)
  const end = scratch + (<usize>count << 3)
  for (let at = scratch, top = scratch + TOPS; at < end; at += 16, top += 8) {
    const reference = v128.load(at, REFERENCES)
    const x = v128.load64_zero(top)
    const wide = f64x2.promote_low_f32x4(x)
    const exact = exp64short(wide, f64x2.sub(magic, reference))
    const lost = f64x2.sub(exact, f64x2.promote_low_f32x4(exp32Once(x, reference)))
    const others = f64x2.add(v128.load(at, SUMS), v128.and(lost, f64x2.gt(wide, v128.load(at, LOGITS))))
    v128.store(at, f64x2.mul(others, v128.load(at, INVERSES)), ODDS)
  }
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

export function scaleRows(
  e: usize, gradient: usize, labels: usize, count: i32, classes: i32, isExact: bool, scratch: usize,
): void {
  const rowBytes = <usize>classes << 2
  for (let k = 0; k < count; k++, e += rowBytes, gradient += rowBytes) {
    scaleTo(e, gradient, classes, load<f64>(scratch + (<usize>k << 3), FACTORS), isExact && (e == gradient || k + 1 == count))
    const label = load<i32>(labels + (<usize>k << 2))
    if (isClass(label, classes)) store<f32>(gradient + (<usize>label << 2), load<f32>(scratch + (<usize>k << 2), OWN))
  }
}

/** Two rows of two classes at a time: -u q / (1 + q) at the label, and the opposite beside it. */
export function gradientOfTwo(gradient: usize, labels: usize, upstream: usize, count: i32, scratch: usize): void {
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
