const float32 = new Float32Array(1)
const float32Bits = new Uint32Array(float32.buffer)

const float64 = new Float64Array(1)
const float64Words = new Uint32Array(float64.buffer)
/** Index of a float64's word of sign and exponent: 1 where the first byte is the lowest, else 0. */
const HIGH = new Uint8Array(Uint32Array.of(1).buffer)[0]!
const LOW = 1 - HIGH

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
  float64[0] = value
  const sign = (float64Words[HIGH]! >>> 16) & 0x8000
  const exponent = Math.max(((float64Words[HIGH]! >>> 20) & 0x7ff) - 1023, 1 - bias)
  if (exponent > bias) return sign | infinity
  // Added to 2⁵² units of the result's last place, the value is rounded to a whole count of them by the
  // addition itself, and the low word of the sum is that count, the implicit leading bit included.
  float64Words[HIGH] = (exponent - fractionBits + 52 + 1023) << 20
  float64Words[LOW] = 0
  float64[0]! += Math.abs(value)
  return sign | (((exponent + bias - 1) << fractionBits) + float64Words[LOW]!)
}
