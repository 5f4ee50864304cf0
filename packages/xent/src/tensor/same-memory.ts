/** A shared WebAssembly memory that grows shows a new buffer, and what was seen through the one before stays valid. */
const originals = new WeakMap<ArrayBufferLike, ArrayBufferLike>()

/** One and the same for all buffers of a memory. */
export const originOf = (buffer: ArrayBufferLike): ArrayBufferLike => originals.get(buffer) ?? buffer

/** Says that a buffer shows the same memory as an earlier one. */
export const markSame = (buffer: ArrayBufferLike, earlier: ArrayBufferLike): void => {
  if (buffer !== earlier) originals.set(buffer, originOf(earlier))
}
