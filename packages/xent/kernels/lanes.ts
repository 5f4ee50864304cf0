import { exp64short, magicOf, magicOf64 } from './exp'
import { expRuns, isRowWithin } from './exponentials'
import {
  AREA, EXPONENTIALS, FACTORS, isClass, LOGITS, logsTo, OWN, PEAKS, REFERENCE, REFERENCES, ROWS, SCRATCH_BYTES, settle, SUMS,
  VERY_FEW,
} from './row-block'
import { demote, madd, promoteHigh } from './simd'
import { settleFactors, sparseRow } from './sparse-row'

// Rows whose classes are not side by side, but which are so themselves: a lane is a row. A tile of them is exponentiated
// class by class.

/** Rows of a tile. */
const WIDTH: i32 = 192
/** From class to class of a tile: an odd number of cache lines, so that they do not all compete for the same place. */
const STEP: usize = 4 * WIDTH + 64
/** Classes that are read and written together: enough for long waits to overlap, and no more than a cache has ways. */
const GROUP: i32 = 8
/** Classes of zeros behind the last of a tile, which is summed four classes at a time. */
const ZEROS: i32 = 4

// In the scratch area: the largest logits of a tile's rows, in float32; and behind what a block of rows has the tile, perhaps
// its logits, and a row that is computed by itself, with its gradient.
const LARGEST: usize = EXPONENTIALS
const TILE: usize = SCRATCH_BYTES

/** The bytes of that scratch area, but for what it takes for each class. */
export const LANES_BYTES: i32 = <i32>TILE + ZEROS * <i32>STEP + 2 * 64
export const LANES_BYTES_A_CLASS: i32 = 2 * <i32>STEP + 2 * 4

/**
 * sparse32 where the logits of a class are side by side: of arrays one after the other, each of `classes` times `length`
 * logits, where a class starts every `stride` bytes, and every `toStride` in the gradient.
 */
export function sparseLanes32(
  scratch: usize, x: usize, labels: usize, upstream: usize, value: usize, gradient: usize, rows: i32, classes: i32,
  length: i32, stride: usize, toStride: usize,
): void {
  memory.fill(scratch + TILE + <usize>classes * STEP, 0, ZEROS * STEP)
  for (; rows > 0; rows -= length, x += <usize>classes * stride) {
    for (let from = 0; from < length; from += WIDTH) {
      const count = min(WIDTH, length - from)
      const at = <usize>from << 2
      computeTile(x + at, stride, labels, upstream, value, gradient != 0, count, classes, scratch)
      if (gradient) copyTile(scratch + TILE, STEP, gradient + at, toStride, count, classes)
      labels += <usize>count << 2
      upstream += <usize>count << 3
      if (value) value += <usize>count << 2
    }
    if (gradient) gradient += <usize>classes * toStride
  }
}

/** The values of a tile's rows, and their gradient in the scratch area. */
function computeTile(
  x: usize, stride: usize, labels: usize, upstream: usize, value: usize, isGradient: bool, count: i32, classes: i32,
  scratch: usize,
): void {
  let e = scratch + TILE
  let isWithin = true
  for (let c = 0; c < classes; c += GROUP) {
    const from = x + <usize>c * stride
    const group = min(GROUP, classes - c)
    if (!expRuns(from, stride, e + <usize>c * STEP, STEP, <usize>count << 2, group, magicOf(REFERENCE))) isWithin = false
    if (isGradient) topLanes(from, stride, scratch, count, group, !c)
  }
  if (!isWithin) {
    // some rows are to be gathered, for which this lies better
    copyTile(x, stride, e + <usize>(classes + ZEROS) * STEP, STEP, count, classes)
    x = e + <usize>(classes + ZEROS) * STEP
    stride = STEP
  }
  for (let tops = scratch + LARGEST; count > 0; count -= ROWS, tops += 4 * ROWS) {
    const rows = min(ROWS, count)
    setRows(x, stride, labels, e, rows, classes, scratch)
    sumLanes(e, scratch, rows, classes, !isGradient && classes > VERY_FEW)
    if (isGradient) mendLanes(tops, scratch, rows)
    settle(scratch, rows)
    if (value) logsTo(value, scratch, rows)
    if (isGradient) {
      settleFactors(scratch, upstream, rows)
      scaleLanes(e, scratch, upstream, rows, classes)
    }
    if (isGradient || !isWithin) finishRows(x, stride, labels, upstream, value, isGradient, e, rows, classes, scratch, isWithin)
    x += 4 * ROWS
    e += 4 * ROWS
    labels += 4 * ROWS
    upstream += 8 * ROWS
    if (value) value += 4 * ROWS
  }
}

