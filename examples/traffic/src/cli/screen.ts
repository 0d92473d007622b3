/**
 * cli/screen: lines that stay, and on a terminal one line below them that changes.
 *
 * Knows nothing of what it shows. Elsewhere than on a terminal there is no changing line.
 */

const CLEAR_LINE = '\r\u001b[2K'

const COLUMNS_DEFAULT = 80

/** The part of standard output that is used. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
  readonly columns?: number
}

export class Screen {
  readonly #output: Output
  #live = ''

  constructor(output: Output) {
    this.#output = output
  }

  get isTerminal(): boolean {
    return this.#output.isTTY === true
  }

  /** Prints a line, or several, that stay. */
  print(text: string): void {
    if (this.#live === '') this.#output.write(`${text}\n`)
    else this.#output.write(`${CLEAR_LINE}${text}\n${this.#live}`)
  }

  /** Replaces the changing line; does nothing elsewhere than on a terminal. */
  show(line: string): void {
    if (!this.isTerminal) return
    // A line that wraps could not be cleared again; some terminals say that they have no width.
    const columns = this.#output.columns || COLUMNS_DEFAULT
    this.#live = line.slice(0, columns - 1)
    this.#output.write(`${CLEAR_LINE}${this.#live}`)
  }

  /** Leaves the changing line as it is and goes below it. */
  end(): void {
    if (this.#live !== '') this.#output.write('\n')
    this.#live = ''
  }
}
