import { EXP64 } from './constants'
import { exp64short } from './exp'
import { argmaxRows, expAll, isRowWithin, REFERENCE, sumPairs, sumRows } from './few-classes'
import { log1p64short } from './log'
import { store2 } from './simd'
import { setStatistics } from './statistics'

/** Rows of at most so many classes are exponentiated together. */
export const FEW: i32 = 160
/** A loss of at most so many classes, and every gradient, is summed in float64 alone. */
const VERY_FEW: i32 = 16

/** Rows that are settled together, and the bytes of their exponentials at most. */
export const ROWS: i32 = 64
export const BLOCK_BYTES: i32 = 16384

// What a block's rows have in the scratch area, each a float64. One class of a row is apart: its label, or its most likely
// one. The sum of the other classes' exponentials relative to 2^reference, NaN where the row has to be computed otherwise;
// the reference; the logit of the class apart, or NaN; the odds against it, and one over its exponential. For the gradient
// the factor of the exponentials, and, in float32, the entry of the class apart and the largest logit.
export const SUMS: usize = 0
export const REFERENCES: usize = 8 * ROWS
export const LOGITS: usize = 16 * ROWS
export const ODDS: usize = 24 * ROWS
export const INVERSES: usize = 32 * ROWS
export const FACTORS: usize = 40 * ROWS
export const OWN: usize = 48 * ROWS
export const TOPS: usize = 52 * ROWS
/** The exponentials of rows of few classes. */
export const EXPONENTIALS: usize = 56 * ROWS
export const SCRATCH_BYTES: i32 = 56 * ROWS + BLOCK_BYTES + 64

/** The logit of the class apart, or NaN for a label that is no class. */
@inline
export function setLogit(scratch: usize, row: i32, x: usize, label: i32, isKnown: bool): void {
  store<f64>(scratch + (<usize>row << 3), isKnown ? <f64>load<f32>(x + (<usize>label << 2)) : NaN, LOGITS)
}

@inline
export function isClass(label: i32, classes: i32): bool {
  return <u32>label < <u32>classes
}

/** Rows of few classes: their exponentials, 0 for the class apart, and all but odds and inverses. */
export function sumFew(x: usize, labels: usize, isGradient: bool, count: i32, classes: i32, scratch: usize): bool {
  const rowBytes = <usize>classes << 2
  const isWithin = expAll(x, scratch + EXPONENTIALS, <usize>count * rowBytes)
  let e = scratch + EXPONENTIALS
  let row = x
  for (let k = 0; k < count; k++, e += rowBytes, row += rowBytes) {
    const label = load<i32>(labels + (<usize>k << 2))
    const isKnown = isClass(label, classes)
    setLogit(scratch, k, row, label, isKnown)
    store<f64>(scratch + (<usize>k << 3), REFERENCE, REFERENCES)
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

/** Rows of few classes whose most likely class is the one apart: where the largest logits are to be, it is told which. */
export function settleMostLikely(x: usize, count: i32, classes: i32, scratch: usize): void {
  argmaxRows(x, scratch + TOPS, count, classes)
  sumFew(x, scratch + TOPS, true, count, classes, scratch)
  settle(scratch, count)
  const end = scratch + (<usize>count << 3)
  for (let at = scratch; at < end; at += 16) v128.store(at, log1p64short(v128.load(at, ODDS)), FACTORS)
}

/** Whether a row of those has a sum; if so, makes it the row last looked at. */
export function takeMostLikely(scratch: usize, row: i32): bool {
  const at = scratch + (<usize>row << 3)
  const sum = load<f64>(at, SUMS)
  if (sum != sum) return false
  setStatistics(load<f64>(at, LOGITS), load<i32>(scratch + (<usize>row << 2), TOPS), sum, load<f64>(at, INVERSES))
  return true
}

/** The logarithm of the sum of exponentials of such a row, less its maximum. */
@inline
export function logSumOf(scratch: usize, row: i32): f64 {
  return load<f64>(scratch + (<usize>row << 3), FACTORS)
}
