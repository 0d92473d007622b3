/**
 * registrar/rival: another program has the key of this node; whether it lives is found out here.
 *
 * It may be an earlier life that was killed, whose key is there until its lease ends, or a program
 * that is given the same name by mistake. Its lease tells: one that is kept alive has more time
 * left than it had before, twice: an etcd that has a new leader lengthens every lease once. Clocks
 * of machines are not compared.
 * Limit: who neither goes nor is seen alive within its lease and `MARGIN_MS` is alive.
 *
 * @source ergo-features 21 (registration, ErrTaken)
 */
import type { KeyValue } from '#etcd/client/etcd-client'
import type { Life } from './holder.js'
import { readNode } from './route-text.js'

/** Etcd ends leases in turns, and a little later than they say. */
const MARGIN_MS = 2_000
const TTL_MS_MAX = 600_000
const KEPT_MIN = 2

/** `over`: its key may be taken. `taken`: it lives. */
export type RivalVerdict = 'over' | 'wait' | 'taken'

export interface RivalLook {
  readonly nowMs: number
  /** What its lease has left; undefined: it has none, or nobody knows. */
  readonly leftMs: number | undefined
  /** Whether its program can be seen on this machine. */
  readonly program: Life
}

export class Rival {
  readonly life: string
  readonly #modRevision: number
  readonly #untilMs: number
  #leftMs: number | undefined = undefined
  #kept = 0

  constructor({
    entry,
    node,
    ttlMs,
    nowMs,
  }: {
    readonly entry: KeyValue
    readonly node: string
    /** When its own is not known. */
    readonly ttlMs: number
    readonly nowMs: number
  }) {
    const told = readNode(entry.value, node).value
    this.life = told?.life ?? ''
    this.#modRevision = entry.modRevision
    const ownMs = told === undefined || told.leaseTtlMs === 0 ? ttlMs : told.leaseTtlMs
    this.#untilMs = nowMs + Math.min(ownMs, TTL_MS_MAX) + MARGIN_MS
  }

  /** True: the key is as this rival has written it. */
  wrote(entry: KeyValue): boolean {
    return entry.modRevision === this.#modRevision
  }

  verdict({ nowMs, leftMs, program }: RivalLook): RivalVerdict {
    if (program === 'dead') return 'over'
    const before = this.#leftMs
    this.#leftMs = leftMs
    if (before !== undefined && leftMs !== undefined && leftMs > before) this.#kept += 1
    const isAlive = program === 'alive' || this.#kept >= KEPT_MIN
    return isAlive || nowMs >= this.#untilMs ? 'taken' : 'wait'
  }
}
