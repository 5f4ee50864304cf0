// The kernels' polynomials, fitted so that the largest relative error is least (Lawson's reweighted least squares):
// prints coefficients, lowest power first, and that error.
//   exp(t) = 1 + t + t^2 P(t) for |t| <= ln(2)/2
//   log((1 + s) / (1 - s)) = 2 s + s z P(z) for z = s^2, |s| <= (sqrt(2) - 1) / (sqrt(2) + 1)
//   log(1 + e) = e + e^2 P(e) with P(0) = -1/2 in float32, and s P(z) for s = e / (2 + e) in float64, e from 0 to 1
const POINTS = 2000

const solve = (matrix) => {
  const n = matrix.length
  for (let i = 0; i < n; i++) {
    const pivot = matrix
      .slice(i)
      .reduce((best, row, k) => (Math.abs(row[i]) > Math.abs(matrix[best][i]) ? i + k : best), i)
    ;[matrix[i], matrix[pivot]] = [matrix[pivot], matrix[i]]
    for (let r = 0; r < n; r++) {
      if (r === i) continue
      const factor = matrix[r][i] / matrix[i][i]
      for (let c = i; c <= n; c++) matrix[r][c] -= factor * matrix[i][c]
    }
  }
  return matrix.map((row, i) => row[n] / row[i])
}

/**
 * Coefficients of the polynomial in `variable` that fits `target`; an error there counts `scale` times in the result.
 * The first of them are given as `known`.
 */
const fit = (points, degree, known) => {
  const powers = Array.from({ length: degree + 1 - known.length }, (_, k) => k + known.length)
  let weights = points.map(() => 1)
  let coefficients = known
  for (let round = 0; round < 60; round++) {
    const basis = points.map(({ variable, scale, target }) => [
      ...powers.map((k) => scale * variable ** k),
      scale * (target - known.reduce((sum, c, k) => sum + c * variable ** k, 0)),
    ])
    const normal = powers.map((_, i) =>
      [...powers.keys(), powers.length].map((j) =>
        basis.reduce((sum, row, p) => sum + weights[p] * row[i] * row[j], 0),
      ),
    )
    coefficients = [...known, ...solve(normal)]
    const errors = points.map((point) => Math.abs(errorAt(point, coefficients)))
    const total = errors.reduce((sum, error, p) => sum + error * weights[p], 0)
    weights = weights.map((weight, p) => (weight * errors[p] * POINTS) / total)
  }
  return coefficients
}

const errorAt = ({ variable, scale, target }, coefficients) =>
  scale * (coefficients.reduceRight((sum, c) => sum * variable + c, 0) - target)

/** Rounds one coefficient after the other, from the most important on, and fits the rest anew each time. */
const fitRounded = (points, degree, round, given) => {
  let known = given
  for (let k = given.length; k <= degree; k++) known = [...known, round(fit(points, degree, known)[k])]
  return known
}

const show = (name, points, degree, round, given = []) => {
  const coefficients = fitRounded(points, degree, round, given)
  const worst = Math.max(...points.map((point) => Math.abs(errorAt(point, coefficients))))
  console.log(`${name}\n  ${coefficients.join(', ')}\n  largest relative error ${worst.toExponential(2)}`)
}

const chebyshev = (limit) =>
  Array.from({ length: POINTS }, (_, k) => limit * Math.cos(((k + 0.5) * Math.PI) / POINTS))

/** 1 + z/3 + ... and 1/2 + t/6 + ... by their power series, which do not cancel. */
const expTail = (t) => {
  let term = 0.5
  let sum = 0
  for (let k = 3; k < 30; k++) {
    sum += term
    term *= t / k
  }
  return sum
}
const logTail = (z) => {
  let sum = 0
  for (let k = 25; k >= 1; k--) sum = sum * z + 2 / (2 * k + 1)
  return sum
}
/** (log(1 + e) - e) / e^2, by its power series where that cancels. */
const log1pTail = (e) => {
  if (e > 0.3) return (Math.log1p(e) - e) / e ** 2
  let sum = 0
  for (let k = 60; k >= 2; k--) sum = sum * e + (k % 2 ? 1 : -1) / k
  return sum
}

const expPoints = chebyshev(Math.LN2 / 2).map((t) => ({
  variable: t,
  target: expTail(t),
  scale: t ** 2 / Math.exp(t),
}))
const logPoints = chebyshev((Math.SQRT2 - 1) / (Math.SQRT2 + 1)).map((s) => {
  const z = s * s
  return { variable: z, target: logTail(z), scale: z / (2 + z * logTail(z)) }
})
const unit = chebyshev(0.5).map((e) => 0.5 + e)
const tailPoints = unit.map((e) => ({ variable: e, target: log1pTail(e), scale: e ** 2 / Math.log1p(e) }))
const atanhPoints = unit.map((e) => {
  const s = e / (2 + e)
  return { variable: s * s, target: Math.log1p(e) / s, scale: s / Math.log1p(e) }
})
const float64 = (value) => value

show('exp, float32, degree 6', expPoints, 4, Math.fround)
for (const degree of [7, 8]) show(`exp, float64, degree ${degree}`, expPoints, degree - 2, float64)
for (const degree of [2, 3, 4]) show(`log, float64, degree ${degree}`, logPoints, degree, float64)
show('log(1 + e), float32, degree 8', tailPoints, 8, Math.fround, [-0.5])
show('log(1 + e), float64, degree 4', atanhPoints, 4, float64)
