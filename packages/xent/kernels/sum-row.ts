import { expAll, expDrifting, expWide } from './exponentials'
import { driftless, magicOf } from './exp'
import { sumGroups, sumRowsAndPeaks } from './sums'

/** Classes that are exponentiated before they are summed: few enough to stay in the first-level cache. */
const CHUNK: i32 = 2048

// What a chunk has in its area: its exponentials, where they are not kept, its sum and its peak.
const SUM: usize = 4 * (<usize>CHUNK + 16)
const PEAK: usize = SUM + 8
export const AREA_BYTES: i32 = <i32>PEAK + 8

/** Whether the last row had an exponent outside the window, which voids its results. */
export let isOutside: bool = false
/** The largest exponential of the last row. */
export let peak: f32 = 0

/**
 * The sum of e^x * 2^-R over a row of float32 without class `but`. Unless e is 0 they are stored there, with 0 for that
 * class; the area has AREA_BYTES.
 */
export function sumRow(x: usize, classes: i32, but: i32, reference: f64, e: usize, area: usize): f64 {
  const sum = sumChunks(x, classes, but, reference, e, area, false, 0)
  return e ? sum : f64x2.extract_lane(driftless(f64x2.splat(sum), f64x2.splat(reference)), 0)
}

/** The same of x - base, whatever the exponents: what is below that of R - 126 is 0. */
export function sumWideRow(x: usize, classes: i32, but: i32, reference: f64, e: usize, area: usize, base: f32): f64 {
  return sumChunks(x, classes, but, reference, e, area, true, base)
}

function sumChunks(
  x: usize, classes: i32, but: i32, reference: f64, e: usize, area: usize, isWide: bool, base: f32,
): f64 {
  const magic = magicOf(reference)
  const floor = <f32>((reference - 126) * 0.6931471805599453)
  isOutside = false
  peak = 0
  let total: f64 = 0
  for (let from = 0, count = 0; from < classes; from += count) {
    count = chunkAt(from, classes)
    const to = e ? e + (<usize>from << 2) : area
    total += sumChunk(x + (<usize>from << 2), count, but - from, magic, to, e != 0, area, isWide, base, floor)
    if (e || isWide) peak = max<f32>(peak, load<f32>(area, PEAK))
  }
  return total
}

/** Classes of the chunk that starts at `from`; a last chunk of less than a few vectors joins the one before. */
@inline
export function chunkAt(from: i32, classes: i32): i32 {
  const count = classes - from
  return count >= CHUNK + 8 ? CHUNK : count
}

/** The sum of a chunk, whose exponentials are stored at `to`. Its peak, if that is wanted, is left in the area. */
function sumChunk(
  x: usize, count: i32, but: i32, magic: f32, to: usize, isKept: bool, area: usize, isWide: bool, base: f32, floor: f32,
): f64 {
  const whole = count & ~7
  exponentiate(x, to, whole, magic, isKept, isWide, base, floor)
  if (count & 7) {
    // the last 8 once more, or of a short row what there is
    if (whole) exponentiate(x + (<usize>(count - 8) << 2), to + (<usize>(count - 8) << 2), 8, magic, isKept, isWide, base, floor)
    else {
      for (let j = 0; j < 8; j++) store<f32>(area + (<usize>j << 2), load<f32>(x + (<usize>min(j, count - 1) << 2)))
      exponentiate(area, area + 32, 8, magic, isKept, isWide, base, floor)
      memory.copy(to, area + 32, <usize>count << 2)
    }
  }
  if (<u32>but < <u32>count) store<f32>(to + (<usize>but << 2), 0)
  if (isKept || isWide) sumRowsAndPeaks(to, area + SUM, area + PEAK, 1, count)
  else sumGroups(to, area + SUM, 1, count)
  return load<f64>(area, SUM)
}

/** The same of one chunk of a row, which `sumRow` would take with others; `peak` and `isOutside` are of this chunk. */
export function sumOneChunk(x: usize, count: i32, but: i32, reference: f64, e: usize, area: usize): f64 {
  isOutside = false
  const sum = sumChunk(x, count, but, magicOf(reference), e ? e : area, e != 0, area, false, 0, 0)
  peak = e ? load<f32>(area, PEAK) : 0
  return sum
}

function exponentiate(
  x: usize, e: usize, count: i32, magic: f32, isKept: bool, isWide: bool, base: f32, floor: f32,
): void {
  const bytes = <usize>count << 2
  if (isWide) expWide(x, e, bytes, magic, base, floor)
  else if (!(isKept ? expAll(x, e, bytes, magic) : expDrifting(x, e, bytes, magic))) isOutside = true
}
