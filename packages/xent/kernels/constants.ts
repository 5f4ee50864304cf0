/**
 * Constants lie in memory and are loaded once, at the entry of a function: an engine that sees them as immediate
 * values may build them anew at each use, as V8 from 13 on does. A module has those that it uses (`@lazy`). Polynomials
 * are from scripts/fit.mjs.
 */

/**
 * For exp of float32: log2(e) / 2^22, 3, ln 2 * 2^22 in two parts, c6 to c2 and 1. Where multiplication and addition fuse,
 * the high part of ln 2 has all 24 bits; else few enough that its product with |n| <= 4096 is exact.
 */
@lazy
export const EXP32: usize = memory.data<f32>([
  3.4396530172561726e-7, 3,
  ASC_FEATURE_RELAXED_SIMD ? 2907270 : 2907136,
  ASC_FEATURE_RELAXED_SIMD ? -0.007988699148930066 : 133.9920113008511,
  0.0013821362517774105, 0.00836866907775402, 0.04166825860738754, 0.1666652113199234, 0.4999999403953552, 1,
])

/** The same for float64: 1.5 * 2^52, a high part of 32 bits, which allows |n| <= 2^20; then 1/k! from k = 1 to 13. */
@lazy
export const EXP64: usize = memory.data<f64>([
  1.4426950408889634, 6755399441055744, 0.6931471803691238, 1.9082149292705877e-10,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])
for (let k = 1, factorial: f64 = 1; k <= 13; factorial *= ++k) store<f64>(EXP64 + (k << 3), 1 / factorial, 24)

/** 2 / (2k + 1) from k = 1 to 16: the series of log((1 + s) / (1 - s)) - 2s in s^2, for s <= 1/3. */
@lazy
export const LOG64: usize = memory.data(16 * 8, 8)
for (let k = 1; k <= 16; k++) store<f64>(LOG64 + (k << 3) - 8, 2 / <f64>(2 * k + 1))

/** log(1 + e) / e - 3/4 within 8.5e-9 of the logarithm for e in [0, 1], c0 to c9; 3/4. */
@lazy
export const LOG32: usize = memory.data<f32>([
  0.25, -0.5, 0.33332377672195435, -0.24976876378059387, 0.1978413611650467, -0.15597641468048096,
  0.11070744693279266, -0.06134432554244995, 0.022083936259150505, -0.0037198385689407587, 0.75,
])

/**
 * What the results of float32 rows need: exp within 5.2e-11 (c2 to c7), 1 and ln 2, the series above within 8e-10 for
 * s <= 0.1716 (from the highest power on), 2, sqrt(1/2), sqrt(2) and 2^52.
 */
@lazy
export const SHORT64: usize = memory.data<f64>([
  0.50000000676475, 0.16666665869509367, 0.04166629508129167, 0.008333496985980363, 0.0013944649294279862,
  0.00019790364906949718, 1, 0.6931471805599453,
  0.2987094112209085, 0.39977573844021824, 0.6666677608726754,
  2, 0.7071067811865476, 1.4142135623730951, 4503599627370496,
])

/** Lanes below the k-th, as a mask at LANES32 + 16 k. */
@lazy
export const LANES32: usize = memory.data<u32>([
  0, 0, 0, 0, 0xffffffff, 0, 0, 0, 0xffffffff, 0xffffffff, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0,
  0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
])
