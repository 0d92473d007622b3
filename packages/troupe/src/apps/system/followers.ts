/**
 * apps/system/followers: processes that are told of what happens on this node as it happens.
 *
 * What happens is gathered and sent a few times in a second; of more than a follower wants in a
 * second the rest is left out and counted. A follow ends with its process, with its node, on
 * request, when its messages do not get through, or after `FOLLOW_MS`. One that is asked for again
 * stands for the earlier one: whoever got no answer in time does not hold one he knows nothing of.
 *
 * Limit: `PER_NODE_MAX` of one node, `FOLLOWS_MAX` of all.
 */
import type { Followed, FollowTopic, systemFollower } from '#cluster'
import { Pid, type ProcessContext, type Ref, type Timer, TroupeError } from '#contract'
import type { Access, Asker } from './access.js'
import { PerSecond } from './second.js'

/** What is followed, read. */
export interface ReadFollow {
  readonly of: FollowTopic
  readonly perSecondMax: number
  /** Tells it from others of the same process. */
  readonly key: string
  /** Of the topic `event`: which one. */
  readonly event: string | undefined
  /** Decides about one record of this topic. */
  isMeant(record: unknown): boolean
}

/** A follow of an asker: by its number, or its key. */
export type WhichFollow = number | Pick<ReadFollow, 'key'>

const FLUSH_MS = 200
export const FOLLOW_MS = 3_600_000
const PER_NODE_MAX = 16
const FOLLOWS_MAX = 64
/** Messages that did not get through in a row. */
const FAILURES_MAX = 25
/** Told to whoever finds too many follows, in milliseconds. */
const RETRY_MS = 10_000

interface Follower {
  readonly id: number
  readonly pid: Pid
  readonly ref: Ref
  readonly what: ReadFollow
  readonly perSecond: PerSecond
  readonly end: Timer
  records: unknown[]
  leftOut: number
  failures: number
}

export class Followers {
  readonly #context: ProcessContext
  readonly #access: Access
  readonly #all = new Map<number, Follower>()
  #lastId = 0
  #armed = false

  constructor(context: ProcessContext, access: Access) {
    this.#context = context
    this.#access = access
  }

  get size(): number {
    return this.#all.size
  }

  /** True while somebody follows this topic. */
  has(of: FollowTopic): boolean {
    for (const { what } of this.#all.values()) if (what.of === of) return true
    return false
  }

  /** True while somebody follows this event of the program. */
  hasEvent(event: string): boolean {
    for (const { what } of this.#all.values()) if (what.event === event) return true
    return false
  }

  /** NOT_ALLOWED when it is no process that asks; INSPECTION_LIMITED. */
  add(asker: Asker, what: ReadFollow): number {
    const { pid, node } = asker
    if (pid === undefined) {
      const problem = 'what happens is told to a process; ask with context.call'
      throw new TroupeError('NOT_ALLOWED', { operation: 'follow', problem })
    }
    const before = this.#find(pid, what)
    const rows = [...this.#all.values()].filter((follower) => follower !== before)
    const own = rows.filter((follower) => follower.pid.node === node).length
    if (own >= PER_NODE_MAX || rows.length >= FOLLOWS_MAX) {
      throw this.#access.limited(asker, 'it has too many follows here, or all have', RETRY_MS)
    }
    this.#lastId += 1
    const id = this.#lastId
    const follower: Follower = {
      ...{ id, pid, what, ...untoldOf(before, what), failures: 0 },
      ref: this.#context.monitor(pid),
      perSecond: new PerSecond(what.perSecondMax),
      end: this.#context.after(FOLLOW_MS, () => {
        this.#tell(follower, 'it went on for an hour; ask again')
        this.#drop(follower)
      }),
    }
    if (before !== undefined) this.#drop(before)
    this.#all.set(id, follower)
    return id
  }

  /** Ends a follow of this asker; false when it has no such. */
  remove({ pid }: Asker, which: WhichFollow): boolean {
    const follower = pid === undefined ? undefined : this.#find(pid, which)
    if (follower === undefined) return false
    this.#drop(follower)
    return true
  }

  #find(pid: Pid, which: WhichFollow): Follower | undefined {
    for (const follower of this.#all.values()) {
      const isMeant =
        typeof which === 'number' ? follower.id === which : follower.what.key === which.key
      if (isMeant && Pid.equals(follower.pid, pid)) return follower
    }
    return undefined
  }

  /** A monitored process has ended, or its node is lost. */
  down(ref: Ref): void {
    for (const follower of this.#all.values()) {
      if (follower.ref.id === ref.id) this.#drop(follower)
    }
  }

  /** Something has happened; `record` undefined: it was left out by whoever tells it. */
  offer(of: FollowTopic, record: unknown, event?: string): void {
    if (this.#all.size === 0) return
    for (const follower of this.#all.values()) {
      const { what, perSecond } = follower
      if (what.of !== of || what.event !== event) continue
      if (record !== undefined && !what.isMeant(record)) continue
      const isTaken = record !== undefined && perSecond.take(this.#context.nowMs())
      if (isTaken) follower.records.push(record)
      else follower.leftOut += 1
      this.#arm()
    }
  }

  /** So many publications of an event were not heard. */
  leaveOut(event: string, count: number): void {
    if (count <= 0) return
    for (const follower of this.#all.values()) {
      if (follower.what.event === event) follower.leftOut += count
    }
    this.#arm()
  }

  /** An event is over, and so are its follows. */
  endEvent(event: string, why: string): void {
    for (const follower of this.#all.values()) {
      if (follower.what.event !== event) continue
      this.#tell(follower, why)
      this.#drop(follower)
    }
  }

  /** All follows end: their node stops, or its process `system` starts anew. */
  endAll(why: string): void {
    for (const follower of this.#all.values()) this.#tell(follower, why)
    this.#all.clear()
  }

  #arm(): void {
    if (this.#armed) return
    this.#armed = true
    this.#context.after(FLUSH_MS, () => {
      this.#armed = false
      this.#flush()
    })
  }

  #flush(): void {
    for (const follower of this.#all.values()) {
      if (follower.records.length === 0 && follower.leftOut === 0) continue
      this.#tell(follower, undefined)
      if (follower.failures >= FAILURES_MAX) this.#drop(follower)
      else if (follower.failures > 0) this.#arm()
    }
  }

  #tell(follower: Follower, ended: string | undefined): void {
    const { id, pid, what, records, leftOut } = follower
    const { node } = this.#context
    const told: Followed = { follow: id, node, of: what.of, records, leftOut, ended }
    const failure = this.#context.send(pid as Pid<typeof systemFollower>, 'followed', told)
    follower.records = []
    follower.leftOut = failure === undefined ? 0 : leftOut + records.length
    follower.failures = failure === undefined ? 0 : follower.failures + 1
  }

  #drop(follower: Follower): void {
    follower.end.cancel()
    this.#context.demonitor(follower.ref)
    this.#all.delete(follower.id)
  }
}

/** What the one before was not told yet is told to the one that stands for it. */
function untoldOf(
  before: Follower | undefined,
  { of, event, isMeant }: ReadFollow,
): Pick<Follower, 'records' | 'leftOut'> {
  const isSame = before?.what.of === of && before.what.event === event
  if (before === undefined || !isSame) return { records: [], leftOut: 0 }
  return { records: before.records.filter((record) => isMeant(record)), leftOut: before.leftOut }
}
