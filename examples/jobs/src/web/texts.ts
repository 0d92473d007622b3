/**
 * web/texts: where the web leaves the text of a job before it asks for the job.
 *
 * The store of the coordinators is one; another one, in memory, is in the tests.
 */

/** A text that is whole, on the disks of a majority. */
export interface StoredText {
  readonly blob: string
  readonly bytes: number
  readonly sha256: string
}

export interface TextStore {
  /**
   * Takes no further piece of the source before a majority has the one before; settles when a
   * majority has all of it. Rejects with whatever the source rejects with, or with a coded error
   * when there is no majority for it, and leaves nothing behind then.
   */
  store(source: AsyncIterable<Uint8Array>): Promise<StoredText>
  /** No job has it: it is forgotten, as far as that can be done now. */
  drop(blob: string): void
}
