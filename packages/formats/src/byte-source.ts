/** Random access to bytes that may be far away: a file, an http range, a Blob. */
export interface ByteSource {
  /** shown in errors; its extension chooses the format in {@link readArray} */
  readonly name: string
  readonly byteLength: number
  /**
   * The bytes in [start, end), with 0 ≤ start ≤ end ≤ byteLength.
   *
   * The result may share memory with the source, so readers never write into it. A source that can no longer
   * deliver that many bytes rejects.
   */
  slice(start: number, end: number): Promise<Uint8Array>
}

/** A source over bytes in memory; not copied. */
export const bytesSource = (bytes: Uint8Array, name = 'bytes'): ByteSource => ({
  name,
  byteLength: bytes.byteLength,
  slice: async (start, end) => bytes.subarray(start, end),
})

/** A source over a Blob; a File gives its own name. */
export const blobSource = (blob: Blob, name: string = nameOf(blob)): ByteSource => ({
  name,
  byteLength: blob.size,
  slice: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
})

const nameOf = (blob: Blob): string => ('name' in blob && typeof blob.name === 'string' ? blob.name : 'blob')

/** All bytes of a source. */
export const readAll = (source: ByteSource): Promise<Uint8Array> => source.slice(0, source.byteLength)
