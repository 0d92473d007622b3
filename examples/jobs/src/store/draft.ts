/**
 * store/draft: the changes of one commit while they are collected, each seeing those before it.
 *
 * Keeps the entries, their two indexes and the counts in step; nothing of it is seen by readers
 * before it is on the disk.
 */
import { JobsFault } from '#jobs/job/faults'
import { compareMarks, type JobState, type Mark } from '#jobs/job/job'
import type { About } from './about.js'
import { type Entry, encodeEntry, isGone } from './entry.js'
import { entryKey, markKey, readStateKey, seal, stateKey, statesBefore } from './keys.js'
import type { Change, Shelf } from './shelf.js'

type Decode = (key: Buffer, sealed: Buffer) => Entry

const NOTHING = Buffer.alloc(0)
const later = (left: Mark, right: Mark): Mark => (compareMarks(left, right) > 0 ? left : right)

export class Draft {
  readonly #shelf: Shelf
  readonly #decode: Decode
  readonly #begun: About
  readonly #changes = new Map<string, Change>()
  about: About

  constructor(shelf: Shelf, about: About, decode: Decode) {
    this.#shelf = shelf
    this.#decode = decode
    this.#begun = about
    this.about = about
  }

  /** Everything to be written; the description of the store only when it has changed. */
  changes(writeAbout: (about: About) => Change): readonly Change[] {
    const own = [...this.#changes.values()]
    return this.about === this.#begun ? own : [...own, writeAbout(this.about)]
  }

  add(changes: readonly Change[]): void {
    for (const change of changes) this.#changes.set(change.key.toString('latin1'), change)
  }

  /**
   * Keeps an entry unless there is a later one that is not from before `ballot`. JOB_INVALID: it
   * cannot be kept.
   */
  put(entry: Entry, ballot: Mark): void {
    const current = this.#current(entry.id)
    if (current !== undefined) {
      const order = compareMarks(entry.mark, current.mark)
      if (order === 0) return
      if (order < 0 && compareMarks(current.mark, ballot) >= 0) return
    }
    const body = bodyOf(entry)
    if (current !== undefined) this.#take(current)
    this.#give(entry, body)
  }

  /** Takes an entry away, if it is from before `ballot`. */
  forget(id: string, ballot: Mark): void {
    const current = this.#current(id)
    if (current === undefined || compareMarks(current.mark, ballot) >= 0) return
    this.#take(current)
    this.#set(entryKey(id), undefined)
  }

  /** Takes an entry away, whatever it is. */
  remove(id: string): void {
    const current = this.#current(id)
    if (current === undefined) return
    this.#take(current)
    this.#set(entryKey(id), undefined)
  }

  completeTo(mark: Mark): void {
    const complete = later(mark, this.about.complete)
    if (complete === this.about.complete && this.about.established) return
    this.about = { ...this.about, complete, established: true, afterLoss: undefined }
  }

  /** Forgets what is gone up to this mark. */
  raiseFloor(floor: Mark): void {
    if (compareMarks(floor, this.about.floor) <= 0) return
    this.about = { ...this.about, floor }
    for (const { key } of this.#shelf.range(statesBefore('gone'))) {
      const { id } = readStateKey(key)
      const current = this.#current(id)
      if (current === undefined || !isGone(current)) continue
      if (compareMarks(current.mark, floor) <= 0) this.remove(id)
    }
  }

  #current(id: string): Entry | undefined {
    const key = entryKey(id)
    const changed = this.#changes.get(key.toString('latin1'))
    const sealed = changed === undefined ? this.#shelf.get(key) : changed.value
    return sealed === undefined ? undefined : this.#decode(key, sealed)
  }

  #give(entry: Entry, body: Buffer): void {
    const key = entryKey(entry.id)
    this.#set(key, seal(key, body))
    const mark = markKey(entry.mark)
    this.#set(mark, seal(mark, Buffer.from(entry.id, 'latin1')))
    const state = stateKey(entry)
    this.#set(state, seal(state, NOTHING))
    this.#count(entry, 1)
    this.about = { ...this.about, last: later(entry.mark, this.about.last) }
  }

  #take(entry: Entry): void {
    this.#set(markKey(entry.mark), undefined)
    this.#set(stateKey(entry), undefined)
    this.#count(entry, -1)
  }

  #count(entry: Entry, by: number): void {
    if (isGone(entry)) return
    const { counts } = this.about
    const state: JobState = entry.state
    this.about = { ...this.about, counts: { ...counts, [state]: counts[state] + by } }
  }

  #set(key: Buffer, value: Buffer | undefined): void {
    this.#changes.set(key.toString('latin1'), { key, value })
  }
}

/** Before anything is changed: what cannot be kept leaves all as it was. */
function bodyOf(entry: Entry): Buffer {
  const body = encodeEntry(entry)
  if (body !== undefined) return body
  throw new JobsFault('JOB_INVALID', { job: entry.id, problem: 'its record cannot be kept' })
}
