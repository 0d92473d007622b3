/**
 * web/audit: what was done, or tried, through this Observer: the newest first.
 *
 * Limit: `ROWS_MAX`; older ones are in the log alone.
 */

export interface AuditRow {
  readonly number: number
  readonly timeMs: number
  readonly user: string | undefined
  readonly remote: string
  readonly surface: string
  readonly node: string | undefined
  readonly operation: string
  /** What it was about, printed. */
  readonly subject: string
  /** `done`, or the code of the problem. */
  readonly outcome: string
}

const ROWS_MAX = 1_000
/** Characters of one text: a viewer gives some of them. */
const TEXT_MAX = 300

const cut = (text: string): string => (text.length > TEXT_MAX ? text.slice(0, TEXT_MAX) : text)

export class Audit {
  readonly #rows: AuditRow[] = []
  readonly #wallMs: () => number
  readonly #log: (row: AuditRow) => void
  #last = 0

  constructor(wallMs: () => number, log: (row: AuditRow) => void) {
    this.#wallMs = wallMs
    this.#log = log
  }

  record(row: Omit<AuditRow, 'number' | 'timeMs'>): void {
    this.#last += 1
    const { operation, subject } = row
    const kept = {
      ...{ number: this.#last, timeMs: this.#wallMs() },
      ...{ ...row, operation: cut(operation), subject: cut(subject) },
    }
    this.#rows.push(kept)
    if (this.#rows.length > ROWS_MAX) this.#rows.shift()
    this.#log(kept)
  }

  newest(limit: number): readonly AuditRow[] {
    return this.#rows.slice(-limit).reverse()
  }
}
