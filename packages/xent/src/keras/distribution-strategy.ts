import { complain } from '../error.ts'
import { underReplicas } from '../nn/replicas.ts'

const name = 'distributionStrategy'

/**
 * Runs a function as one of several replicas that share a batch, as a `tf.distribute.Strategy` does.
 *
 * Each replica knows its share of the batch alone, so losses with a mean for their reduction throw in it, except in
 * `compileLoss`, which divides by the replicas. `computeAverageLoss` counts them.
 *
 * @param replicas how many share the batch, 1 or more
 * @param fn what a replica does; it may not be asynchronous
 * @returns what `fn` returns
 * @throws XentError VALUE for another number of replicas, or where `fn` returns a promise
 * @see https://www.tensorflow.org/tutorials/distribute/custom_training
 */
export const distributionStrategy = <Result>(replicas: number, fn: () => Result): Result => {
  if (!(Number.isInteger(replicas) && replicas >= 1))
    throw complain('VALUE', name, 'replicas', 'a whole number, 1 or more', replicas)
  const result = underReplicas(replicas, fn)
  if (typeof (result as PromiseLike<unknown> | undefined)?.then === 'function')
    throw complain('VALUE', name, 'fn', 'a function that is not asynchronous', 'a promise')
  return result
}
