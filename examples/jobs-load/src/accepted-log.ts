/**
 * accepted-log: a line of JSON in a file for each job that was accepted.
 *
 * Whoever judges the cluster from outside reads it. A line is in the file before the next turn of
 * the loop, so a load that is killed has lost none that it knew of.
 */
import { closeSync, openSync, writeSync } from 'node:fs'
import type { Submitted } from './client.js'
import type { Planned } from './plan.js'

export class AcceptedLog {
  readonly #file: number

  /** Adds to what is there. Throws what the file system throws. */
  constructor(path: string) {
    this.#file = openSync(path, 'a')
  }

  add(planned: Planned, submitted: Submitted & { kind: 'accepted' }, atMs: number): void {
    const { id, kind, parameters, bytes } = planned
    const { sha256, status, url } = submitted
    const line = { at: atMs, id, kind, parameters, bytes, sha256, status, url }
    writeSync(this.#file, `${JSON.stringify(line)}\n`)
  }

  close(): void {
    closeSync(this.#file)
  }
}
