import { XentError } from '../error.ts'
import { type ArrayOf, bytesPerElement, type DType, viewOf, zeros } from '../tensor/dtype.ts'
import { type Shape, sizeOf } from '../tensor/shape.ts'
import { Tensor } from '../tensor/tensor.ts'
import type { Engine } from './engine.ts'
import { allocate, release } from './wasm/allocation.ts'

/** An array in an engine's memory. Its `data` is found anew at each access, so it stays valid when that memory grows. */
export class AllocatedTensor<D extends DType = DType> extends Tensor<D> {
  /** Gives the memory back; `data` throws from then on. */
  readonly free: () => void

  constructor(data: () => ArrayOf<D>, shape: Shape, dtype: D, free: () => void) {
    super(data, shape, dtype)
    this.free = free
  }

  /** What `using` calls at the end of its block: `free`. */
  [Symbol.dispose](): void {
    this.free()
  }
}

/** A zero-filled array that the engine uses in place. */
export const allocateOn = <D extends DType>(
  { memory }: Engine,
  shape: Shape,
  dtype: D,
): AllocatedTensor<D> => {
  const size = sizeOf(shape)
  if (!memory) {
    const data = zeros(dtype, size)
    return new AllocatedTensor(
      () => data,
      shape,
      dtype,
      () => {},
    )
  }
  let range = allocate(memory, size * bytesPerElement(dtype))
  const { start } = range
  let array = viewOf(dtype, memory.views.buffer, start, size)
  const data = (): ArrayOf<D> => {
    if (range.size === 0) throw new XentError('ENGINE', 'allocate: the array was given back with free().')
    // the memory has grown
    if (array.buffer !== memory.views.buffer) array = viewOf(dtype, memory.views.buffer, start, size)
    return array
  }
  new Uint8Array(memory.views.buffer, start, range.size).fill(0)
  return new AllocatedTensor(data, shape, dtype, () => {
    if (range.size) release(memory, range)
    range = { start, size: 0 }
  })
}
