/**
 * web/pace: how long a client may take over its text.
 *
 * Only the time in which we wait for the client counts, not that in which it waits for our disks.
 * Limit: a grace, and then what its bytes so far are worth; so a client that sends one byte a
 * second holds its place no longer than one that sends nothing.
 */

/** The longest wait for the first byte, and how long nobody is called silent; milliseconds. */
export const FIRST_MS = 3_000
export const QUIET_MS = 500
/** Milliseconds that every client has that has begun. */
export const GRACE_MS = 10_000
/** Bytes a millisecond, on average, beyond that: 64 MB in nine minutes. */
export const BYTES_PER_MS = 128

/** The longest time that a whole text can take, in milliseconds. */
export const longestMs = (bytes: number): number => GRACE_MS + bytes / BYTES_PER_MS

export class Pace {
  #bytes = 0
  #waitedMs = 0

  took(bytes: number, waitedMs: number): void {
    this.#bytes += bytes
    this.#waitedMs += waitedMs
  }

  /** How long it may be waited for now, in milliseconds; 0 or less: no longer. */
  get leftMs(): number {
    return longestMs(this.#bytes) - this.#waitedMs
  }
}
