/**
 * A kernel module made over for shared memory: it differs in how it declares the memory that it imports. The bytes are those
 * of scripts/build-kernels.mjs, whose modules import nothing else, `env.memory`.
 */
export const withSharedMemory = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => {
  const at = importSection(bytes)
  // the section: its id, its size, and what it says of the memory from the limits on, which are flags and a minimum of pages
  const limits = at + 2 + IMPORTED
  return Uint8Array.from([
    ...bytes.subarray(0, at + 1),
    bytes[at + 1]! + MAXIMUM.length,
    ...bytes.subarray(at + 2, limits),
    SHARED,
    bytes[limits + 1]!,
    ...MAXIMUM,
    ...bytes.subarray(limits + 2),
  ])
}

const IMPORT_SECTION = 2
/** Bytes of: one import, the names `env` and `memory`, the kind memory. */
const IMPORTED = 1 + 4 + 7 + 1
/** A shared memory with a minimum and a maximum of pages. */
const SHARED = 3
/** 65536 pages, which are 4 GiB. */
const MAXIMUM = [0x80, 0x80, 0x04]

const importSection = (bytes: Uint8Array): number => {
  for (let at = 8; at < bytes.length; ) {
    if (bytes[at] === IMPORT_SECTION) return at
    let size = 0
    let shift = 0
    let next = at + 1
    do {
      size |= (bytes[next]! & 0x7f) << shift
      shift += 7
    } while (bytes[next++]! & 0x80)
    at = next + size
  }
  throw new Error('a kernel module imports no memory')
}

/** As much of 4 GiB as this machine lets one reserve; throws where threads may share none. */
export const createSharedMemory = (): WebAssembly.Memory => {
  if (typeof SharedArrayBuffer === 'undefined' || globalThis.crossOriginIsolated === false)
    throw new Error('threads may share no memory here; a page needs to be cross-origin isolated for that')
  for (let maximum = 65536; ; maximum /= 2) {
    try {
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true })
    } catch (error) {
      if (maximum <= LEAST_PAGES) throw error
    }
  }
}

const LEAST_PAGES = 1024
