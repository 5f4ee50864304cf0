import { EXP32, LANES32, OTHERS32 } from './constants'
import { exp32x4, exp64x2, expTail } from './exp'
import { BLOCK, sum2, sum4 } from './lanes'

// The statistics of the row last looked at. They are globals of the instance, hence of its thread.
//
// The stored exponentials are e_j = exp(x_j) * 2^-R for an integer R a little below the maximum's exponent (of x less
// `base`, which is 0 unless the row is far from 0, where the subtraction is exact): scaling by a power of two is exact,
// and even the smallest representable result comes from a normal e_j.

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

/** R is this much below the maximum's exponent. */
const SHIFT32: f64 = 90
const SHIFT64: f64 = 400
const SCALE32: f64 = 1.2379400392853803e27

/** Beyond these, x less the maximum is exact wherever its exponential is not 0. */
const FAR32: f64 = 2048
const FAR64: f64 = 65536

/** Looks at a row of `classes` elements at x, and stores e_j at e unless that is 0. */
@inline
export function statistics<T>(x: usize, classes: i32, e: usize): void {
  if (sizeof<T>() == 4) statistics32(x, classes, e)
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

function statistics32(x: usize, classes: i32, e: usize): void {
  const isVector = classes <= 4
  if (isVector) look32(x, classes)
  else {
    const top = max32(x, classes)
    argmax = find32(x, classes, top)
    maximum = <f64>top
  }
  if (!(Math.abs(maximum) < Infinity)) return undefinedRow()
  const base = Math.abs(maximum) > FAR32 ? maximum : 0
  const exponent = nearest((maximum - base) * 1.4426950408889634)
  const reference = exponent - SHIFT32
  const offset = f32x4.splat(<f32>base)
  const magic = f32x4.splat(<f32>(12582912 + 127 - reference))
  const floor = f32x4.splat(<f32>((reference - 127) * 0.6931471805599453))
  others = isVector
    ? vector32(x, e, 0, classes, v128.and(tail32(classes), but32(argmax)), true, offset, magic, floor)
    : sum32(x, classes, e, offset, magic, floor)
  total = others + own
  // the loss sees a truer exponential of the maximum, whose argument here is within ln(2)/2 of 0
  const remainder = maximum - base - exponent * 0.6931471805599453
  odds = others / ((1 + remainder * f64x2.extract_lane(expTail(f64x2.splat(remainder)), 0)) * SCALE32)
}

/** A mask of the lanes below the count, and of the lanes other than the k-th. */
@inline
function tail32(count: i32): v128 {
  return v128.load(LANES32 + (<usize>count << 4))
}

@inline
function but32(k: i32): v128 {
  return v128.load(OTHERS32 + (<usize>k << 4))
}

/** Sets maximum and argmax of a row that fits one vector. */
@inline
function look32(x: usize, classes: i32): void {
  const v = v128.bitselect(v128.load(x), f32x4.splat(-Infinity), tail32(classes))
  const pairs = f32x4.pmax(v, v128.shuffle<f32>(v, v, 2, 3, 0, 1))
  const top = f32x4.pmax(pairs, v128.shuffle<f32>(pairs, pairs, 1, 0, 3, 2))
  argmax = ctz(i32x4.bitmask(f32x4.eq(v, top))) & 3
  maximum = <f64>f32x4.extract_lane(top, 0)
}

function max32(x: usize, classes: i32): f32 {
  const end = x + (<usize>(classes & ~3) << 2)
  let a = f32x4.splat(-Infinity)
  let b = a
  let p = x
  for (; p + 32 <= end; p += 32) {
    a = f32x4.pmax(a, v128.load(p))
    b = f32x4.pmax(b, v128.load(p, 16))
  }
  if (p < end) a = f32x4.pmax(a, v128.load(p))
  const rest = classes & 3
  if (rest) b = f32x4.pmax(b, v128.bitselect(v128.load(end), f32x4.splat(-Infinity), tail32(rest)))
  a = f32x4.pmax(a, b)
  return max<f32>(
    max<f32>(f32x4.extract_lane(a, 0), f32x4.extract_lane(a, 1)),
    max<f32>(f32x4.extract_lane(a, 2), f32x4.extract_lane(a, 3)),
  )
}

function find32(x: usize, classes: i32, value: f32): i32 {
  const wanted = f32x4.splat(value)
  for (let j = 0; j < classes; j += 4) {
    const equal = f32x4.eq(v128.load(x + (<usize>j << 2)), wanted)
    if (v128.any_true(equal)) return min(j + ctz(i32x4.bitmask(equal)), classes - 1)
  }
  return 0
}

/** The sum of e_j over all classes but argmax. Blocks of 64 vectors are summed in float32 and carried in float64. */
function sum32(x: usize, classes: i32, e: usize, base: v128, magic: v128, floor: v128): f64 {
  const vectors = classes >> 2
  const rest = classes & 3
  const at = argmax >> 2
  const but = but32(argmax & 3)
  const tail = tail32(rest)
  const all = i32x4.splat(-1)
  let sum = range32(x, e, 0, min(at, vectors), base, magic, floor)
  if (at < vectors) {
    sum += vector32(x, e, at, 4, but, true, base, magic, floor)
    sum += range32(x, e, at + 1, vectors, base, magic, floor)
  }
  if (rest) {
    const isOwn = at == vectors
    sum += vector32(x, e, vectors, rest, v128.and(tail, isOwn ? but : all), isOwn, base, magic, floor)
  }
  return sum
}

/** One vector of which only the lanes of `mask` count; `lanes` of it are stored. Where it has argmax, own is set. */
function vector32(
  x: usize, e: usize, vector: i32, lanes: i32, mask: v128, isOwn: bool, base: v128, magic: v128, floor: v128,
): f64 {
  const offset = <usize>vector << 4
  const v = exp32x4(
    f32x4.sub(v128.load(x + offset), base), v128.load32_splat(EXP32, 0), v128.load32_splat(EXP32, 4),
    v128.load32_splat(EXP32, 8), v128.load32_splat(EXP32, 12), v128.load32_splat(EXP32, 16),
    v128.load32_splat(EXP32, 20), v128.load32_splat(EXP32, 24), v128.load32_splat(EXP32, 28),
    v128.load32_splat(EXP32, 32), magic, floor,
  )
  if (e) {
    if (lanes == 4) v128.store(e + offset, v)
    else {
      v128.store32_lane(e + offset, v, 0)
      if (lanes > 1) v128.store32_lane(e + offset, v, 1, 4)
      if (lanes > 2) v128.store32_lane(e + offset, v, 2, 8)
    }
  }
  if (isOwn) own = sum4(v128.andnot(v, but32(argmax & 3)))
  return sum4(v128.and(v, mask))
}

function range32(x: usize, e: usize, from: i32, to: i32, base: v128, magic: v128, floor: v128): f64 {
  if (from >= to) return 0
  return e ? rangeOf32(x, e, from, to, base, magic, floor, true) : rangeOf32(x, 0, from, to, base, magic, floor, false)
}

@inline
function rangeOf32(
  x: usize, e: usize, from: i32, to: i32, base: v128, magic: v128, floor: v128, store: bool,
): f64 {
  const log2e = v128.load32_splat(EXP32, 0)
  const high = v128.load32_splat(EXP32, 4)
  const low = v128.load32_splat(EXP32, 8)
  const c6 = v128.load32_splat(EXP32, 12)
  const c5 = v128.load32_splat(EXP32, 16)
  const c4 = v128.load32_splat(EXP32, 20)
  const c3 = v128.load32_splat(EXP32, 24)
  const c2 = v128.load32_splat(EXP32, 28)
  const one = v128.load32_splat(EXP32, 32)
  let sum: f64 = 0
  let offset = <usize>from << 4
  const end = <usize>to << 4
  while (offset < end) {
    const block = min(offset + 1024, end)
    let s = f32x4.splat(0)
    let t = s
    for (; offset + 32 <= block; offset += 32) {
      const u = exp32x4(f32x4.sub(v128.load(x + offset), base), log2e, high, low, c6, c5, c4, c3, c2, one, magic, floor)
      const v = exp32x4(f32x4.sub(v128.load(x + offset, 16), base), log2e, high, low, c6, c5, c4, c3, c2, one, magic, floor)
      if (store) {
        v128.store(e + offset, u)
        v128.store(e + offset, v, 16)
      }
      s = f32x4.add(s, u)
      t = f32x4.add(t, v)
    }
    if (offset < block) {
      const u = exp32x4(f32x4.sub(v128.load(x + offset), base), log2e, high, low, c6, c5, c4, c3, c2, one, magic, floor)
      if (store) v128.store(e + offset, u)
      s = f32x4.add(s, u)
      offset += 16
    }
    sum += sum4(f32x4.add(s, t))
  }
  return sum
}

// ---- float64

function statistics64(x: usize, classes: i32, e: usize): void {
  argmax = find64(x, classes)
  maximum = load<f64>(x + (<usize>argmax << 3))
  if (!(Math.abs(maximum) < Infinity)) return undefinedRow()
  const base = Math.abs(maximum) > FAR64 ? maximum : 0
  const exponent = nearest((maximum - base) * 1.4426950408889634)
  const reference = exponent - SHIFT64
  sum64(
    x, classes, e, f64x2.splat(base), f64x2.splat(6755399441055744 + 1023 - reference),
    f64x2.splat((reference - 1023) * 0.6931471805599453),
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
