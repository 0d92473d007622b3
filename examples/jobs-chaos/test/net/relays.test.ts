/**
 * test/net/relays.test: walls hold lines back and lose datagrams, each direction for itself.
 */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { canTellOwners, inodeIn, inodeOfPort, ownerOf } from '#chaos/net/socket-owner'
import { TcpRelay } from '#chaos/net/tcp-relay'
import { UdpRelay } from '#chaos/net/udp-relay'
import { between, Walls } from '#chaos/net/walls'

const turn = () => new Promise((resolve) => setImmediate(resolve))

/** A line from `a` through a relay to `b`, and what arrived at both ends. */
async function openLine(t: TestContext, callerOf = (): string | undefined => 'a') {
  const walls = new Walls()
  const server = createServer({ allowHalfOpen: true })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const relay = await TcpRelay.open({ node: 'b', port, walls, callerOf })
  t.after(async () => {
    await relay.close()
    server.close()
  })
  const near = connect({ host: '127.0.0.1', port: relay.port, allowHalfOpen: true })
  near.on('error', () => {})
  const arrived = { near: '', far: '' }
  near.on('data', (bytes: Buffer) => {
    arrived.near += bytes
  })
  return { walls, server, near, arrived }
}

async function openWholeLine(t: TestContext) {
  const { server, arrived, ...rest } = await openLine(t)
  const [far] = (await once(server, 'connection')) as [Socket]
  far.on('data', (bytes: Buffer) => {
    arrived.far += bytes
  })
  far.on('error', () => {})
  const comes = async (end: 'near' | 'far', text: string) => {
    while (!arrived[end].includes(text)) await turn()
  }
  return { ...rest, far, arrived, comes }
}

describe('a relay of lines', () => {
  it('carries bytes both ways', async (t) => {
    const { near, far, comes } = await openWholeLine(t)
    near.write('hello')
    await comes('far', 'hello')
    far.write('good day')
    await comes('near', 'good day')
  })

  it('holds bytes behind a wall and lets them go on when it falls', async (t) => {
    const { walls, near, far, arrived, comes } = await openWholeLine(t)
    const fall = walls.build(between(['a'], ['b'], 'one'))
    near.write('held')
    far.write('not held')
    // The other way is open, and what comes on it is later than what is held.
    await comes('near', 'not held')
    assert.equal(arrived.far, '')
    fall()
    await comes('far', 'held')
  })

  it('tells neither end that the other has gone before the wall falls', async (t) => {
    const { walls, near, far } = await openWholeLine(t)
    const fall = walls.build(between(['a'], ['b'], 'both'))
    let isTold = false
    const closed = once(far, 'close').then(() => {
      isTold = true
    })
    near.resetAndDestroy()
    await once(near, 'close')
    for (let turns = 0; turns < 50; turns += 1) await turn()
    assert.equal(isTold, false)
    fall()
    far.resume()
    await once(far, 'end')
    far.end()
    await closed
  })

  it('ends a line when nobody knows whose it is', async (t) => {
    const { near } = await openLine(t, () => undefined)
    await new Promise((resolve) => near.once('close', resolve))
  })
})

describe('walls', () => {
  it('stand until the last one across a direction has fallen', () => {
    const walls = new Walls()
    const first = walls.build(between(['a'], ['b', 'c'], 'both'))
    const second = walls.build(between(['a'], ['b'], 'one'))
    first()
    first()
    assert.deepEqual([walls.blocks('a', 'b'), walls.blocks('b', 'a')], [true, false])
    second()
    assert.equal(walls.count, 0)
  })
})

describe('a relay of datagrams', () => {
  it('loses them behind a wall, each way for itself', async (t) => {
    const walls = new Walls()
    const node = createSocket('udp4')
    const asker = createSocket('udp4')
    await new Promise<void>((resolve) => node.bind(0, '127.0.0.1', resolve))
    const options = { node: 'b', port: node.address().port, walls, callerOf: () => 'a' }
    const relay = await UdpRelay.open(options)
    t.after(() => {
      for (const one of [relay, node, asker]) one.close()
    })
    const asked: string[] = []
    const answered: string[] = []
    node.on('message', (bytes, from) => {
      asked.push(`${bytes}`)
      node.send(bytes, from.port, from.address)
    })
    asker.on('message', (bytes) => answered.push(`${bytes}`))
    const ask = async (text: string, isOver: () => boolean) => {
      while (!isOver()) {
        asker.send(text, relay.port, '127.0.0.1')
        await turn()
      }
    }
    await ask('1', () => answered.includes('1'))
    const back = walls.build(between(['b'], ['a'], 'one'))
    await ask('2', () => asked.includes('2'))
    back()
    const there = walls.build(between(['a'], ['b'], 'one'))
    asker.send('3', relay.port, '127.0.0.1')
    for (let turns = 0; turns < 50; turns += 1) await turn()
    there()
    await ask('4', () => answered.includes('4'))
    assert.ok(!answered.includes('3') && !asked.includes('3'))
    relay.forget('a')
    await ask('5', () => answered.includes('5'))
  })
})

describe('the owner of a socket', () => {
  it('is the program that holds it', { skip: !canTellOwners && 'no /proc here' }, async (t) => {
    const socket = createSocket('udp4')
    t.after(() => socket.close())
    await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve))
    const { port } = socket.address()
    const inode = inodeOfPort('udp', port)
    assert.ok(inode !== undefined)
    assert.equal(ownerOf(inode, [1, process.pid]), process.pid)
    assert.equal(ownerOf('1', [process.pid]), undefined)
  })

  it('is found by the port of the own end, and never for a line that is closed', () => {
    const queues = '01 00000000:00000000 00:00000000 00000000 0 0'
    const row = (local: string, inode: string) =>
      `   0: 0100007F:${local} 0100007F:1F90 ${queues} ${inode} 1`
    const rows = [row('0050', '0'), row('0050', '77'), row('1F90', '78')]
    const table = ['  sl  local_address', ...rows, ''].join('\n')
    assert.equal(inodeIn(table, 80), '77')
    assert.equal(inodeIn(table, 8_080), '78')
    assert.equal(inodeIn(table, 81), undefined)
  })
})
