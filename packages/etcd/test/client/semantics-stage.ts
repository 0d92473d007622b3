/**
 * etcd/test/client/semantics-stage: what the cases of semantics are made of.
 */
import assert from 'node:assert/strict'
import type {
  Act,
  Compare,
  EtcdClient,
  KeyValue,
  RangeAnswer,
  WatchBatch,
  WatchEnd,
  WatchEvent,
} from '@troupe/etcd'

/** What a case is given: two clients of one etcd, and keys of its own. */
export interface SemanticsStage {
  readonly one: EtcdClient
  readonly other: EtcdClient
  /** A key of this case. */
  key(name: string): string
}

export interface SemanticsCase {
  readonly title: string
  readonly run: (stage: SemanticsStage) => Promise<void>
}

export const fact = (title: string, run: SemanticsCase['run']): SemanticsCase => ({ title, run })
export const put = (key: string, value: string | Uint8Array, lease?: string): Act =>
  lease === undefined ? { kind: 'put', key, value } : { kind: 'put', key, value, lease }
export const remove = (key: string): Act => ({ kind: 'delete', range: { key } })
export const absent = (key: string): Compare => ({ key, target: 'create', is: '=', than: 0 })
export const told = (entry: KeyValue | undefined) =>
  entry && [entry.value.toString(), entry.createRevision, entry.modRevision, entry.version]
export const names = ({ keys }: RangeAnswer): readonly string[] =>
  keys.map(({ key }) => key.toString().split('/').at(-1) ?? '')

export async function write(client: EtcdClient, ...acts: readonly Act[]): Promise<number> {
  const { revision, held } = await client.txn({ acts })
  assert.equal(held, true)
  return revision
}

export async function read(client: EtcdClient, key: string): Promise<KeyValue | undefined> {
  return (await client.range({ range: { key } })).keys[0]
}

/** What a watch was told, and a wait for more of it. */
export class Watched {
  readonly batches: WatchBatch[] = []
  readonly ends: WatchEnd[] = []
  #look: () => void = () => {}

  readonly take = (batch: WatchBatch): void => {
    this.batches.push(batch)
    this.#look()
  }
  readonly ended = (end: WatchEnd): void => {
    this.ends.push(end)
    this.#look()
  }

  get events(): readonly WatchEvent[] {
    return this.batches.flatMap(({ events }) => events)
  }

  get texts(): readonly string[] {
    return this.events.map((event) => {
      const key = (event.kind === 'put' ? event.entry.key : event.key).toString()
      const name = key.split('/').at(-1)
      return event.kind === 'put' ? `${name}=${event.entry.value.toString()}` : `${name} gone`
    })
  }

  async until(isSo: (watched: Watched) => boolean): Promise<void> {
    while (!isSo(this)) {
      await new Promise<void>((settle) => {
        this.#look = settle
      })
    }
  }
}

export const refusal = (problem: RegExp) => (error: unknown) => {
  const { code, message } = error as { readonly code: string; readonly message: string }
  assert.equal(code, 'ETCD_REFUSED')
  assert.match(message, problem)
  return true
}
