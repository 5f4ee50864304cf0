import { argmaxRows } from './tops'
import { EXP64 } from './constants'
import { driftless, exp64short, magicOf, magicOf64 } from './exp'
import { expAll, expDrifting, expWithRests, isRowWithin } from './exponentials'
import { log1p64short } from './log'
import { scaleTo, scaleWithRestsTo } from './scale'
import { store2 } from './simd'
import { find32, setStatistics } from './statistics'
import { AREA_BYTES, isOutside, peak, sumRow } from './sum-row'
import { sumGroups, sumRows, sumRowsAndPeaks, sumRowsWithRests } from './sums'

/** Rows of at most so many classes are exponentiated together, about one reference. */
export const FEW: i32 = 160
/** Rows of at most so many often hang on one exponential: they are summed in float64. */
export const VERY_FEW: i32 = 32
/** Rows of at most so many hang on one so often that they are summed with what was rounded off. */
const HANGING: i32 = 8
export const REFERENCE: f64 = -64

/** Rows that are settled together. */
export const ROWS: i32 = 64
/** The bytes of their exponentials at most: few classes leave the first-level cache to logits and results, too. */
const FEW_BYTES: i32 = 4096
const MANY_BYTES: i32 = 65536

// What a block's rows have in the scratch area, each a float64. One class of a row may be apart: its label, or its most
// likely one. The sum of the other classes' exponentials relative to 2^reference, NaN where the row has to be computed
// otherwise; the reference; the logit of the class apart, or NaN; the odds against it, and one over its exponential. For the
// gradient the factor of the exponentials, and, in float32, the entry of the class apart and the peak (see sums.ts).
export const SUMS: usize = 0
export const REFERENCES: usize = 8 * ROWS
export const LOGITS: usize = 16 * ROWS
export const ODDS: usize = 24 * ROWS
export const INVERSES: usize = 32 * ROWS
export const FACTORS: usize = 40 * ROWS
export const OWN: usize = 48 * ROWS
export const PEAKS: usize = 52 * ROWS
/** Rows of few classes: their exponentials, and what rounding took from them. */
export const EXPONENTIALS: usize = 56 * ROWS
const RESTS: usize = EXPONENTIALS + FEW_BYTES + 32
/** That of sumRow. */
export const AREA: usize = RESTS + FEW_BYTES + 32
export const SCRATCH_BYTES: i32 = <i32>AREA + AREA_BYTES

/** How many rows go into a block; their exponentials count where they are stored. */
@inline
export function blockRows(classes: i32, isStored: bool): i32 {
  const bytes = classes <= FEW ? FEW_BYTES : isStored ? MANY_BYTES : <i32>0x7fffffff
  return max(1, min(ROWS, bytes / (classes << 2)))
}

@inline
export function isClass(label: i32, classes: i32): bool {
  return <u32>label < <u32>classes
}

/** The logit of the class apart, or NaN for a label that is no class. */
@inline
function setLogit(at: usize, x: usize, label: i32, isKnown: bool): void {
  store<f64>(at, isKnown ? <f64>load<f32>(x + (<usize>label << 2)) : NaN, LOGITS)
}

function setApart(x: usize, labels: usize, rests: usize, count: i32, classes: i32, scratch: usize): void {
  const rowBytes = <usize>classes << 2
  let e = scratch + EXPONENTIALS
  for (const end = labels + (<usize>count << 2); labels < end; labels += 4, scratch += 8, x += rowBytes, e += rowBytes) {
    const label = load<i32>(labels)
    const isKnown = isClass(label, classes)
    setLogit(scratch, x, label, isKnown)
    store<f64>(scratch, REFERENCE, REFERENCES)
    if (!isKnown) continue
    store<f32>(e + (<usize>label << 2), 0)
    if (rests) store<f32>(e + (<usize>label << 2), 0, RESTS - EXPONENTIALS)
  }
}

/** For a gradient, every entry hangs on the sum. */
@inline
function hasRests(classes: i32, isGradient: bool): bool {
  return classes <= (isGradient ? VERY_FEW : HANGING)
}

/**
 * Rows of few classes: their exponentials, 0 for the class apart, and all but odds and inverses. Without labels (0) none is
 * apart. Exponentials are right in themselves if they are kept, and sums where they are for a gradient. Returns whether all
 * rows have a sum.
 */
export function sumFew(
  x: usize, labels: usize, isKept: bool, isGradient: bool, count: i32, classes: i32, scratch: usize,
): bool {
  const rowBytes = <usize>classes << 2
  const all = scratch + EXPONENTIALS
  const rests = hasRests(classes, isGradient) ? scratch + RESTS : 0
  const magic = magicOf(REFERENCE)
  const bytes = <usize>count * rowBytes
  const isDrifting = !isKept && classes > VERY_FEW
  const isWithin = rests
    ? expWithRests(x, all, rests, bytes, magic)
    : isDrifting ? expDrifting(x, all, bytes, magic) : expAll(x, all, bytes, magic)
  if (labels) setApart(x, labels, rests, count, classes, scratch)
  if (rests) sumRowsWithRests(all, rests, scratch + SUMS, count, classes)
  else if (isDrifting) sumGroups(all, scratch + SUMS, count, classes)
  else if (isGradient) sumRowsAndPeaks(all, scratch + SUMS, scratch + PEAKS, count, classes)
  else sumRows(all, scratch + SUMS, count, classes)
  if (isDrifting) {
    const reference = f64x2.splat(REFERENCE)
    const end = scratch + (<usize>count << 3)
    for (let at = scratch; at < end; at += 16) v128.store(at, driftless(v128.load(at, SUMS), reference), SUMS)
  }
  let isComplete = true
  if (!isWithin) {
    for (let k = 0; k < count; k++) {
      if (isRowWithin(x + <usize>k * rowBytes, classes, magic)) continue
      store<f64>(scratch + (<usize>k << 3), NaN, SUMS)
      isComplete = false
    }
  }
  if (isGradient && !rests) {
    let e = all
    for (let at = scratch, peaks = scratch + PEAKS; e < all + bytes; at += 8, peaks += 4, e += rowBytes, x += rowBytes) {
      mend(x, e, load<f32>(peaks), REFERENCE, at, classes)
    }
  }
  return isComplete
}

