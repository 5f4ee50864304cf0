const warned = new Set<string>()

/** Says once, on the console, that a single class makes no categorical loss. */
export const warnOfSingleClass = (name: string, shape: readonly number[], classes: number): void => {
  if (classes !== 1 || warned.has(name)) return
  warned.add(name)
  console.warn(
    `xent/keras: In loss ${name}, expected y_pred.shape to be (batch_size, num_classes) with num_classes > 1. Received: y_pred.shape=(${shape.join(', ')}). Consider using 'binary_crossentropy' if you only have 2 classes.`,
  )
}
