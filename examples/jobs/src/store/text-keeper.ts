/**
 * store/text-keeper: each coordinator has the texts of the jobs that are open, and no others.
 *
 * It begins with the jobs that are open, then reads what was settled, in the order of the marks:
 * the text of an open job that is not here is fetched from another coordinator; that of a job
 * which is over is dropped after a grace. A text that no job ever asked for goes after an hour. A
 * parked job keeps its text: it may be revived.
 * Limit: `FETCHES_MAX` texts are fetched in one round.
 */
import { compareMarks, type Job, type Mark, NO_MARK } from '#jobs/job/job'
import { type BookWorld, pause } from './book-world.js'
import { isGone } from './entry.js'
import type { JobStore } from './job-store.js'
import type { TextVault } from './text-vault.js'

export interface TextKeeperOptions {
  /** How long the text of a job that is over stays, milliseconds; default 60,000. */
  readonly graceMs?: number
  /** How long a text stays that no job has, milliseconds; default one hour. */
  readonly unclaimedMs?: number
  /** How often such are looked for, milliseconds; default ten minutes. */
  readonly lookMs?: number
  /** Wait before a text is fetched, and fetched again, milliseconds; default 2,000. */
  readonly fetchMs?: number
}

const DEFAULTS: Required<TextKeeperOptions> = Object.freeze({
  graceMs: 60_000,
  unclaimedMs: 3_600_000,
  lookMs: 600_000,
  fetchMs: 2_000,
})

/** Jobs that are looked at in one turn, and turns of one round. */
const LOOKS_MAX = 500
const TURNS_MAX = 100
const FETCHES_MAX = 8
const PART_BYTES = 512 * 1_024
/** Longest wait for one part, milliseconds. */
const PART_MS = 5_000

type KeeperVerbs = 'ask' | 'after' | 'wallMs'

/** What it asks of whoever knows the jobs: the own store, or the mirror of an etcd. */
export type KnownJobs = Pick<JobStore, 'complete' | 'isEstablished' | 'get' | 'claims' | 'changes'>

interface Due {
  readonly id: string
  readonly atMs: number
}

export class TextKeeper {
  readonly #store: KnownJobs
  readonly #texts: TextVault
  readonly #others: readonly string[]
  readonly #world: Pick<BookWorld, KeeperVerbs>
  readonly #options: Required<TextKeeperOptions>
  readonly #wanted = new Map<string, Due>()
  readonly #doomed = new Map<string, Due>()
  #seen: Mark = NO_MARK
  #lookedMs: number
  /** Texts that were fetched, dropped, since the start. */
  fetched = 0
  dropped = 0

  constructor(
    store: KnownJobs,
    texts: TextVault,
    others: readonly string[],
    world: Pick<BookWorld, KeeperVerbs>,
    options: TextKeeperOptions = {},
  ) {
    this.#store = store
    this.#texts = texts
    this.#others = others
    this.#world = world
    this.#options = { ...DEFAULTS, ...options }
    this.#lookedMs = world.wallMs()
  }

  /** Texts that are not here though they should be. */
  get missing(): number {
    return this.#wanted.size
  }

  /** One round; it is asked for every second or so, never twice at a time. */
  async round(): Promise<void> {
    // Others have their turn between two pages; what is left is for the next round.
    for (let turn = 1; this.#look() && turn < TURNS_MAX; turn += 1) await pause(this.#world, 0)
    await this.#fetchDue()
    await this.#dropDue()
    await this.#dropUnclaimed()
  }

  /** True: there is more to look at. */
  #look(): boolean {
    const { complete } = this.#store
    // The store was rebuilt: its marks begin anew.
    if (compareMarks(complete, this.#seen) < 0) this.#seen = NO_MARK
    // There may be many old jobs before the first one that is open.
    if (this.#seen === NO_MARK) for (const job of this.#store.claims()) this.#note(job)
    const { entries, more } = this.#store.changes(this.#seen, LOOKS_MAX)
    for (const entry of entries) {
      if (compareMarks(entry.mark, complete) > 0) return false
      this.#seen = entry.mark
      if (!isGone(entry)) this.#note(entry)
    }
    return more
  }

  #note(job: Job): void {
    const { id, blob } = job
    const nowMs = this.#world.wallMs()
    const isHere = this.#texts.has(blob)
    if (needsText(job) && !isHere && !this.#wanted.has(blob)) {
      this.#wanted.set(blob, { id, atMs: nowMs + this.#options.fetchMs })
    }
    if (!needsText(job) && isHere) {
      this.#doomed.set(blob, { id, atMs: nowMs + this.#options.graceMs })
    }
  }

  async #fetchDue(): Promise<void> {
    const nowMs = this.#world.wallMs()
    const due = [...this.#wanted].filter(([, { atMs }]) => atMs <= nowMs).slice(0, FETCHES_MAX)
    for (const [blob, { id }] of due) {
      const job = this.#store.get(id)
      const isWanted = job !== undefined && job.blob === blob && needsText(job)
      if (!isWanted || this.#texts.has(blob) || (await this.#fetch(job))) this.#wanted.delete(blob)
      else this.#wanted.set(blob, { id, atMs: nowMs + this.#options.fetchMs })
    }
  }

  async #fetch(job: Job): Promise<boolean> {
    for (const node of this.#others) {
      try {
        if (await this.#fetchFrom(node, job)) {
          this.fetched += 1
          return true
        }
      } catch {
        // It does not answer, or the own disk is full: the next one, or the next round.
      }
    }
    return false
  }

  async #fetchFrom(node: string, { blob, bytes, sha256 }: Job): Promise<boolean> {
    for (let at = 0; at < bytes; ) {
      const asked = { blob, at, length: Math.min(PART_BYTES, bytes - at) }
      const part = await this.#world.ask(node, 'read', asked, PART_MS)
      if (!(part instanceof Uint8Array) || part.length === 0) return false
      const taken = await this.#texts.append(blob, at, part)
      if (taken.kind === 'refused') return false
      at += part.length
    }
    return (await this.#texts.seal(blob, bytes, sha256)).kind === 'sealed'
  }

  async #dropDue(): Promise<void> {
    const nowMs = this.#world.wallMs()
    for (const [blob, { id, atMs }] of [...this.#doomed]) {
      if (atMs > nowMs) continue
      this.#doomed.delete(blob)
      const job = this.#store.get(id)
      if (job !== undefined && job.blob === blob && needsText(job)) continue
      await this.#drop(blob)
    }
  }

  async #dropUnclaimed(): Promise<void> {
    const nowMs = this.#world.wallMs()
    if (nowMs - this.#lookedMs < this.#options.lookMs || !this.#store.isEstablished) return
    this.#lookedMs = nowMs
    const old = [...this.#texts.sealedBefore(nowMs - this.#options.unclaimedMs)]
    if (old.length === 0) return
    const claimed = new Set(this.#store.claims().map(({ blob }) => blob))
    for (const blob of old) {
      if (!claimed.has(blob) && !this.#doomed.has(blob)) await this.#drop(blob)
    }
  }

  async #drop(blob: string): Promise<void> {
    await this.#texts.drop(blob)
    this.dropped += 1
  }
}

const needsText = ({ state }: Job): boolean =>
  state === 'queued' || state === 'running' || state === 'parked'
