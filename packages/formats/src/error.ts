/** What a {@link FormatError} says. */
export interface FormatProblem {
  /** name of the file or of the other thing that was read */
  readonly source: string
  /** where in it, for example `line 3, column 2`; absent when the whole is meant */
  readonly position?: string
  readonly expected: string
  readonly received: string
}

/**
 * What was read is not what its format or the call asked for.
 *
 * message = `<source>: <position>: expected <expected>, got <received>`
 */
export class FormatError extends Error {
  override readonly name = 'FormatError'
  readonly source: string
  readonly position: string | undefined
  readonly expected: string
  readonly received: string

  constructor({ source, position, expected, received }: FormatProblem, options?: ErrorOptions) {
    const place = position === undefined ? source : `${source}: ${position}`
    super(`${place}: expected ${expected}, got ${received}`, options)
    this.source = source
    this.position = position
    this.expected = expected
    this.received = received
  }
}

const EXCERPT_LENGTH = 40

/** The beginning of `text` in quotes, for the `received` of an error. */
export const excerpt = (text: string): string =>
  JSON.stringify(text.length > EXCERPT_LENGTH ? `${text.slice(0, EXCERPT_LENGTH)}…` : text)
