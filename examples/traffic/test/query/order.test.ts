/** A question and the positions around it: each is served in the order it came. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, startNode } from 'troupe'
import { type DeskSources, deskActor } from '#traffic/query/desk'
import { Storage } from '#traffic/store/storage'
import { Roster } from '#traffic/system/roster'

const POSITION = { id: 'a', latitude: 1, longitude: 1, emergency: false }
const QUESTION = {
  method: 'GET',
  path: '/',
  query: 'lat=1&lon=1',
  headers: {},
  body: new Uint8Array(0),
  remoteAddress: '127.0.0.1',
} as const

/** A storage that does nothing before it is told to, and what it has served in which order. */
function heldStorage() {
  const served: (number | 'question')[] = []
  let release = (): void => {}
  const gate = new Promise<void>((resolve) => {
    release = resolve
  })
  const storage = actor(Storage, {
    on: {
      async store(_state, { sequence }) {
        served.push(sequence)
        await gate
      },
      mark: () => {},
      nearest() {
        served.push('question')
        return []
      },
    },
  })
  return { storage, served, release: () => release() }
}

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setImmediate(resolve))
}

describe('a question', { timeout: 120_000 }, () => {
  it('sees every position that came before it, and goes ahead of none', async (t) => {
    const node = await startNode('order@localhost', { logSinks: [] })
    t.after(() => node.stop())
    const { storage: held, served, release } = heldStorage()
    const storage = await node.spawn(held, { name: 'storage' })
    const store = (sequence: number) =>
      node.send(storage, 'store', { position: POSITION, receivedAtMs: 1, sequence })
    const sources = { roster: new Roster(() => true), allowsKill: false } as unknown as DeskSources
    const desk = await node.spawn(deskActor, { args: [sources] })
    for (const sequence of [1, 2, 3]) store(sequence)
    await until(() => served.length === 1)
    const answered = node.call(desk, 'handle', QUESTION)
    await until(() => {
      const { main = 0, system = 0 } = node.processInfo(storage)?.mailbox ?? {}
      return main + system === 3
    })
    for (const sequence of [4, 5]) store(sequence)
    release()
    assert.equal((await answered).status, 200)
    await until(() => served.length === 6)
    assert.deepEqual(served, [1, 2, 3, 'question', 4, 5])
  })
})
