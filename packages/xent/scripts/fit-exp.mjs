// The float32 kernels' polynomial: g(t) = (exp(t) - 1 - t) / t^2 interpolated at the Chebyshev nodes of |t| <= ln(2)/2.
// Prints its coefficients, highest power first, and the largest relative error of 1 + t + t^2 g(t) against exp(t).
const DEGREE = 4
const h = Math.LN2 / 2

/** g(t) by its power series, which does not cancel. */
const series = (t) => {
  let term = 0.5
  let sum = 0
  for (let k = 3; k < 24; k++) {
    sum += term
    term *= t / k
  }
  return sum
}

const nodes = Array.from(
  { length: DEGREE + 1 },
  (_, k) => h * Math.cos(((2 * k + 1) * Math.PI) / (2 * DEGREE + 2)),
)
const matrix = nodes.map((t) => [...Array.from({ length: DEGREE + 1 }, (_, k) => t ** k), series(t)])
for (let i = 0; i <= DEGREE; i++) {
  for (let r = 0; r <= DEGREE; r++) {
    if (r === i) continue
    const factor = matrix[r][i] / matrix[i][i]
    for (let c = i; c <= DEGREE + 1; c++) matrix[r][c] -= factor * matrix[i][c]
  }
}
const coefficients = matrix.map((row, i) => Math.fround(row[DEGREE + 1] / row[i]))
let worst = 0
for (let k = -100000; k <= 100000; k++) {
  const t = (h * k) / 100000
  const fitted = 1 + t + t * t * coefficients.reduceRight((sum, c) => sum * t + c, 0)
  worst = Math.max(worst, Math.abs(fitted / Math.exp(t) - 1))
}
console.log(coefficients.toReversed().join(', '))
console.log(`largest relative error ${worst.toExponential(2)}`)
