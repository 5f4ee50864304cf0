import { shuffled } from '../random.ts'

/** Indices of texts. */
export interface Split {
  /** To learn from. */
  readonly training: readonly number[]
  /** To decide when to stop. */
  readonly validation: readonly number[]
  /** To judge the result. */
  readonly heldOut: readonly number[]
}

const HELD_OUT = 0.2
const VALIDATION = 0.1

/** Of a class, so that each part has some. */
const FEWEST_GROUPS = 20

/**
 * Sets texts apart. A group stays together, and each part has its share of every class.
 *
 * @param groups indices of texts that are nearly the same
 * @param labels class of each text
 * @throws Error when a class has too few groups
 */
export const split = (
  groups: readonly (readonly number[])[],
  labels: ArrayLike<number>,
  classes: readonly string[],
  random: () => number,
): Split => {
  const parts = { training: [] as number[], validation: [] as number[], heldOut: [] as number[] }
  classes.forEach((name, label) => {
    const own = groups.filter(([first]) => labels[first!] === label)
    if (own.length < FEWEST_GROUPS)
      throw new Error(
        `class ${name}: expected at least ${FEWEST_GROUPS} texts that are not nearly the same, found ${own.length}`,
      )
    const count = own.flat().length
    let given = 0
    for (const group of shuffled(own, random)) {
      const share = given / count
      const part = share < HELD_OUT ? 'heldOut' : share < HELD_OUT + VALIDATION ? 'validation' : 'training'
      parts[part].push(...group)
      given += group.length
    }
  })
  return {
    training: shuffled(parts.training, random),
    validation: shuffled(parts.validation, random),
    heldOut: shuffled(parts.heldOut, random),
  }
}
