/**
 * Two nodes that meet over TCP: each outcome of the handshake, what the caller and the logs say.
 */
import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { fileURLToPath } from 'node:url'
import { freePorts } from '@troupe/tools/ports'
import { actor, message, processName, protocol, request } from 'troupe'
import { COOKIE, logged, met, refusalOf, until } from './meeting-kit.js'

const CHILD = fileURLToPath(new URL('../../processes/busy-node-child.js', import.meta.url))
const LIMIT = { timeout: 120_000 }

const Echo = protocol('echo', { say: request<number, number>(), hear: message<number>() })
const echo = actor(Echo, { on: { say: (_state, value) => value, hear: () => {} } })

describe('two nodes that meet', LIMIT, () => {
  it('are told by connect and call that their cookies differ, and both logs say so', async (t) => {
    const a = await met(t, 'a@one')
    const b = await met(t, 'b@two', {
      cookie: 'another cookie for tests',
      peers: { 'a@one': a.at },
    })
    const expected = ['NO_ROUTE', 'COOKIE_MISMATCH']
    assert.deepEqual(await refusalOf(b.node.network.connect('a@one')), expected)
    const far = processName('echo', Echo, 'a@one')
    assert.deepEqual(
      await refusalOf(b.node.call(far, 'say', 1)),
      expected,
      'while it is left alone',
    )
    // Where this takes longer than it is left alone, it is asked again, and says the same.
    await until(() => b.node.send(far, 'hear', 1) === 'NO_ROUTE')
    assert.match(
      await logged(b, /no way to a@one/),
      /the cookie of a@one at 127\.0\.0\.1:\d+ is not ours.* give both nodes the same cookie/,
    )
    assert.match(
      await logged(a, /COOKIE_MISMATCH/),
      /the cookie of 127\.0\.0\.1:\d+, which calls itself b@two, is not ours.* give both nodes/,
    )
    assert.deepEqual(Object.keys(a.node.network.refused()), ['COOKIE_MISMATCH'])
    assert.deepEqual(a.node.network.nodes(), [])
  })

  it('are told once that their cookies differ, though there are two ways', async (t) => {
    if (process.platform === 'win32') return
    const [one, two] = [`a${process.pid}@cookies`, `b${process.pid}@cookies`]
    const a = await met(t, one, { unixSocket: true })
    const cookie = 'another cookie for tests'
    const b = await met(t, two, { cookie, unixSocket: true, peers: { [one]: a.at } })
    assert.deepEqual(await refusalOf(b.node.network.connect(one)), ['NO_ROUTE', 'COOKIE_MISMATCH'])
    assert.deepEqual(a.node.network.refused(), { COOKIE_MISMATCH: 1 })
    assert.match(await logged(a, /COOKIE_MISMATCH/), /the cookie of unix \d+, which calls itself/)
  })

  it('are told that another node lives at the address', async (t) => {
    const a = await met(t, 'a@one')
    const b = await met(t, 'b@two', { peers: { 'c@three': a.at } })
    const refusal = await refusalOf(b.node.network.connect('c@three'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'NODE_NAME_MISMATCH'])
    const told = /there lives a@one, not c@three.*correct the name or the address/
    assert.match(await logged(b, /no way to c@three/), told)
    assert.match(await logged(a, /NODE_NAME_MISMATCH/), told)
  })

  it('are told that the address is their own', async (t) => {
    const [port = 0] = await freePorts(1)
    const a = await met(t, 'a@one', {
      acceptors: [{ port, portRange: 1 }],
      peers: { 'b@two': `tcp://127.0.0.1:${port}` },
    })
    const refusal = await refusalOf(a.node.network.connect('b@two'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'NODE_SELF'])
    assert.match(await logged(a, /no way to b@two/), /met its own name: it dialled itself/)
    assert.match(await logged(a, /NODE_SELF \(refused here\)/), /take that address away/)
  })

  it('are told that another node was given the same name', async (t) => {
    const a = await met(t, 'a@one')
    const twin = await met(t, 'a@one', { peers: { 'b@two': a.at } })
    const refusal = await refusalOf(twin.node.network.connect('b@two'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'NODE_SELF'])
    assert.match(await logged(a, /NODE_SELF/), /another node was given the same name/)
  })

  it('are told that nobody is there', async (t) => {
    const [port] = await freePorts(1)
    const b = await met(t, 'b@two', { peers: { 'a@one': `tcp://127.0.0.1:${port}` } })
    const refusal = await refusalOf(b.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'PORT_FAILED'])
    assert.deepEqual(await refusalOf(b.node.network.connect('x@y')), ['NO_ROUTE', 'NO_ROUTE'])
  })
})

describe('a network that cannot be', LIMIT, () => {
  it('is told to who starts the node, and leaves nothing open', async (t) => {
    const [port = 0] = await freePorts(1)
    const acceptor = { port, portRange: 1 }
    const wrong = met(t, 'a@one', { acceptors: [{ ...acceptor, advertisedHost: 'h'.repeat(300) }] })
    await assert.rejects(wrong, { code: 'OPTION_INVALID' })
    const bell = 'a\u0007@one'
    await assert.rejects(met(t, bell, { acceptors: [acceptor] }), { code: 'NODE_NAME_INVALID' })
    const right = await met(t, 'a@one', { acceptors: [acceptor] })
    await assert.rejects(met(t, 'b@two', { acceptors: [acceptor] }), { code: 'PORT_IN_USE' })
    assert.match(right.at, new RegExp(`:${port}$`))
  })
})

