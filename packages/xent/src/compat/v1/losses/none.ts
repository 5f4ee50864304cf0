import { complain } from '../../../error.ts'
import { snakeCase } from '../../../keras/options.ts'

/** Refuses what is not there, in the words of version 1. */
export const checkGiven = (fn: string, required: readonly string[], args: object): void => {
  const given = args as Readonly<Record<string, unknown>>
  for (const argument of required) {
    if (given[argument] != null) continue
    const text = `Argument \`${snakeCase(argument)}\` must not be None.`
    throw complain('MISSING_ARGUMENT', fn, argument, 'a value', given[argument], text)
  }
}

/** The same where version 1 finds out only when it makes a tensor. */
export const notNone = <Value>(fn: string, argument: string, value: Value): Value => {
  if (value != null) return value
  const text = "Attempt to convert a value (None) with an unsupported type (<class 'NoneType'>) to a Tensor."
  throw complain('MISSING_ARGUMENT', fn, argument, 'a value', value, text)
}
