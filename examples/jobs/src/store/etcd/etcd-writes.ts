/**
 * store/etcd/etcd-writes: records on their way to etcd, in transactions that only one term can do.
 *
 * Each transaction holds only while the leader's key is that of the term, and while each of its
 * keys is as it was known: so what comes late, of an earlier attempt or of a leader that was
 * relieved, changes nothing. Nor does one that is done twice: so it is sent to another member as
 * well when one is silent. About one key there is one transaction at a time.
 * Limits: `RECORDS_MAX` records and `BYTES_MAX` bytes in one transaction, below what etcd takes by
 * default (128 operations, 1.5 MB); `FLIGHTS_MAX` of them on their way.
 */
import type { Act, Compare, EtcdClient, KeyValue, TxnAnswer } from '@troupe/etcd'
import { TroupeError } from 'troupe'
import { JobsFault } from '#jobs/job/faults'
import type { Unmarked } from '#jobs/store/book'
import type { BookWorld } from '#jobs/store/book-world'

export const RECORDS_MAX = 100
export const BYTES_MAX = 1_000_000
export const FLIGHTS_MAX = 4
/** Wait before is asked again what was not answered, in milliseconds. */
const AGAIN_MS = 100
/** Times that keys may be found changed by others before it is believed that the term is over. */
const ROUNDS_MAX = 8

/** What is to stand under the key of a job; undefined: nothing. */
export interface EtcdDraft {
  readonly id: string
  readonly key: string
  readonly given: { readonly text: string; readonly job: Unmarked } | undefined
}

/** A draft that stands. */
export interface EtcdStanding {
  readonly id: string
  readonly revision: number
}

export interface WritesHost {
  readonly client: Pick<EtcdClient, 'txn'>
  readonly world: Pick<BookWorld, 'after'>
  readonly fence: readonly Compare[]
  readonly timeoutMs: number
  /** The revision in which this was written last, as far as is known; 0: it is not there. */
  known(id: string): number
  /** It stands, since this revision; told before anything else is written under its key. */
  stood(job: Unmarked, revision: number): void
  /** The term is over. */
  stale(): void
  /** Etcd refuses; JobsFault STORE_FULL: it has no room. */
  refused(problem: string): JobsFault
  unconfirmed(problem: string): JobsFault
  /** What somebody else has written in the place of a job is written over. */
  healed(key: string): void
}

interface Waiting {
  readonly standing: EtcdStanding[]
  left: number
  isOver: boolean
  readonly resolve: (standing: readonly EtcdStanding[]) => void
  readonly reject: (fault: JobsFault) => void
  readonly cancel: () => void
}

interface Item extends EtcdDraft {
  readonly waiting: Waiting
  readonly bytes: number
  /** The revision in which it was written last, as far as is known; undefined: ask the host. */
  found: number | undefined
  /** The same, as its transaction has it. */
  expected: number
  rounds: number
}

export class EtcdWrites {
  readonly #host: WritesHost
  /** Keys of what is on its way. */
  readonly #busy = new Set<string>()
  #queue: Item[] = []
  #flights = 0
  #isPumping = false
  #fault: JobsFault | undefined

  constructor(host: WritesHost) {
    this.#host = host
  }

