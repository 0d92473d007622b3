/**
 * testing/memory-store: the keys of an etcd: revisions, versions, history, transactions.
 *
 * Pure: no clock, no client, no chance. Who holds which lease is known here, since keys end with
 * theirs; when a lease ends is known elsewhere. What etcd would refuse throws `StoreRefusal` with
 * etcd's own words.
 * Limit: `STORE_LIMITS`, those of an etcd that was started without options.
 *
 * @source etcd v3.4 mvcc and apply; each rule is checked against a real etcd by semantics.test
 */
import type { Act, Compare, KeyRange, KeyValue, RangeAsk, Txn } from '#etcd/client/etcd-client'
import { bytesOf, isWithin, type KeySpan, keyText, overlap, spanOf } from './key-text.js'

/** What an etcd takes at most, when it is not told otherwise. */
export const STORE_LIMITS = Object.freeze({
  actsPerTxnMax: 128,
  requestBytesMax: 1_572_864,
  /** What a client takes; etcd itself would answer more. */
  answerBytesMax: 16_777_216,
})

/** What is refused, in the words of etcd. */
export class StoreRefusal {
  readonly problem: string

  constructor(problem: string) {
    this.problem = problem
  }
}

/** One change of one key; no entry: it is there no more. */
export interface StoreChange {
  readonly key: string
  readonly revision: number
  readonly entry: KeyValue | undefined
}

/** What a range has found. */
export interface Found {
  readonly keys: readonly KeyValue[]
  readonly more: boolean
}

/** All of a store, at rest. */
export interface StoreState {
  readonly revision: number
  readonly compacted: number
  readonly changes: readonly StoreChange[]
  readonly versions: ReadonlyMap<string, readonly StoreChange[]>
  readonly leases: ReadonlyMap<string, ReadonlySet<string>>
}

/** What a transaction has done. */
export interface StoreAnswer {
  readonly revision: number
  readonly held: boolean
  readonly answers: readonly Found[]
}

type PutAct = Extract<Act, { readonly kind: 'put' }>

const NOTHING: Found = Object.freeze({ keys: Object.freeze([]), more: false })
const COMPACTED = 'etcdserver: mvcc: required revision has been compacted'
const OF_FUTURE = 'etcdserver: mvcc: required revision is a future revision'
export const LEASE_UNKNOWN = 'etcdserver: requested lease not found'

export class MemoryStore {
  #revision = 1
  #compacted = 0
  /** All changes since the last compaction, in order. */
  #changes: StoreChange[] = []
  /** The changes of each key, in order; the last one is what holds. */
  #versions = new Map<string, StoreChange[]>()
  /** Keys of each lease that is alive. */
  #leases = new Map<string, Set<string>>()

  get revision(): number {
    return this.#revision
  }

  /** The first revision that is kept. */
  get compacted(): number {
    return this.#compacted
  }

  get bytes(): number {
    return this.#changes.reduce((sum, { key, entry }) => sum + key.length + sizeOf(entry), 0)
  }

