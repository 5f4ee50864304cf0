export interface Output {
  write(text: string): unknown
}

/** The streams of a run: those of the process, or a test's own. */
export interface Io {
  /** takes results only, so that it can be piped on */
  readonly stdout: Output
  /** takes errors and warnings */
  readonly stderr: Output
  /** what a file named `-` is read from; nothing comes from it unless given */
  readonly stdin?: NodeJS.ReadableStream
}
