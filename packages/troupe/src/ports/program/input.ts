/**
 * ports/program/input: what is written to a program and waits until it reads.
 *
 * Counts every byte from being accepted to being taken by the kernel. Knows nothing of messages.
 * Limit: `queueBytesMax`; one write alone may be larger when nothing else waits.
 */
import type { Writable } from 'node:stream'

export class ProgramInput {
  readonly #stream: Writable
  readonly #queueBytesMax: number
  takenBytes = 0
  queuedBytes = 0
  refusedBytes = 0

  constructor(stream: Writable, queueBytesMax: number) {
    this.#stream = stream
    this.#queueBytesMax = queueBytesMax
    stream.on('error', () => {
      // It has closed its input; each write is told so by its own callback.
    })
  }

  /** True while something can be written. */
  get isOpen(): boolean {
    return this.#stream.writable && !this.#stream.writableEnded && !this.#stream.destroyed
  }

  /** False when it does not fit, or the input is closed. `done` is told once what became of it. */
  write(bytes: Uint8Array, done?: (isTaken: boolean) => void): boolean {
    const { length } = bytes
    const fits = this.queuedBytes === 0 || this.queuedBytes + length <= this.#queueBytesMax
    if (!this.isOpen || !fits) {
      this.refusedBytes += length
      return false
    }
    this.queuedBytes += length
    this.#stream.write(bytes, (error) => {
      this.queuedBytes -= length
      const isTaken = !(error instanceof Error)
      if (isTaken) this.takenBytes += length
      else this.refusedBytes += length
      done?.(isTaken)
    })
    return true
  }

  /** Closes it after all that waits. */
  end(): void {
    if (this.isOpen) this.#stream.end()
  }
}
