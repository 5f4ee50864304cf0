/** The functions of one number or two that expressions may use, in what GLSL and WGSL have in common. */
const functions: Readonly<Record<string, readonly [parameters: readonly string[], expression: string]>> = {
  // a GPU's own may make numbers of NaN; nothing has a logarithm where a row has no sum
  expOf: [['x'], 'choose(isnan(x), x, exp(x))'],
  logOf: [['x'], 'choose(isnan(x) || x <= 0.0, nan(), log(x))'],
  // for u >= 0; the logarithm of 1 + u has lost what u is small against 1
  log1p: [
    ['u'],
    'choose(u < 0.03, u * (1.0 - u * (1.0 / 2.0 - u * (1.0 / 3.0 - u * (1.0 / 4.0 - u * (1.0 / 5.0 - u / 6.0))))), logOf(1.0 + u))',
  ],
  softplus: [['x'], 'choose(isnan(x), x, max(x, 0.0) + log1p(exp(-abs(x))))'],
  sigmoid: [['x'], 'choose(isnan(x), x, choose(x < 0.0, exp(-abs(x)), 1.0) / (1.0 + exp(-abs(x))))'],
  // nothing of an infinite loss is nothing
  share: [['a', 'x'], 'choose(a == 0.0, 0.0, a * x)'],
}

/**
 * The prelude in a language.
 *
 * @param own the functions `choose`, `nan` and `whole`, which it writes in its own way
 * @param write how it writes a function of numbers
 */
export const prelude = (
  own: string,
  write: (name: string, parameters: readonly string[], expression: string) => string,
): string =>
  [
    own,
    ...Object.entries(functions).map(([name, [parameters, expression]]) =>
      write(name, parameters, expression),
    ),
  ].join('\n')
