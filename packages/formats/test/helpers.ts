import { expect } from 'vitest'
import { type ByteSource, bytesSource, FormatError } from '../src/index.ts'

/** A source that holds `text` under a file's name. */
export const textSource = (text: string, name: string): ByteSource =>
  bytesSource(new TextEncoder().encode(text), name)

/** Expects a FormatError that says just `message`. */
export const expectFormatError = async (promise: Promise<unknown>, message: string): Promise<void> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  expect(error).toBeInstanceOf(FormatError)
  expect(error).toHaveProperty('message', message)
}
