import { driftless, exp64short, magicOf64 } from './exp'
import { EXPONENTIALS, FACTORS, isClass, LOGITS, logsTo, OWN, referenceOf, REFERENCES, settle, SUMS } from './row-block'
import { isScalable, scaleTo } from './scale'
import { settleFactors } from './sparse-row'
import { find32 } from './statistics'
import { AREA_BYTES, chunkAt, isOutside, peak, sumOneChunk } from './sum-row'

// A long row of float32 in pieces, which several threads take: the sums of its chunks, put together in their order, are those
// of the row in one piece, bit for bit. A row that these do not serve has no sum in the end, and is left as it was.

/** The scratch area of sumPiece. */
export const SCRATCH_BYTES: i32 = AREA_BYTES
/** What a chunk leaves: its sum and, for a gradient, its peak, where that is and its logit; whether an exponent is outside. */
export const CHUNK_BYTES: i32 = 32
const PEAK: usize = 8
const OUTSIDE: usize = 12
const PLACE: usize = 16
const LOGIT: usize = 20
/** What is known of a row beforehand: its first 16 logits and, in float64, that of its label. */
export const HEAD_BYTES: i32 = 96
export const HEAD_LOGITS: i32 = 16
const LABEL: usize = 64
/** And then: where an exponential is made good, and by what. */
const MENDED: usize = 72
const GOOD: usize = 76
/** What a block of rows takes. */
export const BLOCK_BYTES: i32 = <i32>EXPONENTIALS

/**
 * Sums classes [from, to) of a row, whose logits lie at x, chunk by chunk. Their exponentials are stored at e, unless that is 0,
 * with 0 for the label. A piece starts and ends where chunks do.
 */
export function sumPiece(
  scratch: usize, x: usize, e: usize, from: i32, to: i32, classes: i32, label: i32, head: usize, chunks: usize,
): void {
  const reference = referenceOf(head)
  while (from < to) {
    const count = chunkAt(from, classes)
    const sum = sumOneChunk(x, count, label - from, reference, e, scratch)
    store<f64>(chunks, sum)
    store<f32>(chunks, peak, PEAK)
    store<i32>(chunks, isOutside, OUTSIDE)
    // the row's sum may hang on this one only if the chunk's does
    if (4 * <f64>peak > sum) {
      const place = find32(e, count, peak)
      store<i32>(chunks, from + place, PLACE)
      store<f32>(chunks, load<f32>(x + (<usize>place << 2)), LOGIT)
    }
    from += count
    x += <usize>count << 2
    if (e) e += <usize>count << 2
    chunks += CHUNK_BYTES
  }
}

/** Puts the chunks of a row together, as row k of a block. */
export function mergeRow(block: usize, k: i32, head: usize, chunks: usize, classes: i32, isKept: bool): void {
  const at = block + (<usize>k << 3)
  const reference = referenceOf(head)
  let sum: f64 = 0
  let top: f32 = 0
  let isComplete = Math.abs(reference) < 2800
  let peaked = chunks
  for (let from = 0; from < classes; from += chunkAt(from, classes)) {
    sum += load<f64>(chunks)
    if (load<i32>(chunks, OUTSIDE)) isComplete = false
    if (load<f32>(chunks, PEAK) > top) {
      top = load<f32>(chunks, PEAK)
      peaked = chunks
    }
    chunks += CHUNK_BYTES
  }
  store<i32>(head, -1, MENDED)
  if (!isKept) sum = f64x2.extract_lane(driftless(f64x2.splat(sum), f64x2.splat(reference)), 0)
  if (!isComplete || !(sum < Infinity)) sum = NaN
  else if (isKept && 4 * <f64>top > sum) {
    const logit = f64x2.splat(<f64>load<f32>(peaked, LOGIT))
    const own = f64x2.extract_lane(exp64short(logit, magicOf64(f64x2.splat(reference))), 0)
    sum += own - <f64>top
    store<i32>(head, load<i32>(peaked, PLACE), MENDED)
    store<f32>(head, <f32>own, GOOD)
  }
  store<f64>(at, sum, SUMS)
  store<f64>(at, reference, REFERENCES)
  store<f64>(at, load<f64>(head, LABEL), LOGITS)
}

/** The losses of a block's rows, and the factors of their gradients; results with a pointer of 0 are not wanted. */
export function settleLosses(block: usize, count: i32, value: usize, upstream: usize): void {
  settle(block, count)
  if (value) logsTo(value, block, count)
  if (upstream) settleFactors(block, upstream, count)
}

/** The factors of the probabilities of a block's rows. */
export function settleProbabilities(block: usize, count: i32): void {
  for (const end = block + (<usize>count << 3); block < end; block += 8) {
    const factor = 1 / load<f64>(block, SUMS)
    store<f64>(block, factor, FACTORS)
    if (!isScalable(factor)) store<f64>(block, NaN, SUMS)
  }
}

/** Makes a gradient, or probabilities, of the exponentials of classes [from, to) of row k, which lie at e. */
export function scalePiece(e: usize, from: i32, to: i32, label: i32, head: usize, block: usize, k: i32): void {
  const mended = load<i32>(head, MENDED)
  if (mended >= from && mended < to) store<f32>(e + (<usize>(mended - from) << 2), load<f32>(head, GOOD))
  scaleTo(e, e, to - from, load<f64>(block + (<usize>k << 3), FACTORS), true)
  if (isClass(label - from, to - from)) store<f32>(e + (<usize>(label - from) << 2), load<f32>(block + (<usize>k << 2), OWN))
}
