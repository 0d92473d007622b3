/** ports/websocket: what no honest client sends ends one connection with a word, and no more. */
import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { describe, it, type TestContext } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { WebSocketEnd } from 'troupe'
import {
  type FrameBits,
  frame,
  handshake,
  openClient,
  rawOf,
  rawOpen,
  type ServeOptions,
  served,
  until,
} from '#test/unit/ports/websocket/ws-kit'

interface Hostile {
  readonly title: string
  readonly frames: readonly (FrameBits | Buffer)[]
  readonly end: WebSocketEnd
  readonly code: number
}

const LIMITS: ServeOptions = { messageBytesMax: 1_000, fragmentsMax: 10, closeTimeoutMs: 200 }

const HOSTILE: readonly Hostile[] = [
  {
    title: 'without a mask',
    frames: [{ opcode: 1, body: 'a', masked: false }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'with a reserved bit',
    frames: [{ opcode: 1, reserved: 0x20 }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'packed without an agreement',
    frames: [{ opcode: 1, reserved: 0x40 }],
    end: 'frame-invalid',
    code: 1002,
  },
  { title: 'of an unknown kind', frames: [{ opcode: 3 }], end: 'frame-invalid', code: 1002 },
  {
    title: 'of an unknown kind of control',
    frames: [{ opcode: 11 }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that goes on with nothing',
    frames: [{ opcode: 0, body: 'a' }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that begins within another message',
    frames: [{ opcode: 1, fin: false }, { opcode: 1 }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that is a ping in pieces',
    frames: [{ opcode: 9, fin: false }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that is a ping of 126 bytes',
    frames: [{ opcode: 9, body: 'x'.repeat(126) }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that closes with one byte',
    frames: [{ opcode: 8, body: 'x' }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that closes with a code that cannot be',
    frames: [{ opcode: 8, body: Buffer.from([0x03, 0xee]) }],
    end: 'frame-invalid',
    code: 1002,
  },
  {
    title: 'that closes with a reason that is no UTF-8',
    frames: [{ opcode: 8, body: Buffer.from([0x03, 0xe8, 0xff]) }],
    end: 'text-invalid',
    code: 1007,
  },
  {
    title: 'with a text that is no UTF-8',
    frames: [{ opcode: 1, body: Buffer.from([0xc3, 0x28]) }],
    end: 'text-invalid',
    code: 1007,
  },
  {
    title: 'that says it is larger than it may be',
    frames: [{ opcode: 2, body: 'x', length: 1_001 }],
    end: 'message-too-large',
    code: 1009,
  },
  {
    title: 'that says it has 2^62 bytes',
    frames: [{ opcode: 2, body: 'x', length: 1n << 62n }],
    end: 'message-too-large',
    code: 1009,
  },
  {
    title: 'that grows in fragments above the limit',
    frames: [
      { opcode: 2, fin: false, body: 'x'.repeat(600) },
      { opcode: 0, fin: false, body: 'x'.repeat(600) },
    ],
    end: 'message-too-large',
    code: 1009,
  },
  {
    title: 'of endless empty fragments',
    frames: [
      { opcode: 1, fin: false },
      ...Array.from({ length: 30 }, () => ({ opcode: 0, fin: false })),
    ],
    end: 'too-many-fragments',
    code: 1008,
  },
  {
    title: 'of garbage',
    frames: [Buffer.from('GET / HTTP/1.1\r\nhost: again\r\n\r\n')],
    end: 'frame-invalid',
    code: 1002,
  },
  { title: 'of zeros', frames: [Buffer.alloc(5_000)], end: 'frame-invalid', code: 1002 },
]

const bytesOf = (one: FrameBits | Buffer): Buffer => (Buffer.isBuffer(one) ? one : frame(one))

/** A well-behaved client must not notice anything. */
async function withWitness(t: TestContext, options: ServeOptions = {}) {
  const all = await served(t, { ...LIMITS, as: { reply: (body) => body }, ...options })
  const witness = await openClient(t, all.url)
  await until(() => all.told.connected.length === 1)
  const isServed = async (): Promise<void> => {
    const before = witness.got.length
    witness.ws.send('still here')
    await until(() => witness.got.length > before)
  }
  return { ...all, witness, isServed }
}

describe('a WebSocket connection, given a frame', { timeout: 120_000 }, () => {
  for (const { title, frames, end, code } of HOSTILE) {
    it(`${title}, ends with the word ${end}`, async (t) => {
      const { told, port, isServed } = await withWitness(t)
      const raw = await rawOpen(t, port)
      raw.socket.write(Buffer.concat([frame({ opcode: 1, body: 'fine' }), ...frames.map(bytesOf)]))
      await raw.closed
      await until(() => told.disconnected.length === 1)
      const { connection: _connection, ...rest } = told.disconnected[0] ?? assert.fail()
      assert.deepEqual(rest, { end, code, reason: '', undeliveredMessages: 0 })
      assert.deepEqual(raw.codes(), [code])
      assert.deepEqual(told.bodies, ['fine'])
      await isServed()
    })
  }
})

describe('a WebSocket connection', { timeout: 120_000 }, () => {
  it('puts together what comes byte by byte, in fragments, with pings between', async (t) => {
    const { told, port } = await served(t)
    const raw = await rawOpen(t, port)
    const bytes = Buffer.concat([
      frame({ opcode: 1, fin: false, body: 'on' }),
      frame({ opcode: 9, body: 'p' }),
      frame({ opcode: 0, fin: false, body: Buffer.from('é').subarray(0, 1) }),
      frame({ opcode: 0, body: Buffer.from('é').subarray(1) }),
      frame({ opcode: 2, body: 'two' }),
    ])
    raw.socket.setNoDelay(true)
    for (const byte of bytes) {
      raw.socket.write(Buffer.of(byte))
      await new Promise((resolve) => setImmediate(resolve))
    }
    await until(() => told.bodies.length === 2)
    assert.deepEqual(told.bodies, ['oné', Uint8Array.from(Buffer.from('two'))])
  })

  it('unpacks nothing above its limit, however small it comes', async (t) => {
    const { told, port } = await served(t, { compression: true, messageBytesMax: 100_000 })
    const raw = await rawOf(t, port)
    raw.socket.write(handshake('/', 'sec-websocket-extensions: permessage-deflate\r\n'))
    await until(() => raw.got().includes('\r\n\r\n'))
    assert.match(raw.got().toString(), /permessage-deflate/i)
    const bomb = deflateRawSync(Buffer.alloc(50_000_000))
    assert.ok(bomb.length < 100_000)
    raw.socket.write(frame({ opcode: 2, reserved: 0x40, body: bomb }))
    await raw.closed
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'message-too-large')
    assert.deepEqual(raw.codes(), [1009])
  })

  it('ends when many small packed messages unpack to more than may wait', async (t) => {
    let letGo: () => void = () => {}
    const gate = new Promise<undefined>((resolve) => {
      letGo = () => resolve(undefined)
    })
    // Before the node is stopped, which would wait for the reader.
    t.after(() => letGo())
    const as = { mailbox: { lengthMax: 1, policy: 'fail' as const }, reply: () => gate }
    const limits = { messageBytesMax: 100_000, readQueueBytesMax: 1_000_000 }
    const { told, port, node, sockets } = await served(t, { compression: true, as, ...limits })
    const raw = await rawOf(t, port)
    raw.socket.write(handshake('/', 'sec-websocket-extensions: permessage-deflate\r\n'))
    await until(() => raw.got().includes('\r\n\r\n'))
    const small = frame({ opcode: 2, reserved: 0x40, body: deflateRawSync(Buffer.alloc(99_000)) })
    raw.socket.write(Buffer.concat(Array.from({ length: 100 }, () => small)))
    await raw.closed
    const ended = async () => (await node.call(sockets, 'counters')).ended
    await until(async () => Object.keys(await ended()).length > 0)
    assert.deepEqual(await ended(), { 'too-much-at-once': 1 })
    assert.deepEqual(raw.codes(), [1008])
    assert.equal(told.connected.length, 1)
  })

  it('ends with frame-invalid when packed bytes are none', async (t) => {
    const { told, port } = await served(t, { compression: true })
    const raw = await rawOf(t, port)
    raw.socket.write(handshake('/', 'sec-websocket-extensions: permessage-deflate\r\n'))
    await until(() => raw.got().includes('\r\n\r\n'))
    raw.socket.write(frame({ opcode: 2, reserved: 0x40, body: Buffer.alloc(50, 0xff) }))
    await raw.closed
    await until(() => told.disconnected.length === 1)
    assert.equal(told.disconnected[0]?.end, 'frame-invalid')
  })

  it('hands on what came before the other side broke off', async (t) => {
    const { told, port } = await served(t)
    const raw = await rawOpen(t, port)
    const messages = Array.from({ length: 200 }, (_, i) => frame({ opcode: 1, body: `${i}` }))
    // The last one is cut off.
    raw.socket.end(Buffer.concat([...messages, frame({ opcode: 1, body: 'never' }).subarray(0, 7)]))
    await until(() => told.disconnected.length === 1)
    assert.equal(told.bodies.length, 200)
    assert.equal(told.disconnected[0]?.end, 'connection-lost')
    assert.equal(told.disconnected[0]?.code, 1006)
  })

  it('throws away what comes after a closing frame', async (t) => {
    const { told, port } = await served(t)
    const raw = await rawOpen(t, port)
    const bytes = [
      frame({ opcode: 8, body: Buffer.from([0x03, 0xe8]) }),
      frame({ opcode: 1, body: 'late' }),
    ]
    raw.socket.write(Buffer.concat(bytes))
    await raw.closed
    await until(() => told.disconnected.length === 1)
    assert.deepEqual(told.bodies, [])
    assert.deepEqual(raw.codes(), [1000])
  })
})

describe('a handshake', { timeout: 120_000 }, () => {
  const BAD: readonly (readonly [title: string, bytes: string, status: number])[] = [
    ['without a key', handshake().replace(/sec-websocket-key.*\r\n/, ''), 400],
    ['with a key that is none', handshake().replace('AAAA==', ''), 400],
    ['with an unknown version', handshake().replace('version: 13', 'version: 99'), 400],
    ['to something else', handshake().replace('upgrade: websocket', 'upgrade: gopher'), 400],
    ['by POST', handshake().replace('GET', 'POST'), 405],
    ['with protocols that are none', handshake('/', 'sec-websocket-protocol: a,,b\r\n'), 400],
    ['with large headers', handshake('/', `x: ${'y'.repeat(20_000)}\r\n`), 431],
    ['of bad bytes', '\u0000\u0001\u0002\r\n\r\n', 400],
  ]
  for (const [title, bytes, status] of BAD) {
    it(`${title} is refused with ${status}`, async (t) => {
      const { told, port, isServed } = await withWitness(t)
      const raw = await rawOf(t, port)
      raw.socket.write(bytes)
      await raw.closed
      assert.equal(raw.got().toString().slice(0, 12), `HTTP/1.1 ${status}`)
      assert.equal(told.connected.length, 1)
      await isServed()
    })
  }

  it('that stops half way is closed in time', async (t) => {
    const { port } = await served(t, { listen: { headersTimeoutMs: 50 } })
    const raw = await rawOf(t, port)
    raw.socket.write(handshake().slice(0, 60))
    await raw.closed
    assert.match(raw.got().toString(), /^HTTP\/1\.1 408 /)
  })

  it('that is refused is closed, also when the client keeps its side open', async (t) => {
    const { port, listener } = await served(t, { connectionsMax: 1, checkOrigin: () => false })
    const sockets = Array.from({ length: 5 }, () =>
      connect({ port, host: '127.0.0.1', allowHalfOpen: true }),
    )
    for (const socket of sockets) {
      t.after(() => socket.destroy())
      socket.on('error', () => {})
      socket.write(handshake())
    }
    await until(() => listener.counters().upgrades === 5)
    await until(() => listener.counters().connectionsOpen === 0)
  })

  it('whose client is gone at once does no harm', async (t) => {
    const { port, isServed, node, sockets } = await withWitness(t)
    for (let i = 0; i < 20; i += 1) {
      const raw = await rawOf(t, port)
      raw.socket.write(handshake())
      raw.socket.resetAndDestroy()
    }
    await isServed()
    await until(async () => (await node.call(sockets, 'counters')).connected === 1)
  })

  it('with frames behind it loses none of them', async (t) => {
    const { told, port } = await served(t)
    const raw = await rawOf(t, port)
    const frames = Array.from({ length: 20 }, (_, i) => frame({ opcode: 1, body: `${i}` }))
    raw.socket.write(Buffer.concat([Buffer.from(handshake()), ...frames]))
    await until(() => told.bodies.length === 20)
    assert.deepEqual(
      told.bodies,
      Array.from({ length: 20 }, (_, i) => `${i}`),
    )
  })
})
