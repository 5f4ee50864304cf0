import { EXP32, LANES32 } from './constants'
import { driftingExp32, exp32, exponent32, reducedExpm1 } from './exp'
import { isWithin, nothingYet, withSomeSums, withSums } from './window'

// The loops are functions without calls, which the build leaves functions of their own: so each has its constants in
// registers. Sums are loops of their own (sums.ts): the processor sees less far ahead in a loop that does both.

/**
 * Stores e^x * 2^-R of `bytes` of float32, and of up to 7 further ones, at e, where magic = magicOf(R). Returns whether all
 * exponents are in the window; what has one outside is arbitrary.
 */
export function expAll(x: usize, e: usize, bytes: usize, magic: f32): bool {
  return exponentials(x, e, bytes, magic, false)
}

/** The same, not put right for their drift. */
export function expDrifting(x: usize, e: usize, bytes: usize, magic: f32): bool {
  return exponentials(x, e, bytes, magic, true)
}

@inline
function exponentials(x: usize, e: usize, bytes: usize, shifted: f32, isDrifting: bool): bool {
  const magic = f32x4.splat(shifted)
  const log2e = v128.load32_splat(EXP32, 0)
  const high = v128.load32_splat(EXP32, 8)
  const low = v128.load32_splat(EXP32, 12)
  const c6 = v128.load32_splat(EXP32, 16)
  const c5 = v128.load32_splat(EXP32, 20)
  const c4 = v128.load32_splat(EXP32, 24)
  const c3 = v128.load32_splat(EXP32, 28)
  const c2 = v128.load32_splat(EXP32, 32)
  const one = v128.load32_splat(EXP32, 36)
  const three = v128.load32_splat(EXP32, 4)
  let window = nothingYet()
  const end = x + bytes
  for (; x < end; x += 32, e += 32) {
    const u = v128.load(x)
    const a = exponent32(u, log2e, magic)
    window = withSums(window, a, three)
    if (isDrifting) v128.store(e, driftingExp32(u, a, magic, high, low, c6, c5, c4, c3, c2, one))
    else v128.store(e, exp32(u, a, magic, high, low, c6, c5, c4, c3, c2, one))
    const v = v128.load(x, 16)
    const b = exponent32(v, log2e, magic)
    window = withSums(window, b, three)
    if (isDrifting) v128.store(e, driftingExp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one), 16)
    else v128.store(e, exp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one), 16)
  }
  return isWithin(window)
}

/**
 * The same as expAll, of some runs of `bytes`, one every `stride` bytes, and at e every `step`. Runs are gone through line by line, all
 * of them at once, so that waits for memory overlap.
 */
export function expRuns(x: usize, stride: usize, e: usize, step: usize, bytes: usize, runs: i32, shifted: f32): bool {
  const magic = f32x4.splat(shifted)
  const log2e = v128.load32_splat(EXP32, 0)
  const high = v128.load32_splat(EXP32, 8)
  const low = v128.load32_splat(EXP32, 12)
  const c6 = v128.load32_splat(EXP32, 16)
  const c5 = v128.load32_splat(EXP32, 20)
  const c4 = v128.load32_splat(EXP32, 24)
  const c3 = v128.load32_splat(EXP32, 28)
  const c2 = v128.load32_splat(EXP32, 32)
  const one = v128.load32_splat(EXP32, 36)
  const three = v128.load32_splat(EXP32, 4)
  let window = nothingYet()
  for (let line: usize = 0; line < bytes; line += 64) {
    const end = min(line + 64, bytes)
    let from = x
    let to = e
    for (let run = 0; run < runs; run++, from += stride, to += step) {
      for (let at = line; at < end; at += 16) {
        const v = v128.load(from + at)
        const b = exponent32(v, log2e, magic)
        window = withSums(window, b, three)
        v128.store(to + at, exp32(v, b, magic, high, low, c6, c5, c4, c3, c2, one))
      }
    }
  }
  return isWithin(window)
}

/** The same as expAll, and at d what rounding took from them. */
export function expWithRests(x: usize, e: usize, d: usize, bytes: usize, shifted: f32): bool {
  const magic = f32x4.splat(shifted)
  const log2e = v128.load32_splat(EXP32, 0)
  const high = v128.load32_splat(EXP32, 8)
  const low = v128.load32_splat(EXP32, 12)
  const c6 = v128.load32_splat(EXP32, 16)
  const c5 = v128.load32_splat(EXP32, 20)
  const c4 = v128.load32_splat(EXP32, 24)
  const c3 = v128.load32_splat(EXP32, 28)
  const c2 = v128.load32_splat(EXP32, 32)
  const one = v128.load32_splat(EXP32, 36)
  const three = v128.load32_splat(EXP32, 4)
  let window = nothingYet()
  const end = x + bytes
  for (; x < end; x += 16, e += 16, d += 16) {
    const v = v128.load(x)
    const b = exponent32(v, log2e, magic)
    window = withSums(window, b, three)
    const shift = i32x4.shl(b, 23)
    const whole = i32x4.add(one, shift)
    const part = i32x4.add(reducedExpm1(v, b, magic, high, low, c6, c5, c4, c3, c2), shift)
    const sum = f32x4.add(whole, part)
    v128.store(e, sum)
    v128.store(d, f32x4.sub(part, f32x4.sub(sum, whole)))
  }
  return isWithin(window)
}

/** Stores e^(x - base) * 2^-R whatever the exponents: 0 where x - base is below the floor. */
export function expWide(x: usize, e: usize, bytes: usize, shifted: f32, origin: f32, least: f32): void {
  const magic = f32x4.splat(shifted)
  const base = f32x4.splat(origin)
  const floor = f32x4.splat(least)
  const end = x + bytes
  for (; x < end; x += 16, e += 16) {
    const v = f32x4.sub(v128.load(x), base)
    const b = exponent32(v, v128.load32_splat(EXP32, 0), magic)
    const p = exp32(
      v, b, magic, v128.load32_splat(EXP32, 8), v128.load32_splat(EXP32, 12), v128.load32_splat(EXP32, 16),
      v128.load32_splat(EXP32, 20), v128.load32_splat(EXP32, 24), v128.load32_splat(EXP32, 28),
      v128.load32_splat(EXP32, 32), v128.load32_splat(EXP32, 36),
    )
    // NaN where x is NaN, whatever the bits of p
    v128.store(e, v128.or(v128.andnot(p, f32x4.lt(v, floor)), f32x4.ne(v, v)))
  }
}

/** Whether all exponents of a row are in the window. */
export function isRowWithin(x: usize, classes: i32, shifted: f32): bool {
  const magic = f32x4.splat(shifted)
  const log2e = v128.load32_splat(EXP32, 0)
  const three = v128.load32_splat(EXP32, 4)
  let window = nothingYet()
  const end = x + (<usize>(classes & ~3) << 2)
  for (; x < end; x += 16) window = withSums(window, exponent32(v128.load(x), log2e, magic), three)
  const rest = v128.load(LANES32 + (<usize>(classes & 3) << 4))
  return isWithin(withSomeSums(window, exponent32(v128.load(x), log2e, magic), three, rest))
}
