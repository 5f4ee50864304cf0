const float32 = new Float32Array(1)
const float32Bits = new Uint32Array(float32.buffer)

/** The value of IEEE binary16 bits. */
export function float16ToNumber(bits: number): number {
  const magnitude = bits & 0x7fff
  if (magnitude > 0x7c00) return Number.NaN
  // As float32 bits the exponent is short by the difference of the biases, 127 − 15, also for subnormals.
  float32Bits[0] = magnitude << 13
  const value = magnitude === 0x7c00 ? Number.POSITIVE_INFINITY : float32[0]! * 2 ** 112
  return bits & 0x8000 ? -value : value
}

/** The value of bfloat16 bits, which are the upper half of a float32's. */
export function bfloat16ToNumber(bits: number): number {
  float32Bits[0] = bits << 16
  return float32[0]!
}

/** The IEEE binary16 bits nearest to a value, ties to even. */
export const numberToFloat16 = (value: number): number => encode(value, 10, 15)

/** The bfloat16 bits nearest to a value, ties to even. */
export const numberToBfloat16 = (value: number): number => encode(value, 7, 127)

/** Rounds straight from float64: by way of float32 a value just off a tie would become the tie. */
function encode(value: number, fractionBits: number, bias: number): number {
  const infinity = (2 * bias + 1) << fractionBits
  if (Number.isNaN(value)) return infinity | (1 << (fractionBits - 1))
  const magnitude = Math.abs(value)
  const sign = Object.is(magnitude, value) ? 0 : 0x8000
  // where log2 is off by one, next to a power of two, that power is the result either way
  const exponent = Math.max(Math.floor(Math.log2(magnitude)), 1 - bias)
  if (exponent > bias) return sign | infinity
  // Next to 2⁵² a float64 holds whole numbers only, so the addition rounds to a count of units of the last place. The
  // count includes the implicit leading bit, and where it is one too many it carries into the exponent.
  const count = magnitude / 2 ** (exponent - fractionBits) + 2 ** 52 - 2 ** 52
  return sign | (((exponent + bias - 1) << fractionBits) + count)
}