/** Keeps the largest logit of each row. */
function topLanes(x: usize, stride: usize, scratch: usize, count: i32, classes: i32, isFirst: bool): void {
  for (const end = scratch + (<usize>count << 2); scratch < end; scratch += 16, x += 16) {
    let top = isFirst ? v128.load(x) : v128.load(scratch, LARGEST)
    let at = x
    for (let c = 0; c < classes; c++, at += stride) top = f32x4.pmax(top, v128.load(at))
    v128.store(scratch, top, LARGEST)
  }
}

/** What a block's rows have before they have sums; their labels' exponentials are taken out. */
function setRows(x: usize, stride: usize, labels: usize, e: usize, rows: i32, classes: i32, scratch: usize): void {
  for (const end = labels + (<usize>rows << 2); labels < end; labels += 4, scratch += 8, x += 4, e += 4) {
    const label = load<i32>(labels)
    let logit: f64 = NaN
    if (isClass(label, classes)) {
      logit = load<f32>(x + <usize>label * stride)
      store<f32>(e + <usize>label * STEP, 0)
    }
    store<f64>(scratch, logit, LOGITS)
    store<f64>(scratch, REFERENCE, REFERENCES)
  }
}

/**
 * The sums of rows and their largest exponentials; or, in groups, sums where four classes are added in float32 first. Classes
 * that are left over come first.
 */
function sumLanes(e: usize, scratch: usize, rows: i32, classes: i32, inGroups: bool): void {
  const whole = <usize>(classes & ~3) * STEP
  const end = scratch + (<usize>rows << 3)
  for (let to = scratch, peaks = scratch + PEAKS; to < end; to += 32, peaks += 16, e += 16) {
    const last = e + whole
    let at = last
    let following = e
    let low = f64x2.splat(0)
    let high = low
    let peak = low
    while (true) {
      const a = v128.load(at)
      const b = v128.load(at, STEP)
      const c = v128.load(at, 2 * STEP)
      const d = v128.load(at, 3 * STEP)
      if (inGroups) {
        const s = f32x4.add(f32x4.add(a, b), f32x4.add(c, d))
        low = f64x2.add(low, f64x2.promote_low_f32x4(s))
        high = f64x2.add(high, promoteHigh(s))
      } else {
        low = f64x2.add(low, lowSum(a, b, c, d))
        high = f64x2.add(high, highSum(a, b, c, d))
        peak = f32x4.pmax(peak, f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)))
      }
      if (following == last) break
      at = following
      following += 4 * STEP
    }
    v128.store(to, low, SUMS)
    v128.store(to, high, SUMS + 16)
    v128.store(peaks, peak)
  }
}

@inline
function lowSum(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(
    f64x2.add(f64x2.promote_low_f32x4(a), f64x2.promote_low_f32x4(b)),
    f64x2.add(f64x2.promote_low_f32x4(c), f64x2.promote_low_f32x4(d)),
  )
}

@inline
function highSum(a: v128, b: v128, c: v128, d: v128): v128 {
  return f64x2.add(f64x2.add(promoteHigh(a), promoteHigh(b)), f64x2.add(promoteHigh(c), promoteHigh(d)))
}

