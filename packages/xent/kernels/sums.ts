import { LANES32 } from './constants'
import { load2, sum2, widen } from './simd'

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

/** The same of any number of rows, and each row's largest exponential. */
export function sumRowsAndPeaks(e: usize, to: usize, peaks: usize, count: i32, classes: i32): void {
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const rowBytes = <usize>classes << 2
  for (const end = to + (<usize>count << 3); to < end; to += 8, peaks += 4, e += rowBytes) {
    const last = e + (rowBytes & ~15)
    const pairsEnd = e + (rowBytes & ~31)
    let m = v128.and(v128.load(last), mask)
    let a = widen(m)
    if (pairsEnd < last) {
      const v = v128.load(pairsEnd)
      m = f32x4.pmax(m, v)
      a = f64x2.add(a, widen(v))
    }
    for (let at = e; at < pairsEnd; at += 32) {
      m = f32x4.pmax(m, f32x4.pmax(v128.load(at), v128.load(at, 16)))
      const b = f64x2.add(load2<f32>(at), load2<f32>(at + 8))
      a = f64x2.add(a, f64x2.add(b, f64x2.add(load2<f32>(at + 16), load2<f32>(at + 24))))
    }
    store<f64>(to, sum2(a))
    m = f32x4.pmax(m, v128.shuffle<f32>(m, m, 2, 3, 0, 1))
    v128.store32_lane(peaks, f32x4.pmax(m, v128.shuffle<f32>(m, m, 1, 0, 3, 2)), 0)
  }
}

/** Stores the sums of `count` rows, where groups of four vectors are added in float32 first. */
export function sumGroups(e: usize, to: usize, count: i32, classes: i32): void {
  const mask = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  const rowBytes = <usize>classes << 2
  const vectors = rowBytes & ~15
  const groups = rowBytes & ~63
  for (const end = to + (<usize>count << 3); to < end; to += 8, e += rowBytes) {
    const last = e + vectors
    const groupsEnd = e + groups
    let s = v128.and(v128.load(last), mask)
    let at = groupsEnd
    for (; at < last; at += 16) s = f32x4.add(s, v128.load(at))
    let sum = widen(s)
    for (at = e; at < groupsEnd; at += 64) {
      const a = f32x4.add(v128.load(at), v128.load(at, 16))
      const b = f32x4.add(v128.load(at, 32), v128.load(at, 48))
      sum = f64x2.add(sum, widen(f32x4.add(a, b)))
    }
    store<f64>(to, sum2(sum))
  }
}
