const given = new Set<string>()

/** Says once, on the console, that a name is deprecated. */
export const deprecated = (what: string, instead: string): void => {
  if (given.has(what)) return
  given.add(what)
  console.warn(`xent/compat/v1: ${what} is deprecated. ${instead}`)
}