/** Sums may hang on the largest exponential, so that one is made good, unless it is that of the label and not in the sum. */
function mendLanes(tops: usize, scratch: usize, rows: i32): void {
  const magic = magicOf64(f64x2.splat(REFERENCE))
  const end = scratch + (<usize>rows << 3)
  for (let at = scratch, peaks = scratch + PEAKS; at < end; at += 16, tops += 8, peaks += 8) {
    const top = f64x2.promote_low_f32x4(v128.load64_zero(tops))
    const lost = f64x2.sub(exp64short(top, magic), f64x2.promote_low_f32x4(v128.load64_zero(peaks)))
    const isOther = f64x2.gt(top, v128.load(at, LOGITS))
    v128.store(at, f64x2.add(v128.load(at, SUMS), v128.and(lost, isOther)), SUMS)
  }
}

/** Multiplies as scaleTo does, each lane with a factor of its own. */
function scaleLanes(e: usize, scratch: usize, upstream: usize, rows: i32, classes: i32): void {
  const bytes = <usize>classes * STEP
  for (const last = e + (<usize>rows << 2); e < last; e += 16, scratch += 32, upstream += 32) {
    const low = v128.load(scratch, FACTORS)
    const high = v128.load(scratch, FACTORS + 16)
    const cap = demote(f64x2.div(v128.load(upstream), low), f64x2.div(v128.load(upstream, 16), high))
    const factor = demote(low, high)
    const rest = demote(f64x2.sub(low, f64x2.promote_low_f32x4(factor)), f64x2.sub(high, promoteHigh(factor)))
    const end = e + bytes
    for (let at = e; at < end; at += STEP) {
      const v = f32x4.pmin(v128.load(at), cap)
      if (ASC_FEATURE_RELAXED_SIMD) v128.store(at, madd(v, factor, f32x4.mul(v, rest)))
      else v128.store(at, demote(f64x2.mul(f64x2.promote_low_f32x4(v), low), f64x2.mul(promoteHigh(v), high)))
    }
  }
}

/** The gradient at the labels; and rows with an exponent outside the window or an extreme factor, each by itself. */
function finishRows(
  x: usize, stride: usize, labels: usize, upstream: usize, value: usize, isGradient: bool, e: usize, rows: i32, classes: i32,
  scratch: usize, isWithin: bool,
): void {
  const row = scratch + TILE + <usize>(2 * classes + ZEROS) * STEP
  const slope = isGradient ? row + (<usize>classes << 2) + 64 : 0
  for (let k: usize = 0; k < <usize>rows; k++, x += 4, e += 4, labels += 4) {
    const sum = load<f64>(scratch + (k << 3), SUMS)
    const isExtreme = sum != sum
    if (isExtreme || !isWithin) {
      for (let c = 0; c < classes; c++) store<f32>(row + (<usize>c << 2), load<f32>(x + <usize>c * stride))
      if (isExtreme || !isRowWithin(row, classes, magicOf(REFERENCE))) {
        sparseRow<f32>(row, labels, upstream + (k << 3), value ? value + (k << 2) : 0, slope, classes, scratch + AREA)
        for (let c = 0; isGradient && c < classes; c++) store<f32>(e + <usize>c * STEP, load<f32>(slope + (<usize>c << 2)))
        continue
      }
    }
    const label = load<i32>(labels)
    if (isGradient && isClass(label, classes)) store<f32>(e + <usize>label * STEP, load<f32>(scratch + (k << 2), OWN))
  }
}

function copyTile(from: usize, stride: usize, to: usize, toStride: usize, count: i32, classes: i32): void {
  for (let c = 0; c < classes; c += GROUP) {
    copyLanes(from + <usize>c * stride, stride, to + <usize>c * toStride, toStride, count, min(GROUP, classes - c))
  }
}

/** Copies some classes line by line, all of them at once, so that waits for memory overlap. */
function copyLanes(from: usize, stride: usize, to: usize, toStride: usize, count: i32, classes: i32): void {
  const bytes = <usize>count << 2
  for (let line: usize = 0; line < bytes; line += 64) {
    const end = min(line + 64, bytes)
    let source = from
    let target = to
    for (let c = 0; c < classes; c++, source += stride, target += toStride) {
      let at = line
      for (; at + 16 <= end; at += 16) v128.store(target + at, v128.load(source + at))
      for (; at < end; at += 4) store<f32>(target + at, load<f32>(source + at))
    }
  }
}