describe('a name that two nodes have', LIMIT, () => {
  it('is told once, by the second; the look whether the first is there is not', async (t) => {
    if (process.platform === 'win32') return
    const name = `twin${process.pid}@names`
    const first = await met(t, name, { unixSocket: true })
    const second = await met(t, name, { unixSocket: true })
    await logged(second, /another program of this host is the node/)
    await until(() => first.node.network.refused()['LINE_MUTE'] === 1)
    assert.deepEqual(first.node.network.refused(), { LINE_MUTE: 1 })
    const told = first.log.records().filter(({ level }) => level === 'warning')
    assert.deepEqual(
      told.map(({ message }) => message),
      [],
    )
  })

  it('stays with the one that is connected and alive', async (t) => {
    const a = await met(t, 'a@one')
    await a.node.spawn(echo, { name: 'echo' })
    const first = await met(t, 'b@two', { peers: { 'a@one': a.at } })
    await first.node.network.connect('a@one')
    const second = await met(t, 'b@two', { peers: { 'a@one': a.at } })
    const refusal = await refusalOf(second.node.network.connect('a@one'))
    assert.deepEqual(refusal, ['NO_ROUTE', 'NODE_NAME_TAKEN'])
    assert.match(
      await logged(second, /no way to a@one/),
      /the node name b@two is in use.*give one of the two nodes another name/,
    )
    assert.match(await logged(a, /NODE_NAME_TAKEN/), /the node name b@two is in use/)
    assert.equal(await first.node.call(processName('echo', Echo, 'a@one'), 'say', 7), 7)
    assert.equal(a.node.network.peer('b@two')?.creation, first.node.info().creation)
  })

  it('goes to the later one when the earlier is frozen, which then is told so', async (t) => {
    const child = fork(CHILD, ['b@two', COOKIE])
    t.after(() => child.kill('SIGKILL'))
    const [{ host, port }] = await once(child, 'message')
    const a = await met(t, 'a@one', { peers: { 'b@two': `tcp://${host}:${port}` } })
    const before = await a.node.network.connect('b@two')
    child.kill('SIGSTOP')
    const later = await met(t, 'b@two', { peers: { 'a@one': a.at } })
    await later.node.network.connect('a@one')
    const { creation } = later.node.info()
    assert.ok(before.creation < creation)
    await until(() => a.node.network.peer('b@two')?.creation === creation)
    assert.deepEqual(a.node.network.nodes(), ['b@two'])
    child.kill('SIGCONT')
    const message = await logged(a, /NODE_INCARNATION_OLD/)
    assert.match(message, /the node b@two has a later life.*stop the older of the two programs/)
    assert.equal(a.node.network.peer('b@two')?.creation, creation)
  })
})

describe('two nodes that dial each other at once', { timeout: 240_000 }, () => {
  const ways = { TCP: false, 'a Unix socket': true }
  for (const [way, unixSocket] of Object.entries(ways)) {
    it(`have one connection, 100 times over ${way}`, async (t) => {
      const [one = 0, two = 0] = await freePorts(2)
      // Their own host, so that no other test finds the sockets.
      const names = [`a@${process.pid}-${way.length}`, `b@${process.pid}-${way.length}`] as const
      const known = unixSocket
        ? {}
        : { [names[0]]: `tcp://127.0.0.1:${one}`, [names[1]]: `tcp://127.0.0.1:${two}` }
      const base = { unixSocket, peers: known }
      const a = await met(t, names[0], { ...base, acceptors: [{ port: one, portRange: 1 }] })
      const b = await met(t, names[1], { ...base, acceptors: [{ port: two, portRange: 1 }] })
      await a.node.spawn(echo, { name: 'echo' })
      await b.node.spawn(echo, { name: 'echo' })
      for (let i = 0; i < 100; i += 1) {
        await Promise.all([a.node.network.connect(names[1]), b.node.network.connect(names[0])])
        const said = [
          a.node.call(processName('echo', Echo, names[1]), 'say', i),
          b.node.call(processName('echo', Echo, names[0]), 'say', i),
        ]
        assert.deepEqual(await Promise.all(said), [i, i], `round ${i}`)
        assert.equal(a.node.network.peers().length, 1)
        assert.equal(b.node.network.peers().length, 1)
        a.node.network.disconnect(names[1])
        await until(() => b.node.network.peers().length === 0)
      }
      const refused = [a, b].map(({ node }) => node.network.refused()['NODE_SIMULTANEOUS'] ?? 0)
      t.diagnostic(`lines that gave way: ${refused}`)
      // The one whose name sorts lower refuses, never the other.
      assert.ok((refused[0] ?? 0) > 0)
      assert.equal(refused[1], 0)
      const warnings = [...a.log.records(), ...b.log.records()].filter(
        ({ level }) => level === 'warning',
      )
      assert.deepEqual(warnings, [])
    })
  }
})
