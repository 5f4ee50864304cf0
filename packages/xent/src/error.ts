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

export interface Complaint {
  /** The public function that was called. */
  readonly fn: string
  readonly argument: string
  readonly expected: string
  readonly received: string
  /** First offending position in the argument. */
  readonly index?: readonly number[]
  /** TensorFlow's wording of the same mistake. */
  readonly tensorflow?: string
}

/** The one place that words a complaint about an argument: function, argument, expected, received, TensorFlow's text. */
export const complain = (code: XentErrorCode, complaint: Complaint): XentError => {
  const { fn, argument, expected, received, index, tensorflow } = complaint
  const place = index?.length ? `${argument}[${index.join(', ')}]` : argument
  const text = `${fn}: ${place}: expected ${expected}, received ${received}.`
  return new XentError(code, tensorflow ? `${text} ${tensorflow}` : text)
}
