/**
 * cluster/registrar/embedded: the socket where the nodes of a host meet, on the real machine.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it, type TestContext } from 'node:test'
import { freePort } from '@troupe/tools/ports'
import { embeddedRegistrar, type Node, type NodeOptions, startNode } from 'troupe'
import type { Place } from '#cluster/registrar/embedded/link'
import { TcpPlace, UnixPlace } from '#cluster/registrar/embedded/socket-places'

const COOKIE = 'a cookie for tests and nothing else'

function folderOf(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'troupe-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

let made = 0
const placeIn = (folder: string): Place => {
  made += 1
  const own = `${made}`
  return new UnixPlace(join(folder, 'place.sock'), () => own)
}

/** How dialling ends; the link is not kept. */
async function dialled(place: Place): Promise<string> {
  const link = await place.dial()
  if (typeof link === 'string') return link
  link.destroy()
  return 'open'
}

/** A socket file that nobody listens at, as a killed program leaves it. */
async function leftBehind(path: string): Promise<void> {
  const server = createServer().listen(`${path}.old`)
  await once(server, 'listening')
  renameSync(`${path}.old`, path)
  server.close()
}

async function nodeIn(
  t: TestContext,
  name: string,
  folder: string,
  more: NodeOptions['network'] = {},
) {
  const registrar = embeddedRegistrar({ folder })
  const network = {
    cookie: COOKIE,
    acceptors: [{ port: 0 }],
    unixSocket: false,
    registrar,
    ...more,
  }
  const node = await startNode(name, { network, logSinks: [], handleSignals: false })
  t.after(() => node.stop())
  return node
}

/** Waits for what the other threads and programs do. */
async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 2))
}

const knows = (node: Node, other: string): boolean =>
  node.cluster.nodes().some((route) => route.node === other && route.state === 'up')

describe('the socket of a host', () => {
  it('is one program alone, also when several want it at the same moment', async (t) => {
    const folder = folderOf(t)
    const places = Array.from({ length: 8 }, () => placeIn(folder))
    const claims = await Promise.all(places.map((place) => place.claim(undefined, () => {})))
    const taken = claims.filter((claim) => claim !== undefined)
    assert.equal(taken.length, 1)
    assert.equal(taken[0]?.holds(), true)
    assert.deepEqual(readdirSync(folder), ['place.sock'])
    taken[0]?.release()
    assert.deepEqual(readdirSync(folder), [])
  })

  it('is taken from who holds it, who sees that; nobody takes what has changed', async (t) => {
    const place = placeIn(folderOf(t))
    const first = await place.claim(undefined, () => {})
    const second = await place.claim(first?.holder, () => {})
    assert.equal(first?.holds(), false)
    assert.equal(second?.holds(), true)
    assert.equal(await place.claim(first?.holder, () => {}), undefined)
    first?.release()
    assert.equal(second?.holds(), true)
    second?.release()
    assert.equal(place.holder(), undefined)
  })

  it('that a killed program has left is recognised and taken', async (t) => {
    const folder = folderOf(t)
    const place = placeIn(folder)
    await leftBehind(place.name)
    assert.equal(await place.dial(), 'nobody')
    const claim = await place.claim(place.holder(), () => {})
    assert.equal(claim?.holds(), true)
    claim?.release()
  })

  it('that cannot be is REGISTRAR_FAILED', async (t) => {
    const folder = folderOf(t)
    const file = join(folder, 'file')
    writeFileSync(file, '')
    const code = { code: 'REGISTRAR_FAILED' }
    await assert.rejects(
      placeIn(join(file, 'below')).claim(undefined, () => {}),
      code,
    )
    mkdirSync(join(folder, 'place.sock'))
    const place = placeIn(folder)
    await assert.rejects(
      place.claim(place.holder(), () => {}),
      code,
    )
  })

  it('is left alone in a folder that others may enter, or behind a link', async (t) => {
    const folder = folderOf(t)
    const own = join(folder, 'own')
    const good = placeIn(own)
    const claim = await good.claim(undefined, (link) => link.destroy())
    t.after(() => claim?.release())
    assert.equal(await dialled(good), 'open')
    symlinkSync(own, join(folder, 'link'))
    const behind = placeIn(join(folder, 'link'))
    assert.equal(await dialled(behind), 'failed')
    const said = { code: 'REGISTRAR_FAILED', message: /is a link/ }
    await assert.rejects(
      behind.claim(behind.holder(), () => {}),
      said,
    )
    chmodSync(own, 0o777)
    assert.equal(await dialled(good), 'failed')
    await assert.rejects(
      good.claim(good.holder(), () => {}),
      { code: 'REGISTRAR_FAILED', message: /others may enter/ },
    )
    assert.equal(claim?.holds(), true)
  })

  it('may be a TCP port, which one program has alone', async () => {
    const port = await freePort()
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    const place = new TcpPlace(port)
    assert.equal(await place.claim(undefined, () => {}), undefined)
    server.close()
    await once(server, 'close')
    assert.equal(await place.dial(), 'nobody')
    const claim = await place.claim(undefined, () => {})
    assert.equal(claim?.holds(), true)
    claim?.release()
  })
})

