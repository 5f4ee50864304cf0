/** What went wrong, for programs; the message is for people. */
export type XentErrorCode =
  | 'SHAPE_MISMATCH'
  | 'LABEL_OUT_OF_RANGE'
  | 'DTYPE'
  | 'AXIS'
  | 'MISSING_ARGUMENT'
  | 'UNKNOWN_ARGUMENT'
  | 'POSITIONAL_CALL'
  | 'REDUCTION'
  | 'VALUE'
  | 'OUT'
  | 'ENGINE'

/** Every error that the library raises on purpose. */
export class XentError extends Error {
  override readonly name = 'XentError'
  readonly code: XentErrorCode

  constructor(code: XentErrorCode, message: string) {
    super(message)
    this.code = code
  }
}

/**
 * The one place that words a complaint about an argument: `fn: argument: expected this, received that.`
 *
 * @param fn the public function that was called
 * @param tensorflow TensorFlow's wording of the same mistake
 */
export const complain = (
  code: XentErrorCode,
  fn: string,
  argument: string,
  expected: string,
  received: unknown,
  tensorflow = '',
): XentError => {
  const text = `${fn}: ${argument}: expected ${expected}, received ${String(received)}. ${tensorflow}`
  return new XentError(code, text.trimEnd())
}
