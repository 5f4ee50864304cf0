/** The derivative of x^exponent, which is 0 for the exponent 0, also at 0. */
export const powerSlope = (x: number, exponent: number): number =>
  exponent === 0 ? 0 : exponent * x ** (exponent - 1)
