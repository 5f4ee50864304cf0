/** x^exponent; of focal losses that exponent nearly always is 2. */
export const power = (x: number, exponent: number): number => (exponent === 2 ? x * x : x ** exponent)

/** Its derivative, which is 0 for the exponent 0, also at 0. */
export const powerSlope = (x: number, exponent: number): number =>
  exponent === 0 ? 0 : exponent * (exponent === 2 ? x : x ** (exponent - 1))
