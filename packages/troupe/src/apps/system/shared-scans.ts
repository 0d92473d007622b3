/**
 * apps/system/shared-scans: scans and who waits for them: the same question is answered once.
 *
 * Whoever asks what is being looked for joins; what was found is given again for as long as ten
 * times the work it took, so that many viewers of a large node cost it a tenth of its time at most.
 */
import { type Replier, TroupeError } from '#contract'
import type { Access, Asker } from './access.js'
import type { Scan, Work } from './work.js'

/** What a scan does and what it gives. */
export interface Search<T> {
  /** Does one slice; true when it is done. */
  step(): boolean
  /** `ageMs`: how long ago it was done. */
  result(ageMs: number): T
}

/** What was found is given again for so many times its work, at most so long. */
const WORTH = 10
const AGE_MS_MAX = 10_000
const KEPT_MAX = 16
/** Told to whoever finds too many scans waiting, in milliseconds. */
const RETRY_MS = 500

/** What a scan that is under way asks of those that keep it. */
interface RunningVerbs {
  nowMs(): number
  done(running: Running): void
  /** It has failed, or nobody waits for it any more. */
  gone(running: Running): void
}

class Running implements Scan {
  readonly node: string
  readonly key: string
  readonly search: Search<unknown>
  readonly repliers: Replier[] = []
  workMs = 0
  readonly #verbs: RunningVerbs

  constructor({ node }: Asker, key: string, search: Search<unknown>, verbs: RunningVerbs) {
    this.node = node
    this.key = key
    this.search = search
    this.#verbs = verbs
  }

  get wanted(): boolean {
    return this.repliers.some(({ alive }) => alive)
  }

  step(): boolean {
    const startMs = this.#verbs.nowMs()
    try {
      const isDone = this.search.step()
      this.workMs += this.#verbs.nowMs() - startMs
      if (isDone) this.#verbs.done(this)
      return isDone
    } catch (thrown) {
      this.#verbs.gone(this)
      const error = TroupeError.is(thrown) ? thrown : failed(thrown)
      for (const replier of this.repliers) replier.reject(error)
      return true
    }
  }

  abandon(): void {
    this.#verbs.gone(this)
  }
}

const failed = (thrown: unknown): TroupeError => {
  const detail = { to: 'system', request: 'a scan', problem: String(thrown).slice(0, 500) }
  return new TroupeError('HANDLER_FAILED', detail, thrown)
}

interface Found {
  readonly search: Search<unknown>
  readonly atMs: number
  readonly untilMs: number
}

export class SharedScans {
  readonly #work: Work
  readonly #access: Access
  readonly #nowMs: () => number
  readonly #running = new Map<string, Running>()
  readonly #found = new Map<string, Found>()
  readonly #verbs: RunningVerbs

  constructor(work: Work, access: Access, nowMs: () => number) {
    this.#work = work
    this.#access = access
    this.#nowMs = nowMs
    this.#verbs = {
      nowMs,
      done: (running) => this.#finish(running),
      gone: (running) => this.#remove(running),
    }
  }

  /** Scans that somebody waits for, or did a moment ago. */
  get running(): number {
    return this.#running.size
  }

  /** Answers later. INSPECTION_LIMITED when too many scans wait. */
  ask(asker: Asker, key: string, make: () => Search<unknown>, replier: Replier): void {
    const nowMs = this.#nowMs()
    const found = this.#found.get(key)
    if (found !== undefined && nowMs < found.untilMs) {
      replier.reply(found.search.result(nowMs - found.atMs))
      return
    }
    const known = this.#running.get(key)
    if (known?.wanted === true) {
      known.repliers.push(replier)
      return
    }
    const running = new Running(asker, key, make(), this.#verbs)
    running.repliers.push(replier)
    if (!this.#work.addScan(running)) {
      throw this.#access.limited(asker, 'too many scans wait', RETRY_MS)
    }
    this.#running.set(key, running)
  }

  #remove(running: Running): void {
    if (this.#running.get(running.key) === running) this.#running.delete(running.key)
  }

  #finish(running: Running): void {
    const { key, search, workMs, repliers } = running
    this.#remove(running)
    const atMs = this.#nowMs()
    const answer = search.result(0)
    for (const replier of repliers) replier.reply(answer)
    this.#found.delete(key)
    const keptMs = Math.min(AGE_MS_MAX, WORTH * workMs)
    this.#found.set(key, { search, atMs, untilMs: atMs + keptMs })
    for (const [oldest, { untilMs }] of this.#found) {
      if (this.#found.size > KEPT_MAX || untilMs <= atMs) this.#found.delete(oldest)
    }
  }
}