  get leases(): readonly string[] {
    return [...this.#leases.keys()]
  }

  keysOf(lease: string): readonly string[] {
    return [...(this.#leases.get(lease) ?? [])].sort()
  }

  addLease(lease: string): void {
    this.#leases.set(lease, new Set())
  }

  /** The lease ends, and all its keys with it, in one revision. */
  endLease(lease: string): void {
    if (!this.#leases.has(lease)) throw new StoreRefusal(LEASE_UNKNOWN)
    const revision = this.#revision + 1
    for (const key of this.keysOf(lease)) this.#change({ key, revision, entry: undefined })
    this.#leases.delete(lease)
  }

  get(key: string): KeyValue | undefined {
    return this.#versions.get(key)?.at(-1)?.entry
  }

  range({ range, limit = 0, revision = 0, keysOnly = false }: RangeAsk): Found {
    if (revision > this.#revision) throw new StoreRefusal(OF_FUTURE)
    if (revision !== 0 && revision < this.#compacted) throw new StoreRefusal(COMPACTED)
    const found = this.#find(requireSpan(range), revision)
    const keys = limit > 0 ? found.slice(0, limit) : found
    const answer = keysOnly ? keys.map((entry) => ({ ...entry, value: Buffer.alloc(0) })) : keys
    const bytes = answer.reduce((sum, { key, value }) => sum + key.length + value.length, 0)
    if (bytes > STORE_LIMITS.answerBytesMax) throw new StoreRefusal(tooLarge(bytes))
    return { keys: answer, more: keys.length < found.length }
  }

  /** However much it is, as if it were asked for in pages. */
  rangeAll(range: KeyRange): Found {
    return { keys: this.#find(requireSpan(range), 0), more: false }
  }

  /** All at once, in one revision, or nothing. */
  txn({ when = [], acts = [], otherwise = [] }: Txn): StoreAnswer {
    requireFit(when, acts, otherwise)
    const held = when.every((compare) => this.#holds(compare))
    const chosen = held ? acts : otherwise
    for (const act of chosen) this.#check(act)
    const revision = this.#revision + 1
    const answers = chosen.map((act) => this.#act(act, revision))
    return { revision: this.#revision, held, answers }
  }

  /** Changes from a revision on, in order. Undefined: some of them are not kept any more. */
  changesFrom(revision: number): readonly StoreChange[] | undefined {
    if (revision < this.#compacted) return undefined
    return this.#changes.slice(this.#firstFrom(revision))
  }

  compact(revision: number): void {
    if (revision <= this.#compacted) throw new StoreRefusal(COMPACTED)
    if (revision > this.#revision) throw new StoreRefusal(OF_FUTURE)
    this.#compacted = revision
    this.#changes = this.#changes.slice(this.#firstFrom(revision))
    for (const [key, versions] of this.#versions) {
      const first = versions.findLastIndex((one) => one.revision <= revision)
      const isGone = versions[first]?.entry === undefined
      const kept = versions.slice(isGone ? first + 1 : first)
      if (kept.length === 0) this.#versions.delete(key)
      else this.#versions.set(key, kept)
    }
  }

  save(): StoreState {
    return {
      revision: this.#revision,
      compacted: this.#compacted,
      changes: [...this.#changes],
      versions: new Map([...this.#versions].map(([key, list]) => [key, [...list]])),
      leases: new Map([...this.#leases].map(([lease, keys]) => [lease, new Set(keys)])),
    }
  }

  load({ revision, compacted, changes, versions, leases }: StoreState): void {
    this.#revision = revision
    this.#compacted = compacted
    this.#changes = [...changes]
    this.#versions = new Map([...versions].map(([key, list]) => [key, [...list]]))
    this.#leases = new Map([...leases].map(([lease, keys]) => [lease, new Set(keys)]))
  }

  #find(span: KeySpan, revision: number): readonly KeyValue[] {
    const found: KeyValue[] = []
    const keys = [...this.#versions.keys()].filter((key) => isWithin(key, span)).sort()
    for (const key of keys) {
      const versions = this.#versions.get(key) ?? []
      const last =
        revision === 0
          ? versions.at(-1)
          : versions.findLast((version) => version.revision <= revision)
      if (last?.entry !== undefined) found.push(last.entry)
    }
    return found
  }

  #holds(compare: Compare): boolean {
    const entry = this.get(keyText(compare.key))
    switch (compare.target) {
      case 'value':
        // Of a key that is not there nothing can be said, not even that it differs.
        return entry !== undefined && isSo(compare.is, bytesOf(compare.than).compare(entry.value))
      case 'lease':
        return isSo(compare.is, (entry?.lease ?? '0') === (compare.than || '0') ? 0 : 1)
      case 'create':
        return isSo(compare.is, compare.than - (entry?.createRevision ?? 0))
      case 'mod':
        return isSo(compare.is, compare.than - (entry?.modRevision ?? 0))
      case 'version':
        return isSo(compare.is, compare.than - (entry?.version ?? 0))
    }
  }

  /** All that can be refused is refused before anything is done. */
  #check(act: Act): void {
    if (act.kind === 'range') this.range(act)
    const lease = act.kind === 'put' ? leaseOf(act) : undefined
    if (lease !== undefined && !this.#leases.has(lease)) throw new StoreRefusal(LEASE_UNKNOWN)
  }

  #act(act: Act, revision: number): Found {
    switch (act.kind) {
      case 'range':
        return this.range(act)
      case 'put':
        this.#put(act, revision)
        return NOTHING
      case 'delete':
        for (const { key } of this.#find(spanOf(act.range), 0)) {
          this.#change({ key: key.toString('latin1'), revision, entry: undefined })
        }
        return NOTHING
    }
  }

  #put(act: PutAct, revision: number): void {
    const { key, value } = act
    const text = keyText(key)
    const before = this.get(text)
    const entry = Object.freeze({
      key: bytesOf(key),
      value: bytesOf(value),
      createRevision: before?.createRevision ?? revision,
      modRevision: revision,
      version: (before?.version ?? 0) + 1,
      lease: leaseOf(act),
    })
    this.#change({ key: text, revision, entry })
  }

  #change(change: StoreChange): void {
    const { key, revision, entry } = change
    const before = this.get(key)?.lease
    if (before !== undefined) this.#leases.get(before)?.delete(key)
    if (entry?.lease !== undefined) this.#leases.get(entry.lease)?.add(key)
    const versions = this.#versions.get(key)
    if (versions === undefined) this.#versions.set(key, [change])
    else versions.push(change)
    this.#changes.push(change)
    this.#revision = revision
  }

  /** Where the changes of a revision begin. */
  #firstFrom(revision: number): number {
    let low = 0
    let high = this.#changes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.#changes[middle]?.revision ?? revision) < revision) low = middle + 1
      else high = middle
    }
    return low
  }
}

/** The lease 0 is none. */
const leaseOf = ({ lease }: PutAct): string | undefined => (lease === '0' ? undefined : lease)

const sizeOf = (entry: KeyValue | undefined): number => entry?.value.length ?? 0

const tooLarge = (bytes: number): string =>
  `grpc: received message larger than max (${bytes} vs. ${STORE_LIMITS.answerBytesMax})`

/** `order`: of what is compared with, against what is there. */
function isSo(is: Compare['is'], order: number): boolean {
  switch (is) {
    case '=':
      return order === 0
    case '!=':
      return order !== 0
    case '<':
      return order > 0
    case '>':
      return order < 0
  }
}

function requireSpan(range: KeyRange): KeySpan {
  const isEmpty = 'key' in range && range.key.length === 0
  if (isEmpty) throw new StoreRefusal('etcdserver: key is not provided')
  return spanOf(range)
}

function requireFit(
  when: readonly Compare[],
  acts: readonly Act[],
  otherwise: readonly Act[],
): void {
  const { actsPerTxnMax, requestBytesMax } = STORE_LIMITS
  const isLong = [when, acts, otherwise].some(({ length }) => length > actsPerTxnMax)
  if (isLong) throw new StoreRefusal('etcdserver: too many operations in txn request')
  const all = [...acts, ...otherwise]
  const bytes = all.reduce((sum, act) => sum + bytesOfAct(act), 0)
  if (bytes > requestBytesMax) throw new StoreRefusal('etcdserver: request is too large')
  for (const { key } of when) requireSpan({ key })
  for (const act of all) requireSpan(act.kind === 'put' ? { key: act.key } : act.range)
  for (const branch of [acts, otherwise]) requireDistinct(branch)
}

const bytesOfAct = (act: Act): number =>
  act.kind === 'put' ? bytesOf(act.key).length + bytesOf(act.value).length : 0

/** No key is put twice, nor put and deleted, in one transaction. */
function requireDistinct(acts: readonly Act[]): void {
  const put = new Set<string>()
  const deleted = acts.flatMap((act) => (act.kind === 'delete' ? [spanOf(act.range)] : []))
  for (const act of acts) {
    if (act.kind !== 'put') continue
    const key = keyText(act.key)
    const span = spanOf({ key: act.key })
    if (put.has(key) || deleted.some((other) => overlap(span, other)))
      throw new StoreRefusal('etcdserver: duplicate key given in txn request')
    put.add(key)
  }
}
