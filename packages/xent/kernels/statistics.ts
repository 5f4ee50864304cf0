import { exp64x2, expTail } from './exp'
import { BLOCK } from './sum-range'
import { sum2 } from './simd'
import { isOutside, sumRow, sumWideRow } from './sum-row'

// The statistics of the row last looked at. They are globals of the instance, hence of its thread.
//
// The stored exponentials are e_j = exp(x_j) * 2^-R for an integer R near the maximum's exponent (of x less `base`, which
// is 0 unless the row is far from 0, where the subtraction is exact): scaling by a power of two is exact, and even the
// smallest representable result comes from a normal e_j.

/** The maximum, or NaN where it is not finite. */
export let maximum: f64 = 0
/** The first class that has it. */
export let argmax: i32 = 0
/** The sum of exp(x_j - maximum) over the other classes. */
export let odds: f64 = 0
/** e_j of argmax, the sum of the others, and the sum of all. */
export let own: f64 = 0
export let others: f64 = 0
export let total: f64 = 0

const LOG2E: f64 = 1.4426950408889634
const LN2: f64 = 0.6931471805599453

/** How far R is below the maximum's exponent: where float32 exponents are near each other, where not, and in float64. */
const NEAR32: f64 = 64
const WIDE32: f64 = 90
const SHIFT64: f64 = 400

/** Beyond these, x less the maximum is exact wherever its exponential is not 0. */
const FAR32: f64 = 2000
const FAR64: f64 = 65536

/** Takes over what is known of a row, where the largest exponential has the inverse given. */
export function setStatistics(max: f64, at: i32, sum: f64, inverse: f64): void {
  maximum = max
  argmax = at
  others = sum
  own = 1 / inverse
  total = others + own
  odds = others * inverse
}

/** Looks at a row of `classes` elements at x, and stores e_j at e unless that is 0. For the area see sumRow. */
@inline
export function statistics<T>(x: usize, classes: i32, e: usize, area: usize): void {
  if (sizeof<T>() == 4) statistics32(x, classes, e, area)
  else statistics64(x, classes, e)
}

function undefinedRow(): void {
  maximum = NaN
  own = NaN
  others = NaN
  total = NaN
  odds = NaN
}

// ---- float32

function statistics32(x: usize, classes: i32, e: usize, area: usize): void {
  const top = max32(x, classes)
  argmax = find32(x, classes, top)
  maximum = <f64>top
  if (!(Math.abs(maximum) < Infinity)) return undefinedRow()
  const base: f64 = Math.abs(maximum) > FAR32 ? maximum : 0
  const exponent = nearest((maximum - base) * LOG2E)
  let shift = NEAR32
  if (base == 0) others = sumRow(x, classes, argmax, exponent - shift, e, area)
  if (base != 0 || isOutside) {
    shift = WIDE32
    others = sumWideRow(x, classes, argmax, exponent - shift, e, area, <f32>base)
  }
  // truer than the stored one, for all results hang on it; its argument is within ln(2)/2 of 0
  const remainder = maximum - base - exponent * LN2
  const near = 1 + remainder * f64x2.extract_lane(expTail(f64x2.splat(remainder)), 0)
  own = near * reinterpret<f64>(<u64>(1023 + <i32>shift) << 52)
  if (e) store<f32>(e + (<usize>argmax << 2), <f32>own)
  total = others + own
  odds = others / own
}

function max32(x: usize, classes: i32): f32 {
  let a = f32x4.splat(-Infinity)
  let b = a
  let c = a
  let d = a
  const end = x + (<usize>classes << 2)
  for (; x + 64 <= end; x += 64) {
    a = f32x4.pmax(a, v128.load(x))
    b = f32x4.pmax(b, v128.load(x, 16))
    c = f32x4.pmax(c, v128.load(x, 32))
    d = f32x4.pmax(d, v128.load(x, 48))
  }
  for (; x + 16 <= end; x += 16) a = f32x4.pmax(a, v128.load(x))
  for (; x < end; x += 4) b = f32x4.pmax(b, v128.load32_splat(x))
  a = f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d))
  a = f32x4.pmax(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1))
  return max<f32>(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1))
}

/** The first element that is the value, or 0. */
export function find32(x: usize, classes: i32, value: f32): i32 {
  const wanted = f32x4.splat(value)
  for (let j = 0; j < classes; j += 4) {
    const equal = f32x4.eq(v128.load(x + (<usize>j << 2)), wanted)
    if (v128.any_true(equal)) return min(j + ctz(i32x4.bitmask(equal)), classes - 1)
  }
  return 0
}

// ---- float64

function statistics64(x: usize, classes: i32, e: usize): void {
  argmax = find64(x, classes)
  maximum = load<f64>(x + (<usize>argmax << 3))
  if (!(Math.abs(maximum) < Infinity)) return undefinedRow()
  const base = Math.abs(maximum) > FAR64 ? maximum : 0
  const exponent = nearest((maximum - base) * LOG2E)
  const reference = exponent - SHIFT64
  sum64(
    x, classes, e, f64x2.splat(base), f64x2.splat(6755399441055744 + 1023 - reference),
    f64x2.splat((reference - 1023) * LN2),
  )
  total = others + own
  odds = others / own
}

function find64(x: usize, classes: i32): i32 {
  let found = 0
  let top = load<f64>(x)
  for (let j = 1; j < classes; j++) {
    const value = load<f64>(x + (<usize>j << 3))
    if (value > top || top != top) {
      top = value
      found = j
    }
  }
  return found
}

/** Sets own and others, in blocks. */
function sum64(x: usize, classes: i32, e: usize, base: v128, magic: v128, floor: v128): void {
  let sum: f64 = 0
  const top = argmax
  for (let from = 0; from < classes; from += <i32>BLOCK) {
    let s = f64x2.splat(0)
    const to = min(from + <i32>BLOCK, classes)
    for (let j = from; j < to; j += 2) {
      const offset = <usize>j << 3
      let v = exp64x2(f64x2.sub(v128.load(x + offset), base), magic, floor)
      const pair = j + 1 < classes
      if (e) {
        if (pair) v128.store(e + offset, v)
        else v128.store64_lane(e + offset, v, 0)
      }
      if (top == j) {
        own = f64x2.extract_lane(v, 0)
        v = f64x2.replace_lane(v, 0, 0)
      } else if (top == j + 1) {
        own = f64x2.extract_lane(v, 1)
        v = f64x2.replace_lane(v, 1, 0)
      }
      if (!pair) v = f64x2.replace_lane(v, 1, 0)
      s = f64x2.add(s, v)
    }
    sum += sum2(s)
  }
  others = sum
}