  /** Settles when all of them stand; then each is told once. */
  put(drafts: readonly EtcdDraft[]): Promise<readonly EtcdStanding[]> {
    if (this.#fault !== undefined) return Promise.reject(this.#fault)
    if (drafts.length === 0) return Promise.resolve([])
    return new Promise((resolve, reject) => {
      const giveUp = (): void =>
        this.#reject(waiting, this.#host.unconfirmed('the write was not confirmed in time'))
      const cancel = this.#host.world.after(this.#host.timeoutMs, giveUp)
      const waiting: Waiting = {
        ...{ standing: [], left: drafts.length, isOver: false, resolve, reject, cancel },
      }
      for (const draft of drafts) {
        const bytes = 3 * draft.key.length + Buffer.byteLength(draft.given?.text ?? '')
        this.#queue.push({ ...draft, waiting, bytes, found: undefined, expected: 0, rounds: 0 })
      }
      // What else is written in this turn goes along.
      if (!this.#isPumping) {
        this.#isPumping = true
        void Promise.resolve().then(() => this.#pump())
      }
    })
  }

  /** Nothing is written any more; what waits rejects. */
  end(fault: JobsFault): void {
    if (this.#fault !== undefined) return
    this.#fault = fault
    for (const { waiting } of this.#queue.splice(0)) this.#reject(waiting, fault)
  }

  #pump(): void {
    this.#isPumping = false
    while (this.#fault === undefined && this.#flights < FLIGHTS_MAX) {
      const batch = this.#batch()
      if (batch.length === 0) return
      for (const item of batch) {
        this.#busy.add(item.key)
        item.expected = item.found ?? this.#host.known(item.id)
      }
      this.#flights += 1
      void this.#fly(batch)
    }
  }

  /** The first ones that fit together; none about a key that is busy. */
  #batch(): readonly Item[] {
    const batch: Item[] = []
    const keys = new Set(this.#busy)
    const left: Item[] = []
    let bytes = 0
    for (const item of this.#queue) {
      if (item.waiting.isOver) continue
      const isFull = batch.length === RECORDS_MAX || bytes + item.bytes > BYTES_MAX
      if (keys.has(item.key) || (isFull && batch.length > 0)) left.push(item)
      else {
        batch.push(item)
        bytes += item.bytes
      }
      // What comes later about this key waits as well.
      keys.add(item.key)
    }
    this.#queue = left
    return batch
  }

  async #fly(batch: readonly Item[]): Promise<void> {
    const { client, timeoutMs } = this.#host
    try {
      const answer = await client.txn(this.#txnOf(batch), { timeoutMs, retry: true })
      if (answer.held) for (const item of batch) this.#stands(item, answer.revision)
      else this.#differs(batch, answer)
    } catch (problem) {
      this.#failed(batch, problem)
    } finally {
      for (const { key } of batch) this.#busy.delete(key)
      this.#flights -= 1
      this.#pump()
    }
  }

  #txnOf(batch: readonly Item[]) {
    const { fence } = this.#host
    const when: Compare[] = batch.map(({ key, expected: than }) => ({
      ...({ key, target: 'mod', is: '=', than } as const),
    }))
    const acts: Act[] = batch.map(({ key, given }) =>
      given === undefined
        ? { kind: 'delete', range: { key } }
        : { kind: 'put', key, value: given.text },
    )
    const otherwise: Act[] = batch.map(({ key }) => ({ kind: 'range', range: { key } }))
    return { when: [...fence, ...when], acts, otherwise }
  }

  /** Not done: each key that is as it was known speaks for the fence. */
  #differs(batch: readonly Item[], { answers }: TxnAnswer): void {
    const verdicts = batch.map((item, at) => this.#judged(item, answers[at]?.keys[0]))
    const again = batch.filter((item, at) => verdicts[at] !== 'settled' && !item.waiting.isOver)
    this.#queue = [...again, ...this.#queue]
    const isOver = verdicts.every((verdict) => verdict === 'as known')
    if (isOver || again.some(({ rounds }) => rounds > ROUNDS_MAX)) this.#host.stale()
  }

  /** What stands under the key of an item whose transaction was not done. */
  #judged(item: Item, there: KeyValue | undefined): 'settled' | 'as known' | 'moved' {
    const found = there?.modRevision ?? 0
    if (there?.value.toString('utf8') === item.given?.text) {
      // An earlier attempt has done it, or it was gone already.
      this.#stands(item, found)
      return 'settled'
    }
    if (found === item.expected) return 'as known'
    if (there !== undefined && this.#isOthers(item)) {
      this.#reject(item.waiting, new JobsFault('JOB_CONFLICT', { job: item.id }))
      return 'settled'
    }
    item.rounds += 1
    item.found = found
    if (there !== undefined && item.rounds === 1) this.#host.healed(item.key)
    return 'moved'
  }

  /** Something stands there of which nothing is known here. */
  #isOthers({ id, given }: Item): boolean {
    return given !== undefined && this.#host.known(id) === 0
  }

  #stands({ id, given, waiting }: Item, revision: number): void {
    if (given !== undefined) this.#host.stood(given.job, revision)
    if (waiting.isOver) return
    waiting.standing.push({ id, revision })
    waiting.left -= 1
    if (waiting.left > 0) return
    waiting.isOver = true
    waiting.cancel()
    waiting.resolve(waiting.standing)
  }

  #reject(waiting: Waiting, fault: JobsFault): void {
    if (waiting.isOver) return
    waiting.isOver = true
    waiting.cancel()
    waiting.reject(fault)
  }

  #failed(batch: readonly Item[], problem: unknown): void {
    const told = problem instanceof Error ? problem.message : String(problem)
    const isRefused = TroupeError.is(problem, 'ETCD_REFUSED')
    const fault = this.#fault ?? (isRefused ? this.#host.refused(told) : undefined)
    if (fault !== undefined) {
      for (const { waiting } of batch) this.#reject(waiting, fault)
      return
    }
    // Whether it has happened is seen by the next attempt; its waiting ends with its time.
    this.#queue = [...batch, ...this.#queue]
    this.#flights += 1
    this.#host.world.after(AGAIN_MS, () => {
      this.#flights -= 1
      this.#pump()
    })
  }
}
