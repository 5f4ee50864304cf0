let replicas: number | undefined

/** How many replicas share the work of the distribution strategy that is in force; undefined where none is. */
export const replicasInSync = (): number | undefined => replicas

/** Runs a function under a strategy of so many replicas. */
export const underReplicas = <Result>(count: number, fn: () => Result): Result => {
  const before = replicas
  replicas = count
  try {
    return fn()
  } finally {
    replicas = before
  }
}