/** Rows of many classes, whose exponentials are stored at e unless that is 0; else the same. */
export function sumMany(x: usize, labels: usize, e: usize, count: i32, classes: i32, scratch: usize): bool {
  const rowBytes = <usize>classes << 2
  let isComplete = true
  let at = scratch
  for (let k = 0; k < count; k++, at += 8, x += rowBytes) {
    const label = labels ? load<i32>(labels + (<usize>k << 2)) : -1
    const reference = referenceOf(x)
    let sum: f64 = NaN
    if (Math.abs(reference) < 2800) sum = sumRow(x, classes, label, reference, e, scratch + AREA)
    // now that the row is in the cache
    setLogit(at, x, label, isClass(label, classes))
    if (isOutside || !(sum < Infinity)) {
      sum = NaN
      isComplete = false
    }
    store<f64>(at, sum, SUMS)
    store<f64>(at, reference, REFERENCES)
    if (e) {
      mend(x, e, peak, reference, at, classes)
      e += rowBytes
    }
  }
  return isComplete
}

/** As far below the exponent of the largest of the first 16 logits as above are those that it is to serve. */
@inline
export function referenceOf(x: usize): f64 {
  const v = f32x4.pmax(f32x4.pmax(v128.load(x), v128.load(x, 16)), f32x4.pmax(v128.load(x, 32), v128.load(x, 48)))
  const w = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  const top = max<f32>(f32x4.extract_lane(w, 0), f32x4.extract_lane(w, 1))
  return nearest(<f64>top * 1.4426950408889634) - 64
}

/**
 * A row's sum may hang on its largest exponential, whose error then counts in every entry. So that exponential is made good,
 * also where it is stored.
 */
function mend(x: usize, e: usize, peak: f32, reference: f64, at: usize, classes: i32): void {
  const sum = load<f64>(at, SUMS)
  if (!(4 * <f64>peak > sum)) return
  const j = find32(e, classes, peak)
  const logit = f64x2.splat(<f64>load<f32>(x + (<usize>j << 2)))
  const own = f64x2.extract_lane(exp64short(logit, magicOf64(f64x2.splat(reference))), 0)
  store<f64>(at, sum + (own - <f64>peak), SUMS)
  store<f32>(e + (<usize>j << 2), <f32>own)
}

/** Stores factor times the exponentials of row k of few classes. See scaleTo. */
@inline
export function scaleFewTo(to: usize, row: i32, classes: i32, factor: f64, isLast: bool, scratch: usize): void {
  const e = scratch + EXPONENTIALS + (<usize>(row * classes) << 2)
  if (hasRests(classes, true)) scaleWithRestsTo(e, e + (RESTS - EXPONENTIALS), to, classes, factor, isLast)
  else scaleTo(e, to, classes, factor, isLast)
}

// ---- the last step, two rows at a time; short loops one after the other let the processor work at many rows at once

/** q, the odds against the class apart, is the others' sum over its exponential. */
export function settle(scratch: usize, count: i32): void {
  const end = scratch + (<usize>count << 3)
  const magic = v128.load64_splat(EXP64, 8)
  for (let at = scratch; at < end; at += 16) {
    const inverse = exp64short(f64x2.neg(v128.load(at, LOGITS)), f64x2.add(magic, v128.load(at, REFERENCES)))
    v128.store(at, inverse, INVERSES)
    v128.store(at, f64x2.mul(v128.load(at, SUMS), inverse), ODDS)
  }
}

/** log1p(q), the loss where the class apart is the label, as float32. */
export function logsTo(value: usize, scratch: usize, count: i32): void {
  const end = scratch + (<usize>count << 3)
  let at = scratch
  for (; at + 8 < end; at += 16, value += 8) store2<f32>(value, log1p64short(v128.load(at, ODDS)))
  if (at < end) store<f32>(value, <f32>f64x2.extract_lane(log1p64short(v128.load(at, ODDS)), 0))
}

/** Rows of few classes whose most likely class is the one apart, which is stored where its entries are to be. */
export function settleMostLikely(x: usize, isKept: bool, count: i32, classes: i32, scratch: usize): void {
  argmaxRows(x, scratch + OWN, count, classes)
  sumFew(x, scratch + OWN, isKept, false, count, classes, scratch)
  settle(scratch, count)
  const end = scratch + (<usize>count << 3)
  for (let at = scratch; at < end; at += 16) v128.store(at, log1p64short(v128.load(at, ODDS)), FACTORS)
}

/** Whether a row of those has a sum; if so, makes it the row last looked at. */
export function takeMostLikely(scratch: usize, row: i32): bool {
  const at = scratch + (<usize>row << 3)
  const sum = load<f64>(at, SUMS)
  if (sum != sum) return false
  setStatistics(load<f64>(at, LOGITS), load<i32>(scratch + (<usize>row << 2), OWN), sum, load<f64>(at, INVERSES))
  return true
}

/** The logarithm of the sum of exponentials of such a row, less its maximum. */
@inline
export function logSumOf(scratch: usize, row: i32): f64 {
  return load<f64>(scratch + (<usize>row << 3), FACTORS)
}
