import { complain } from '../error.ts'
import { broadcastShapes, formatShape, type Shape } from '../tensor/shape.ts'

/** The shape that two broadcast to: that of an argument, and another that the message describes. TensorFlow names its operands in their order. */
export const commonShape = (
  fn: string,
  argument: string,
  given: Shape,
  other: Shape,
  description: string,
  operands: readonly [Shape, Shape] = [given, other],
): number[] => {
  const shape = broadcastShapes(given, other)
  if (shape) return shape
  throw complain(
    'SHAPE_MISMATCH',
    fn,
    argument,
    `a shape that broadcasts with that of ${description}, ${formatShape(other)}`,
    formatShape(given),
    `Incompatible shapes: [${operands[0].join(',')}] vs. [${operands[1].join(',')}]`,
  )
}
