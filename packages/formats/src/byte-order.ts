export type ByteOrder = 'little' | 'big'

export const NATIVE_BYTE_ORDER: ByteOrder =
  new Uint8Array(Uint16Array.of(1).buffer)[0] === 1 ? 'little' : 'big'

/**
 * The elements of `bytes` in native byte order, at an offset at which a typed array can view them.
 *
 * The same bytes where that is so already, else a copy.
 */
export const toNative = (bytes: Uint8Array, itemSize: number, order: ByteOrder): Uint8Array => {
  if (itemSize > 1 && order !== NATIVE_BYTE_ORDER) return swapped(bytes, itemSize)
  return bytes.byteOffset % itemSize === 0 ? bytes : new Uint8Array(bytes)
}

const swapped = (bytes: Uint8Array, itemSize: number): Uint8Array => {
  const result = new Uint8Array(bytes.length)
  for (let item = 0; item < bytes.length; item += itemSize) {
    for (let i = 0; i < itemSize; i++) result[item + i] = bytes[item + itemSize - 1 - i]!
  }
  return result
}
