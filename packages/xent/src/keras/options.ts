import { checkKeys } from '../nn/arguments.ts'

type SnakeCase<Name extends string> = Name extends `${infer Head}${infer Tail}`
  ? `${Head extends Lowercase<Head> ? Head : `_${Lowercase<Head>}`}${SnakeCase<Tail>}`
  : Name

/** Options in Keras' spelling too: `from_logits` beside `fromLogits`. */
export type BothSpellings<Options> = Options & {
  readonly [Name in keyof Options as SnakeCase<Name & string>]?: Options[Name]
}

/** `fromLogits` for `from_logits`. */
export const camelCase = (name: string): string =>
  name.replace(/_+([a-z])/g, (_, letter: string) => letter.toUpperCase())

/** The given options under their names here, the others as their defaults say. */
export const completed = <Options extends object>(
  fn: string,
  defaults: Options,
  given: object | null | undefined,
): Options => {
  const named = Object.fromEntries(Object.entries(given ?? {}).map(([key, value]) => [camelCase(key), value]))
  return withDefaults(fn, defaults, named)
}

/** The same of options under their names here alone. */
export const withDefaults = <Options extends object>(
  fn: string,
  defaults: Options,
  given: object | undefined,
): Options => {
  checkKeys(fn, '', given, Object.keys(defaults))
  const set = Object.entries(given ?? {}).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(set) }
}
