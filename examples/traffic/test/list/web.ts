/** T7, T9, T14, T24 to T26, T28: questions, actors alone, and what it is told at the start. */
import assert from 'node:assert/strict'
import { it, type TestContext } from 'node:test'
import {
  actor,
  eventName,
  isEventOf,
  NoReply,
  openUdp,
  openWeb,
  processName,
  protocol,
  startNode,
  udpPort,
  webPort,
} from 'troupe'
import { unitKit } from 'troupe/testing'
import { rawPacket } from '#test/raw-packet'
import { SystemProcess, storageNodeOf, udpClient } from '#test/system-process'
import { Ledger } from '#traffic/account/ledger'
import { type DeskSources, deskPool } from '#traffic/query/desk'
import { PositionTable } from '#traffic/store/position-table'
import { Storage, storageActor } from '#traffic/store/storage'
import { Roster } from '#traffic/system/roster'

function questions(): void {
  it('T7 a question that cannot be answered gets 400 and a reason in JSON', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    for (const query of [
      'lon=1',
      'lat=a&lon=1',
      'lat=91&lon=1',
      'lat=1&lon=181',
      'lat=NaN&lon=1',
      'lat=1&lon=1&limit=1e1',
    ]) {
      const { status, headers, body } = await system.ask(`/?${query}`)
      assert.equal(status, 400, query)
      assert.match(headers['content-type'] ?? '', /^application\/json/)
      assert.ok(JSON.parse(body).error.length > 0)
    }
  })

  it('T9 another method gets 405, another path 404', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data')
    assert.equal((await system.ask('/?lat=1&lon=1', 'POST')).status, 405)
    assert.equal((await system.ask('/nowhere')).status, 404)
  })

  it('T14 three questions are served by three workers, in turn', async (t) => {
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--level', 'debug')
    for (let i = 0; i < 6; i += 1) await system.nearest(i, i)
    await system.line(/query served latitude=5 /)
    const served = system.lines.filter((line) => line.includes('query served'))
    const pids = served.map((line) => /<\S+@localhost\.(\d+)>/.exec(line)?.[1])
    assert.equal(new Set(pids).size, 3)
    assert.deepEqual(pids.slice(0, 3), pids.slice(3))
  })
}

/** The desk and its port as they are, with a storage that never answers. */
async function silentStorage(t: TestContext, pendingMax: number) {
  const node = await startNode('silent@localhost', { logSinks: [] })
  t.after(() => node.stop())
  const listener = await openWeb({ port: 0, hosts: ['127.0.0.1'] })
  t.after(() => listener.close())
  const silent = actor(Storage, { on: { store: () => {}, mark: () => {}, nearest: () => NoReply } })
  await node.spawn(silent, { name: 'storage' })
  const sources = { roster: new Roster(() => true), allowsKill: false } as DeskSources
  await node.spawnAny(deskPool(sources), { name: 'desk' })
  await node.spawn(webPort, { args: [{ listener, handler: 'desk', pendingMax, timeoutMs: 200 }] })
  return `http://127.0.0.1:${listener.port}/?lat=1&lon=1`
}

/** On a machine that stands still some come when the others have been given up: not so often. */
const ROUNDS = 20

function blocked(): void {
  it('T24 a question gets 503 when all are busy, 504 when one takes too long', async (t) => {
    const url = await silentStorage(t, 3)
    const askedFive = async (): Promise<readonly number[]> =>
      (
        await Promise.all(Array.from({ length: 5 }, async () => (await fetch(url)).status))
      ).toSorted()
    let statuses = await askedFive()
    for (let round = 1; round < ROUNDS && statuses[1] !== 503; round += 1) {
      statuses = await askedFive()
    }
    assert.deepEqual(statuses, [503, 503, 504, 504, 504])
  })
}

function parts(): void {
  it('T25 an actor is tested alone: a message in, what it did out', async () => {
    const args = [new PositionTable(), new Ledger()] as const
    await using kit = await unitKit(storageActor, { args })
    const position = { id: 'a', latitude: 1, longitude: 2, emergency: false }
    await kit.send('store', { position, receivedAtMs: 1, sequence: 1 })
    const [near] = await kit.call('nearest', { latitude: 1, longitude: 2, limit: 1 })
    assert.equal(near?.report.position.id, 'a')
  })

  it('T26 the UDP port publishes by itself; only the token of the event lets it', async (t) => {
    const node = await startNode('publisher@localhost', { logSinks: [] })
    t.after(() => node.stop())
    const heard: string[] = []
    const event = eventName<{ readonly bytes: Uint8Array }>('packets')
    const token = node.registerEvent(event)
    const listener = actor(protocol('listener', {}), {
      started: (_state, context) => void context.subscribe(event),
      on: {},
      handleEvent: (_state, published) => {
        if (isEventOf(published, event)) heard.push(String(published.message.bytes))
      },
    })
    await node.spawn(listener)
    const socket = await openUdp({ port: 0, hosts: ['127.0.0.1'] })
    t.after(() => socket.close())
    const target = { kind: 'event', token: token as never } as const
    await node.spawn(udpPort, { args: [{ socket, target }] })
    await udpClient(t, socket.port)(Buffer.from('direct'))
    while (heard.length === 0) await new Promise((resolve) => setImmediate(resolve))
    assert.deepEqual(heard, ['direct'])
    const forged = { ...node.registerEvent(eventName('others')), event } as never
    assert.throws(() => node.publish(forged, { bytes: new Uint8Array(1) }), {
      code: 'EVENT_NOT_OWNED',
    })
  })
}

/** A node that shares the cookie asks storage by its name; one with another is turned away. */
async function onlyWithCookie(t: TestContext, name: string, cookie: string): Promise<void> {
  const ask = async (given: string): Promise<readonly unknown[]> => {
    const network = { cookie: given, mode: 'hidden' } as const
    const node = await startNode(`asks-${process.pid}@localhost`, { logSinks: [], network })
    t.after(() => node.stop())
    const storage = processName('storage', Storage, name)
    const query = { latitude: 1, longitude: 1, limit: 1 }
    return node.call(storage, 'nearest', query).finally(() => node.stop())
  }
  assert.deepEqual(await ask(cookie), [])
  await assert.rejects(ask('the secret of another depot'), { code: 'NO_ROUTE' })
}

function flags(): void {
  it('T28 the flags --name, --cookie and --level are honoured, with one dash too', async (t) => {
    const [name, cookie] = [`depot-${process.pid}@localhost`, 'the secret of this depot'] as const
    const loud = ['-name', name, '-cookie', cookie, '-level', 'debug']
    const system = await SystemProcess.startAs(t, '--no-fleet', '--no-data', ...loud)
    await system.nearest(1, 1)
    await system.line(/DEBUG.*<depot-\d+(?:-web)?@localhost\.\d+>/)
    assert.doesNotMatch(system.lines.join('\n'), /secret/)
    await onlyWithCookie(t, storageNodeOf(name), cookie)
    const quiet = await SystemProcess.startAs(t, '--no-fleet', '--no-data', '--level', 'error')
    await udpClient(t, quiet.udpPort)(rawPacket('a', 1, 1))
    await quiet.statsWhen(({ stored }) => stored === 1)
    assert.doesNotMatch(quiet.lines.join('\n'), /INFO|DEBUG/)
  })
}

export function webFacts(): void {
  questions()
  blocked()
  parts()
  flags()
}
