/**
 * Constants lie in memory and are loaded once, at the entry of a function: an engine that sees them as immediate
 * values may build them anew at each use, as V8 from 13 on does.
 */

/** log2(e) and ln 2 in two parts; the high part has few enough bits that its product with |n| <= 4096 is exact. */
export const EXP32: usize = memory.data<f32>([
  1.4426950408889634, 0.693115234375, 3.194618494530942e-5,
  // (exp(t) - 1 - t) / t^2 at the five Chebyshev nodes of |t| <= ln(2)/2, scripts/fit-exp.mjs; within 1e-8 of exp(t)
  0.0013926175888627768, 0.008363173343241215, 0.041666556149721146, 0.16666577756404877, 0.5, 1.0,
])

/** The same in float64: the high part of ln 2 has 32 bits, so |n| <= 2^20; then 1/k! from k = 1 to 13. */
export const EXP64: usize = memory.data<f64>([
  1.4426950408889634, 0.6931471803691238, 1.9082149292705877e-10,
  1.0, 0.5, 0.16666666666666666, 4.1666666666666664e-2, 8.333333333333333e-3, 1.388888888888889e-3,
  1.984126984126984e-4, 2.48015873015873e-5, 2.7557319223985893e-6, 2.755731922398589e-7, 2.505210838544172e-8,
  2.08767569878681e-9, 1.6059043836821613e-10,
])

/** 2 / (2k + 1) from k = 1 to 16: the series of log((1 + s) / (1 - s)) - 2s in s^2, for s <= 1/3. */
export const LOG64: usize = memory.data<f64>([
  0.6666666666666666, 0.4, 0.2857142857142857, 0.2222222222222222, 0.18181818181818182, 0.15384615384615385,
  0.13333333333333333, 0.11764705882352941, 0.10526315789473684, 0.09523809523809523, 0.08695652173913043, 0.08,
  0.07407407407407407, 0.06896551724137931, 0.06451612903225806, 0.06060606060606061,
])

/** Lanes below the k-th, as a mask at LANES32 + 16 k. */
export const LANES32: usize = memory.data<u32>([
  0, 0, 0, 0, 0xffffffff, 0, 0, 0, 0xffffffff, 0xffffffff, 0, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0,
  0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff,
])

/** Every lane but the k-th, as a mask at OTHERS32 + 16 k. */
export const OTHERS32: usize = memory.data<u32>([
  0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0, 0xffffffff, 0xffffffff,
  0xffffffff, 0xffffffff, 0, 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff, 0,
])
