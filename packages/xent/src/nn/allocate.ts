import { type AllocatedTensor, allocateOn } from '../engine/allocated-tensor.ts'
import { defaultEngine } from '../engine/default.ts'
import type { Engine } from '../engine/engine.ts'
import { complain } from '../error.ts'
import { type DType, isDType } from '../tensor/dtype.ts'
import { checkShape } from '../tensor/read.ts'
import type { Shape } from '../tensor/shape.ts'

/**
 * A zero-filled array in the memory of the synchronous functions' engine, which reads and writes it in place.
 *
 * Fill `data`, pass the tensor as an argument or as `out`, and give the memory back with `free()`. Ask for `data` anew
 * after other calls: a typed array of it is cut off when the memory grows, the tensor is not.
 *
 * @throws XentError SHAPE_MISMATCH for a shape that is none, DTYPE for a type that is none, ENGINE where the memory does
 *   not hold it
 */
export const allocate = <D extends DType>(shape: Shape, dtype: D): AllocatedTensor<D> =>
  checkedAllocate(defaultEngine(), shape, dtype)

export const checkedAllocate = <D extends DType>(
  engine: Engine,
  shape: Shape,
  dtype: D,
): AllocatedTensor<D> => {
  checkShape('allocate', 'shape', shape)
  if (isDType(dtype)) return allocateOn(engine, [...shape], dtype)
  throw complain('DTYPE', 'allocate', 'dtype', 'an element type', dtype)
}
