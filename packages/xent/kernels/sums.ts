import { LANES32 } from './constants'
import { sum2, widen } from './simd'

// The sums of rows of exponentials; functions without calls, as in exponentials.ts.

/** Stores the sums of `count` rows, or one more, in float64. */
export function sumRows(e: usize, to: usize, count: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const whole = rowBytes & ~15
  const end = to + (<usize>count << 3)
  for (; to < end; to += 16, e += 2 * rowBytes) {
    const f = e + rowBytes
    let a = widen(v128.and(v128.load(e + whole), mask))
    let b = widen(v128.and(v128.load(f + whole), mask))
    for (let at: usize = 0; at < whole; at += 16) {
      a = f64x2.add(a, widen(v128.load(e + at)))
      b = f64x2.add(b, widen(v128.load(f + at)))
    }
    v128.store(to, f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3)))
  }
}

/** The same of exponentials and what rounding took from them. */
export function sumRowsWithRests(e: usize, d: usize, to: usize, count: i32, classes: i32): void {
  const rowBytes = <usize>classes << 2
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const whole = rowBytes & ~15
  const end = to + (<usize>count << 3)
  for (; to < end; to += 16, e += 2 * rowBytes, d += 2 * rowBytes) {
    const f = e + rowBytes
    const g = d + rowBytes
    let a = widen(v128.and(v128.load(e + whole), mask))
    let b = widen(v128.and(v128.load(f + whole), mask))
    let rest = v128.and(v128.load(d + whole), mask)
    let other = v128.and(v128.load(g + whole), mask)
    for (let at: usize = 0; at < whole; at += 16) {
      a = f64x2.add(a, widen(v128.load(e + at)))
      b = f64x2.add(b, widen(v128.load(f + at)))
      rest = f32x4.add(rest, v128.load(d + at))
      other = f32x4.add(other, v128.load(g + at))
    }
    a = f64x2.add(a, widen(rest))
    b = f64x2.add(b, widen(other))
    v128.store(to, f64x2.add(v128.shuffle<f64>(a, b, 0, 2), v128.shuffle<f64>(a, b, 1, 3)))
  }
}

/** Stores the sums of `count` rows, where groups of four vectors are added in float32 first. */
export function sumGroups(e: usize, to: usize, count: i32, classes: i32): void {
  inGroups(e, to, 0, count, classes, false)
}

/** The same, and each row's largest exponential: where that is a small part of the whole, so is what float32 loses. */
export function sumGroupsAndPeaks(e: usize, to: usize, peaks: usize, count: i32, classes: i32): void {
  inGroups(e, to, peaks, count, classes, true)
}

@inline
function inGroups(e: usize, to: usize, peaks: usize, count: i32, classes: i32, withPeaks: bool): void {
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const rowBytes = <usize>classes << 2
  const vectors = rowBytes & ~15
  const groups = rowBytes & ~63
  for (const end = to + (<usize>count << 3); to < end; to += 8, e += rowBytes) {
    const last = e + vectors
    const groupsEnd = e + groups
    let m = f32x4.splat(0)
    let s = m
    let at = groupsEnd
    for (; at < last; at += 16) {
      const v = v128.load(at)
      if (withPeaks) m = f32x4.pmax(m, v)
      s = f32x4.add(s, v)
    }
    const v = v128.and(v128.load(at), mask)
    if (withPeaks) m = f32x4.pmax(m, v)
    let sum = widen(f32x4.add(s, v))
    for (at = e; at < groupsEnd; at += 64) {
      const a = v128.load(at)
      const b = v128.load(at, 16)
      const c = v128.load(at, 32)
      const d = v128.load(at, 48)
      if (withPeaks) m = f32x4.pmax(m, f32x4.pmax(f32x4.pmax(a, b), f32x4.pmax(c, d)))
      sum = f64x2.add(sum, widen(f32x4.add(f32x4.add(f32x4.add(a, b), c), d)))
    }
    store<f64>(to, sum2(sum))
    if (!withPeaks) continue
    m = f32x4.pmax(m, v128.shuffle<f32>(m, m, 2, 3, 0, 1))
    v128.store32_lane(peaks, f32x4.pmax(m, v128.shuffle<f32>(m, m, 1, 0, 3, 2)), 0)
    peaks += 4
  }
}

/** What adding the j-th element in its group has lost. */
export function lostAbout(e: usize, j: i32, classes: i32): f64 {
  let exact: f64 = 0
  let single: f32 = 0
  for (let k = j & ~15 | j & 3, end = min(k + 16, classes); k < end; k += 4) {
    const element = load<f32>(e + (<usize>k << 2))
    exact += <f64>element
    single += element
  }
  return exact - <f64>single
}
