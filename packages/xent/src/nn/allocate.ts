import { defaultEngine } from '../engine/default.ts'
import type { AllocatedTensor } from '../engine/engine.ts'
import type { DType } from '../tensor/dtype.ts'
import { checkShape } from '../tensor/read.ts'
import type { Shape } from '../tensor/shape.ts'

/**
 * A zero-filled array in the memory of the synchronous functions' engine, which reads and writes it in place.
 *
 * Fill `data`, pass the tensor as an argument or as `out`, and give the memory back with `free()`. Ask for `data` anew
 * after other calls: a typed array of it is cut off when the memory grows, the tensor is not.
 *
 * @throws XentError SHAPE_MISMATCH for a shape that is none, ENGINE where the memory does not hold it
 */
export const allocate = (shape: Shape, dtype: DType): AllocatedTensor => {
  checkShape('allocate', 'shape', shape)
  return defaultEngine().allocate(shape, dtype)
}
