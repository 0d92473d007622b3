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

describe('a question', () => {
  it('sees every position that came before it, and goes ahead of none', async (t) => {
    const node = await startNode('order@localhost', { logSinks: [] })
    t.after(() => node.stop())
    const served: (number | 'question')[] = []
    let open = (): void => {}
    const gate = new Promise<void>((resolve) => {
      open = resolve
    })
    const slow = actor(Storage, {
      on: {
        async store(_state, { sequence }) {
          served.push(sequence)
          await gate
        },
        nearest() {
          served.push('question')
          return []
        },
      },
    })
    const storage = await node.spawn(slow, { name: 'storage' })
    const waiting = (): number => node.processInfo(storage)?.mailbox.main ?? 0
    const store = (sequence: number) =>
      node.send(storage, 'store', { position: POSITION, receivedAtMs: 1, sequence })
    const sources = { roster: new Roster(() => true), allowsKill: false } as unknown as DeskSources
    const desk = await node.spawn(deskActor, { args: [sources] })
    for (const sequence of [1, 2, 3]) store(sequence)
    while (served.length === 0) await new Promise((resolve) => setImmediate(resolve))
    const answered = node.call(desk, 'handle', QUESTION)
    const queued = (): boolean => {
      const mailbox = node.processInfo(storage)?.mailbox
      return (mailbox?.main ?? 0) + (mailbox?.system ?? 0) === 3
    }
    while (!queued()) await new Promise((resolve) => setImmediate(resolve))
    assert.equal(waiting(), 3)
    for (const sequence of [4, 5]) store(sequence)
    open()
    assert.equal((await answered).status, 200)
    while (served.length < 6) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(served, [1, 2, 3, 'question', 4, 5])
  })
})
