/**
 * etcd/test/client/line.test: deadlines hold and coded errors come, whatever is on the line.
 */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { Socket } from 'node:net'
import { afterEach, describe, it } from 'node:test'
import type { EtcdClient, EtcdOptions } from '@troupe/etcd'
import { connectEtcd } from '#etcd/client/connect-etcd'
import { MACHINE } from '#etcd/client/world'
import { FakeEtcd, put } from '#test/client/fake-etcd'
import { Watched } from '#test/client/semantics-stage'
import { listen, Relay } from '#test/relay'

const READ = { range: { key: 'a' } }
const WRITE = { acts: [{ kind: 'delete', range: { key: 'a' } }] } as const
/** Nobody whom a machine holds up has spent so long. */
const PATIENT_MS = 20_000
/** Less than any other time that could end a wait: no machine is late by so much. */
const LATE_MS = 4_000
/** Silent for so long a watch asks; three times so on end, its line is lost. */
const QUIET_MS = 50

describe('on a line', () => {
  const open: { stop(): void }[] = []
  const clients: EtcdClient[] = []
  afterEach(() => {
    for (const client of clients.splice(0)) client.close()
    for (const one of open.splice(0)) one.stop()
  })
  const server = async (serve: (socket: Socket) => void): Promise<string> => {
    const listening = await listen(serve)
    open.push(listening)
    return listening.endpoint
  }
  const fakeEtcd = async (): Promise<FakeEtcd> => {
    const fake = await FakeEtcd.start()
    open.push(fake)
    return fake
  }
  const relayTo = async ({ endpoint }: FakeEtcd): Promise<Relay> => {
    const relay = await Relay.to(endpoint)
    open.push(relay)
    return relay
  }
  const clientOf = (
    endpoints: readonly string[],
    { quietMs = PATIENT_MS, ...options }: EtcdOptions & { readonly quietMs?: number } = {},
  ): EtcdClient => {
    // Chance of zero: the first of the list is the first that is asked.
    const random = { unit: () => 0, below: () => 0 }
    const times = { dialTimeoutMs: PATIENT_MS, requestTimeoutMs: PATIENT_MS }
    const world = { ...MACHINE, random, quietMs }
    const client = connectEtcd({ ...times, ...options, endpoints }, world)
    clients.push(client)
    return client
  }
  const within = async (limitMs: number, run: () => Promise<unknown>): Promise<void> => {
    const startMs = performance.now()
    await run()
    const tookMs = performance.now() - startMs
    assert.ok(tookMs < limitMs + LATE_MS, `${tookMs} ms`)
  }

  const strangers: Readonly<Record<string, (socket: Socket) => void>> = {
    'that never says a word': () => {},
    'that closes at once': (socket) => socket.destroy(),
    'that half-closes at once': (socket) => socket.end(),
    'that says what nobody understands': (socket) => socket.write(randomBytes(4_096)),
    'that speaks HTTP/1.1': (socket) => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'),
    'that floods': (socket) => {
      const flood = (): void => {
        while (socket.writable && socket.write(Buffer.alloc(65_536))) {}
      }
      socket.on('drain', flood)
      flood()
    },
  }
  for (const [what, serve] of Object.entries(strangers)) {
    it(`a server ${what} is no etcd, and is left in time`, async () => {
      const client = clientOf([await server(serve)], { dialTimeoutMs: 80 })
      const unreachable = { code: 'ETCD_UNREACHABLE' }
      await within(80, () => assert.rejects(client.range(READ), unreachable))
      await within(80, () => assert.rejects(client.txn(WRITE), unreachable))
    })

    it(`a server ${what} does not keep others from answering`, async () => {
      const fake = await fakeEtcd()
      const patient = { dialTimeoutMs: 1_000, requestTimeoutMs: 10_000 }
      const client = clientOf([await server(serve), fake.endpoint], patient)
      assert.equal((await client.range(READ)).revision, 10)
    })
  }

  it('that freezes a read goes elsewhere, and a write is not known to have happened', async () => {
    const [fake, other] = [await fakeEtcd(), await fakeEtcd()]
    other.revision = 20
    const relay = await relayTo(fake)
    const client = clientOf([relay.endpoint, other.endpoint])
    assert.equal((await client.range(READ)).revision, 10)
    relay.freeze()
    const writing = () => client.txn(WRITE, { timeoutMs: 900 })
    await within(900, () => assert.rejects(writing(), { code: 'ETCD_TIMEOUT' }))
    await within(0, async () => assert.equal((await client.range(READ)).revision, 20))
  })

  it('that freezes for a while a read comes back when it goes on', async () => {
    const fake = await fakeEtcd()
    const relay = await relayTo(fake)
    const client = clientOf([relay.endpoint])
    await client.range(READ)
    relay.freeze()
    const reading = client.range(READ)
    setTimeout(() => relay.thaw(), 100)
    assert.equal((await reading).revision, 10)
  })

  it('that is broken or half-closed is dialled again', async () => {
    const fake = await fakeEtcd()
    const relay = await relayTo(fake)
    const client = clientOf([relay.endpoint])
    for (const harm of ['break', 'halfClose', 'break'] as const) {
      await client.range(READ)
      relay[harm]()
    }
    assert.equal((await client.range(READ)).revision, 10)
  })

  it('a server that says goodbye (GOAWAY) is dialled again, and a watch goes on', async () => {
    const fake = await fakeEtcd()
    fake.lines = [
      (stream, from) => {
        fake.created(stream)
        for (let at = from; at <= 12; at += 1) fake.tell(stream, [put('k', 'a', at)])
      },
    ]
    fake.stands = [{ mod_revision: 12, value: Buffer.from('a') }]
    fake.revision = 12
    const client = clientOf([fake.endpoint])
    const watched = new Watched()
    client.watch({ range: { prefix: 'k' }, fromRevision: 11, ...watched })
    await watched.until(({ events }) => events.length === 2)
    fake.drain()
    assert.equal((await client.range(READ)).revision, 12)
    fake.stands = [{ mod_revision: 12, value: Buffer.from('a') }]
    await new Promise<void>((resolve) => {
      const look = (): void => {
        if (fake.begun.length >= 2) resolve()
        else setTimeout(look, 5)
      }
      look()
    })
    assert.deepEqual(fake.begun, [11, 13])
    assert.equal(watched.events.length, 2)
  })

  it('that is frozen a watch goes elsewhere', async () => {
    const [fake, other] = [await fakeEtcd(), await fakeEtcd()]
    const relay = await relayTo(fake)
    fake.lines = [(stream) => fake.created(stream)]
    other.lines = [
      (stream) => {
        other.created(stream)
        other.tell(stream, [put('k', 'a', 11)])
      },
    ]
    const client = clientOf([relay.endpoint, other.endpoint], { quietMs: QUIET_MS })
    const watched = new Watched()
    const up = new Promise<void>((resolve) => {
      const state = (): void => resolve()
      client.watch({ range: { prefix: 'k' }, fromRevision: 11, ...watched, state })
    })
    await up
    relay.freeze()
    await within(PATIENT_MS, () => watched.until(({ events }) => events.length === 1))
    assert.deepEqual(watched.texts, ['k=a'])
  })
})
