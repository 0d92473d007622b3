/**
 * etcd/test/client/history: one writes at random, one watches through whatever happens, and what
 * was told is held against all that happened.
 */
import assert from 'node:assert/strict'
import type { Act, EtcdClient, WatchBatch, WatchEnd, WatchEvent } from '@troupe/etcd'
import { TroupeError } from 'troupe'
import type { Random } from 'troupe/registrar'
import { put, remove } from '#test/client/semantics-stage'

const PREFIX = 'history/'
const KEYS = 12

const toldOf = (event: WatchEvent): string =>
  event.kind === 'put'
    ? `${event.entry.modRevision} ${event.entry.key}=${event.entry.value}`
    : `${event.modRevision} -${event.key}`

/** Follows from a revision on, and asserts order and whole revisions as it goes. */
export class Follower {
  readonly told: string[] = []
  readonly ends: WatchEnd[] = []
  lost = 0
  #revision: number
  readonly #running: { close(): void }
  #look: () => void = () => {}
  problem: string | undefined

  constructor(client: EtcdClient, fromRevision: number) {
    this.#revision = fromRevision - 1
    this.#running = client.watch({
      range: { prefix: PREFIX },
      fromRevision,
      take: (batch) => this.#take(batch),
      state: (line) => {
        if (line === 'down') this.lost += 1
      },
      ended: (end) => {
        this.ends.push(end)
        this.#look()
      },
    })
  }

  #take({ revision, events }: WatchBatch): void {
    for (const event of events) {
      const own = event.kind === 'put' ? event.entry.modRevision : event.modRevision
      if (own <= this.#revision || own > revision) this.problem ??= `${own} after ${this.#revision}`
      this.told.push(toldOf(event))
    }
    this.#revision = revision
    this.#look()
  }

  async until(last: string): Promise<void> {
    while (this.told.at(-1) !== last && this.ends.length === 0) {
      await new Promise<void>((resolve) => {
        this.#look = resolve
      })
    }
  }

  close(): void {
    this.#running.close()
  }
}

/** Writes until it is told to stop; failures are of no interest, they may have happened or not. */
export class Writer {
  readonly #client: EtcdClient
  readonly #random: Random
  #written = 0
  #isOver = false
  readonly #done: Promise<void>
  done = 0

  constructor(client: EtcdClient, random: Random) {
    this.#client = client
    this.#random = random
    this.#done = this.#run()
  }

  #act(): Act {
    const key = `${PREFIX}${this.#random.below(KEYS)}`
    this.#written += 1
    return this.#random.below(4) === 0 ? remove(key) : put(key, String(this.#written))
  }

  async #run(): Promise<void> {
    while (!this.#isOver) {
      const acts = Array.from({ length: 1 + this.#random.below(3) }, () => this.#act())
      try {
        await this.#client.txn({ acts }, { timeoutMs: 2_000 })
        this.done += 1
      } catch (thrown) {
        // Twice the same key in one transaction, or an etcd that is away: all of it is weather.
        assert.ok(TroupeError.is(thrown), String(thrown))
      }
      await new Promise((resolve) => setTimeout(resolve, this.#random.below(4)))
    }
  }

  /** The last change, which is told to whoever was told of all before it. */
  async stop(): Promise<string> {
    this.#isOver = true
    await this.#done
    const key = `${PREFIX}last`
    const { revision } = await this.#client.txn(
      { acts: [put(key, 'end')] },
      { retry: true, timeoutMs: 30_000 },
    )
    const { keys } = await this.#client.range({ range: { key } }, { timeoutMs: 30_000 })
    return `${keys[0]?.modRevision ?? revision} ${key}=end`
  }
}

/** What was told through all weather is what is told by a line that nothing happens to. */
export async function assertWhole(
  follower: Follower,
  client: EtcdClient,
  from: { readonly revision: number; readonly last: string },
): Promise<number> {
  await follower.until(from.last)
  assert.deepEqual(follower.ends, [])
  assert.equal(follower.problem, undefined)
  const calm = new Follower(client, from.revision)
  await calm.until(from.last)
  calm.close()
  follower.close()
  assert.deepEqual(follower.told, calm.told)
  return calm.told.length
}
