import { complain } from '../../error.ts'
import { checkArguments } from '../../nn/arguments.ts'
import type { Definition } from '../../nn/differentiable.ts'
import { deprecated } from './notice.ts'

/** Version 1's old name of an argument, and the name it has now. */
export interface Alias {
  readonly old: string
  readonly current: string
}

/** A definition that takes an argument under its old name too, but not under both. */
export const withAlias = <Args extends object, Old extends object, Key extends string>(
  def: Definition<Args, Key>,
  { old, current }: Alias,
): Definition<Old, Key> => {
  const renamed = (args: Old): Args => {
    const { [old]: given, ...rest } = args as Record<string, unknown>
    if (given !== undefined) {
      if (rest[current] !== undefined) throw bothGiven(def.name, old, current)
      deprecated(`${def.name}'s argument \`${old}\``, `Use \`${current}\`.`)
      rest[current] = given
    } else if (def.required.includes(current)) {
      // version 1's default where neither is given
      rest[current] ??= null
    }
    checkArguments(def, rest)
    return rest as Args
  }
  return {
    ...def,
    required: def.required.filter((argument) => argument !== current),
    optional: [...def.optional, old, ...def.required.filter((argument) => argument === current)],
    plan: (args, request) => def.plan(renamed(args), request),
  }
}

/** What an old and a current name of an argument are refused with where both are given. */
export const bothGiven = (fn: string, old: string, current: string): Error =>
  complain(
    'UNKNOWN_ARGUMENT',
    fn,
    old,
    `either ${old} or ${current}`,
    'both',
    `Cannot specify both '${old}' and '${current}'.`,
  )
