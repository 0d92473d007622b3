/**
 * store/book-options: times and limits of a book.
 */

export interface BookOptions {
  /** Longest wait for a majority when a book is opened, milliseconds; default 5,000. */
  readonly openTimeoutMs?: number
  /** Longest wait of a write for its majority, milliseconds; default 5,000. */
  readonly writeTimeoutMs?: number
  /** Longest wait for one answer of a replica, milliseconds; default 2,000. */
  readonly askTimeoutMs?: number
  /** How often a replica that has all is asked for a sign of life, milliseconds; default 250. */
  readonly beatMs?: number
  /** Wait before a replica that failed is tried again, milliseconds; default 250. */
  readonly retryMs?: number
  /** Records in one message to a replica; default 500. */
  readonly pageMax?: number
  /** Records that may wait for one replica before it has to catch up from the disk; 20,000. */
  readonly queueMax?: number
  /** Jobs that are done or failed are purged after this, milliseconds; default 24 hours. */
  readonly doneKeepMs?: number
  /** Jobs that were deleted are purged after this, milliseconds; default one hour. */
  readonly deletedKeepMs?: number
  /**
   * How long a replica may be away before its jobs are compared as a whole, if some were purged;
   * milliseconds; default 24 hours.
   */
  readonly goneKeepMs?: number
  /** How often is purged, milliseconds; default 60,000. */
  readonly purgeMs?: number
  /** Go on with what is left although a majority of the stores is lost; default false. */
  readonly acceptLoss?: boolean
}

const HOUR_MS = 3_600_000

export const BOOK_DEFAULTS: Required<BookOptions> = Object.freeze({
  openTimeoutMs: 5_000,
  writeTimeoutMs: 5_000,
  askTimeoutMs: 2_000,
  beatMs: 250,
  retryMs: 250,
  pageMax: 500,
  queueMax: 20_000,
  doneKeepMs: 24 * HOUR_MS,
  deletedKeepMs: HOUR_MS,
  goneKeepMs: 24 * HOUR_MS,
  purgeMs: 60_000,
  acceptLoss: false,
})

export const bookOptions = (given: BookOptions = {}): Required<BookOptions> =>
  Object.freeze({ ...BOOK_DEFAULTS, ...given })
