import { complain } from '../error.ts'

/** A list or a dictionary with something for each output of a model. */
export type Structure = readonly unknown[] | Readonly<Record<string, unknown>>

/** An output's place in a list or name in a dictionary; undefined where it is the only one. */
export type Path = string | number | undefined

const isDictionary = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value)

/** Losses, or weights of outputs, are lists or dictionaries where they are not for all outputs. */
export const isStructure = (value: unknown): value is Structure =>
  Array.isArray(value) || (isDictionary(value) && !('class_name' in value || 'className' in value))

/** Arrays are lists of outputs where their elements are not plain numbers, or arrays of them. */
export const isOfArrays = (value: unknown): value is Structure =>
  Array.isArray(value)
    ? value.some((element) => typeof element === 'object' && !Array.isArray(element))
    : isDictionary(value) && !('data' in value)

export const pathsOf = (structure: Structure): Path[] =>
  Array.isArray(structure) ? [...structure.keys()] : Object.keys(structure)

export const at = (structure: unknown, path: Path): unknown =>
  path === undefined ? structure : (structure as Readonly<Record<string | number, unknown>>)[path]

/** A structure has something for each of these paths: a list of as many, or a dictionary with these names. */
export const checkStructure = (
  fn: string,
  argument: string,
  given: unknown,
  paths: readonly Path[],
): void => {
  const isList = typeof paths[0] === 'number'
  if (isList ? Array.isArray(given) && given.length === paths.length : isDictionary(given)) {
    const absent = paths.find((path) => at(given, path) === undefined)
    if (absent === undefined) return
    throw complain(
      'VALUE',
      fn,
      argument,
      `an entry for ${absent}, which has a loss`,
      Object.keys(given as object).join(', ') || 'nothing',
      `The path: ('${absent}',) in the \`loss\` argument, can't be found in either the model's output (\`y_pred\`) or in the labels (\`y_true\`).`,
    )
  }
  throw complain(
    'VALUE',
    fn,
    argument,
    isList ? `a list of ${paths.length} arrays` : `a dictionary of ${paths.join(', ')}`,
    Array.isArray(given) ? `a list of ${given.length}` : typeof given,
    'y_true and y_pred have different structures.',
  )
}

/** Something for each path, in the form that the paths are of. */
export const packed = <One>(paths: readonly Path[], values: readonly One[]): unknown => {
  if (paths[0] === undefined) return values[0]
  if (typeof paths[0] === 'number') return values
  return Object.fromEntries(paths.map((path, k) => [path, values[k]]))
}