describe('nodes of one host', { timeout: 60_000 }, () => {
  it('start where a killed server has left its socket, and reach each other', async (t) => {
    const folder = folderOf(t)
    const a = await nodeIn(t, 'a@localhost', folder)
    const [file = ''] = readdirSync(folder)
    await a.stop()
    await leftBehind(join(folder, file))
    const [b, c] = await Promise.all([
      nodeIn(t, 'b@localhost', folder),
      nodeIn(t, 'c@localhost', folder, { mode: 'hidden' }),
    ])
    await until(() => knows(c, 'b@localhost'))
    assert.equal((await c.network.connect('b@localhost')).state, 'up')
    assert.deepEqual(b.cluster.nodes(), [])
    await until(() => b.cluster.registrar?.serving === true)
  })

  it('with other cookies or other ports do not meet', async (t) => {
    const folder = folderOf(t)
    const a = await nodeIn(t, 'a@localhost', folder)
    const b = await nodeIn(t, 'b@localhost', folder, { cookie: `${COOKIE} and another` })
    const registrar = embeddedRegistrar({ folder, port: 4_600 })
    const c = await nodeIn(t, 'c@localhost', folder, { registrar })
    await until(() => [a, b, c].every((node) => node.cluster.registrar?.serving === true))
  })

  it('meet on a TCP port where there are no sockets, and take that over, too', async (t) => {
    const port = await freePort()
    const folder = folderOf(t)
    const more = () => ({ registrar: embeddedRegistrar({ tcp: true, port }) })
    const a = await nodeIn(t, 'a@localhost', folder, more())
    const b = await nodeIn(t, 'b@localhost', folder, more())
    const c = await nodeIn(t, 'c@localhost', folder, more())
    await until(() => knows(b, 'c@localhost') && knows(a, 'b@localhost'))
    await a.stop()
    // Whoever is first takes it over; the other one goes there.
    const serverOf = ({ cluster }: Node) => cluster.registrar?.server
    await until(() => [b.name, c.name].includes(serverOf(b) ?? '') && serverOf(b) === serverOf(c))
    await until(() => knows(b, 'c@localhost') && knows(c, 'b@localhost'))
    assert.deepEqual(readdirSync(folder), [])
  })

  it('refuse a second node of a name at its start', async (t) => {
    const folder = folderOf(t)
    await nodeIn(t, 'a@localhost', folder)
    const network = {
      ...{ cookie: COOKIE, acceptors: [{ port: 0 }], unixSocket: false },
      registrar: embeddedRegistrar({ folder }),
    }
    const twin = startNode('a@localhost', { network, logSinks: [], handleSignals: false })
    await assert.rejects(twin, { code: 'NODE_NAME_TAKEN' })
  })

  it('say why they cannot start where the folder cannot be used', async (t) => {
    const file = join(folderOf(t), 'file')
    writeFileSync(file, '')
    await assert.rejects(nodeIn(t, 'a@localhost', file), {
      code: 'REGISTRAR_FAILED',
      message: /is no folder; remove it.*give the option folder/,
    })
  })

  it('leave and come with their networks', async (t) => {
    const folder = folderOf(t)
    const a = await nodeIn(t, 'a@localhost', folder)
    const b = await nodeIn(t, 'b@localhost', folder)
    await until(() => knows(a, 'b@localhost'))
    await a.network.stop()
    await until(() => b.cluster.registrar?.serving === true && b.cluster.nodes().length === 0)
    assert.equal(a.cluster.registrar?.state, 'disconnected')
    await a.network.start()
    await until(() => knows(b, 'a@localhost') && a.cluster.registrar?.state === 'connected')
    await until(() => a.cluster.registrar?.server === 'b@localhost')
  })
})
