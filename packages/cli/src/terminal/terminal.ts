/**
 * terminal/terminal: what a command prints to, as an argument: the real one, or one of a test.
 */
import { type Paint, paintFor } from './paint.js'

/** Where a command prints, and what it knows of who reads. */
export interface Terminal {
  readonly paint: Paint
  /** Somebody looks at standard output; false for a pipe or a file. */
  readonly isTerminal: boolean
  /** Columns and lines now; Infinity where nobody looks. */
  readonly width: number
  readonly height: number
  readonly env: Readonly<Record<string, string | undefined>>
  /** Prints text as it is; settles when the reader can take more. */
  write(text: string): Promise<void>
  /** For the person, beside the answer: on standard error. */
  note(line: string): void
  /** Each key that is pressed, without waiting for Enter; the answer stops that. */
  onKey(taker: (key: string) => void): () => void
  /** Ctrl-C or the end of the terminal; the answer stops listening. */
  onInterrupt(taker: () => void): () => void
  /** The window has another size; the answer stops listening. */
  onResize(taker: () => void): () => void
}

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** The terminal of this program. */
export function realTerminal(refusesColour: boolean): Terminal {
  const { stdout, stderr, stdin, env } = process
  const isTerminal = stdout.isTTY === true
  return {
    paint: paintFor({ refused: refusesColour, isTerminal, env }),
    isTerminal,
    get width() {
      return isTerminal ? (stdout.columns ?? 80) : Number.POSITIVE_INFINITY
    },
    get height() {
      return isTerminal ? (stdout.rows ?? 24) : Number.POSITIVE_INFINITY
    },
    env,
    write: (text) =>
      new Promise((resolve) => {
        // Whoever reads may have gone (`| head`): then nothing more has to be done.
        stdout.write(text, () => resolve())
      }),
    note: (line) => void stderr.write(`${line}\n`),
    onKey: (taker) => listenToKeys(stdin, taker),
    onInterrupt: (taker) => {
      for (const signal of SIGNALS) process.on(signal, taker)
      return () => {
        for (const signal of SIGNALS) process.off(signal, taker)
      }
    },
    onResize: (taker) => {
      stdout.on('resize', taker)
      return () => void stdout.off('resize', taker)
    },
  }
}

function listenToKeys(stdin: NodeJS.ReadStream, taker: (key: string) => void): () => void {
  if (stdin.isTTY !== true) return () => {}
  const take = (bytes: Buffer): void => taker(bytes.toString('utf8'))
  stdin.setRawMode(true)
  stdin.resume()
  stdin.on('data', take)
  return () => {
    stdin.off('data', take)
    stdin.setRawMode(false)
    stdin.pause()
  }
}
