/**
 * cluster/config/watched-file: a file that is read again whenever it may have changed.
 *
 * The system tells changes of the directories on the way; what it does not tell (network file
 * systems, limits of the kernel) is found by looking every `pollMs`. A text is handed over once
 * per change; what is wrong with the file is told only if it is still so a moment later, since an
 * editor may be in the middle of writing, and then once. Files and time are arguments.
 * Limit: `CONFIG_LIMITS.fileBytesMax`, which the reader holds.
 */
import type { Cancel, Clock } from '#base/clock'
import { CONFIG_LIMITS } from './config-value.js'
import { type LinkPlaces, linkPlaces, type PathEntry } from './link-places.js'

export type FileReading =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'failed'; readonly problem: string }

/** What is asked of the files of a machine. Nothing here rejects or throws. */
export interface ConfigFiles {
  read(path: string, bytesMax: number): Promise<FileReading>
  entryOf(path: string): Promise<PathEntry>
  /** The same as long as it is the same directory; undefined: there is none. */
  identityOf(directory: string): Promise<string | undefined>
  /**
   * Tells names that change in a directory, undefined when the name is not known, until it is
   * called off; undefined: it cannot be watched.
   */
  watch(directory: string, changed: (name: string | undefined) => void): (() => void) | undefined
  /**
   * Gives a file the text that `change` makes of the one it has, unless that is undefined; answers
   * why it could not, and rejects with what `change` throws.
   */
  replace(
    path: string,
    bytesMax: number,
    change: (text: string | undefined) => string | undefined,
  ): Promise<string | undefined>
}

export interface WatchedFileParts {
  /** Absolute. */
  readonly path: string
  readonly pollMs: number
  readonly clock: Clock
  readonly files: ConfigFiles
  /** Takes a text; answers what is wrong with it. */
  take(text: string): string | undefined
  /** Is told, at the first look, that there is no file. */
  absent(): void
  /** Is told what is wrong with the file. */
  fault(problem: string): void
  /** Is told that nothing is wrong any more. */
  mended(): void
}

/** From a change that is told to the look: several of them are one. */
const LOOK_AFTER_MS = 10
/** So long a fault must last to be told. */
const FAULT_LASTS_MS = 60

interface Watch {
  readonly identity: string
  readonly close: () => void
  names: ReadonlySet<string>
}

/** What is wrong since when, with which text, and whether that was told. */
interface Suspicion {
  readonly problem: string
  readonly text: string | undefined
  readonly sinceMs: number
  told: boolean
}

export class WatchedFile {
  readonly #parts: WatchedFileParts
  readonly #watches = new Map<string, Watch>()
  /** The last one that was taken, and the last one that was not. */
  #text: string | undefined
  #refused: { readonly text: string; readonly problem: string } | undefined
  #suspicion: Suspicion | undefined
  #looks = 0
  #looking: Promise<void> | undefined
  #again = false
  #stopped = false
  #poll: Cancel | undefined
  #soon: Cancel | undefined
  #soonMs = 0

  constructor(parts: WatchedFileParts) {
    this.#parts = parts
  }

  /** Settles when the file was read once, or is not there. */
  start(): Promise<void> {
    return this.#look()
  }

  /** It was written by this program: it is read soon, told or not. */
  written(): void {
    this.#lookSoon(LOOK_AFTER_MS)
  }

  stop(): void {
    this.#stopped = true
    this.#poll?.()
    this.#soon?.()
    for (const { close } of this.#watches.values()) close()
    this.#watches.clear()
  }

  #look(): Promise<void> {
    this.#again = this.#looking !== undefined
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined
      if (this.#again) this.#lookSoon(LOOK_AFTER_MS)
    })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    const { path, files, clock, pollMs } = this.#parts
    this.#poll?.()
    const isNew = await this.#watch(await linkPlaces(path, (at) => files.entryOf(at)))
    // What changed before the watch was there was not told.
    if (isNew) this.#again = true
    const reading = await files.read(path, CONFIG_LIMITS.fileBytesMax)
    if (this.#stopped) return
    if (reading.kind === 'absent' && this.#looks === 0) this.#parts.absent()
    this.#looks += 1
    this.#judge(reading)
    this.#poll = clock.after(pollMs, () => void this.#look())
  }

  #lookSoon(delayMs: number): void {
    const { clock } = this.#parts
    const dueMs = clock.nowMs() + delayMs
    if (this.#stopped || (this.#soon !== undefined && this.#soonMs <= dueMs)) return
    this.#soon?.()
    this.#soonMs = dueMs
    this.#soon = clock.after(delayMs, () => {
      this.#soon = undefined
      void this.#look()
    })
  }

  /** Watches these places and no others; true: there is one that was not watched before. */
  async #watch(places: LinkPlaces): Promise<boolean> {
    let isNew = false
    for (const [directory, names] of places) {
      const identity = await this.#parts.files.identityOf(directory)
      if (this.#stopped) return false
      const known = this.#watches.get(directory)
      if (known !== undefined && known.identity === identity) known.names = names
      else if (this.#watchAnew(directory, identity, names)) isNew = true
    }
    for (const directory of this.#watches.keys())
      if (!places.has(directory)) this.#watchAnew(directory, undefined, new Set())
    return isNew
  }

  /** Another directory of that name is another one: whoever watched the old one hears nothing. */
  #watchAnew(directory: string, identity: string | undefined, names: ReadonlySet<string>): boolean {
    this.#watches.get(directory)?.close()
    this.#watches.delete(directory)
    if (identity === undefined) return false
    const close = this.#parts.files.watch(directory, (name) => {
      const matters = name === undefined || this.#watches.get(directory)?.names.has(name)
      if (matters !== false) this.#lookSoon(LOOK_AFTER_MS)
    })
    if (close !== undefined) this.#watches.set(directory, { identity, close, names })
    return close !== undefined
  }

  #judge(reading: FileReading): void {
    const problem = this.#problemOf(reading)
    if (problem === undefined) {
      const { told = false } = this.#suspicion ?? {}
      this.#suspicion = undefined
      if (told) this.#parts.mended()
      return
    }
    const nowMs = this.#parts.clock.nowMs()
    const text = reading.kind === 'text' ? reading.text : undefined
    const last = this.#suspicion
    // Another text is somebody who goes on writing; once told, the same is no news.
    if (last?.problem !== problem || (!last.told && last.text !== text))
      this.#suspicion = { problem, text, sinceMs: nowMs, told: false }
    const suspicion = this.#suspicion
    if (suspicion === undefined || suspicion.told) return
    const leftMs = suspicion.sinceMs + FAULT_LASTS_MS - nowMs
    if (leftMs > 0) {
      this.#lookSoon(leftMs)
      return
    }
    suspicion.told = true
    this.#parts.fault(problem)
  }

  #problemOf(reading: FileReading): string | undefined {
    switch (reading.kind) {
      case 'failed':
        return reading.problem
      case 'absent':
        // One that was never there may come later.
        return this.#text === undefined ? undefined : 'the file is gone'
      case 'text': {
        const { text } = reading
        if (text === this.#text) return undefined
        if (text === this.#refused?.text) return this.#refused.problem
        const problem = this.#parts.take(text)
        if (problem === undefined) this.#text = text
        this.#refused = problem === undefined ? undefined : { text, problem }
        return problem
      }
    }
  }
}
