/**
 * Clients that do anything, from a seed, and the account of the port that bore them.
 */
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { connect as connectSecure, TLSSocket } from 'node:tls'
import {
  actor,
  type Node,
  openTcp,
  type ServerTls,
  TCP_ENDS,
  type TcpCounters,
  TcpReader,
  tcpPort,
} from 'troupe'
import { type Random, seededRandom } from '#base/random'
import { until } from '#test/unit/ports/tcp/tcp-kit'

export interface RandomClients {
  readonly seed: number
  readonly clients: number
  /** Half of the clients know that it is TLS. */
  readonly tls?: ServerTls
}

/** What a client writes: good frames, cut ones, nonsense. The first byte is the length. */
function bytesFrom(random: Random): Buffer {
  const length = random.below(40)
  const frame = Buffer.alloc(length + 1, 'x')
  frame[0] = length
  const kind = random.below(8)
  if (kind === 0) return frame.subarray(0, random.below(length + 1))
  if (kind === 1) return Buffer.from(Array.from({ length: 20 }, () => random.below(256)))
  return frame
}

async function liveLife(random: Random, socket: Socket): Promise<void> {
  socket.on('error', () => {})
  const closed = new Promise((resolve) => socket.once('close', resolve))
  if (random.below(2) === 0) socket.resume()
  for (let writes = random.below(30); writes > 0 && !socket.destroyed; writes -= 1) {
    socket.write(bytesFrom(random))
    if (random.below(3) === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  const end = random.below(3)
  if (end === 0) socket.end()
  else if (end === 1 || socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
  socket.resume()
  await closed
}

interface Told {
  connected: number
  bytes: number
  chunks: number
  disconnected: number
  undeliveredBytes: number
}

/** A reader with little room that sometimes answers and sometimes takes its time. */
function countingReader(random: Random, told: Told) {
  return actor(TcpReader, {
    options: { mailbox: { lengthMax: 1 + random.below(20), policy: 'block' } },
    on: {
      connected() {
        told.connected += 1
      },
      async data(_state, { connection, bytes }, context) {
        told.bytes += bytes.length
        told.chunks += 1
        if (random.below(5) === 0) context.send(connection, 'send', bytes)
        if (random.below(20) === 0) await new Promise((resolve) => setImmediate(resolve))
      },
      disconnected(_state, { undeliveredBytes }) {
        told.disconnected += 1
        told.undeliveredBytes += undeliveredBytes
      },
    },
  })
}

function assertClosed(told: Told, counted: TcpCounters): void {
  assert.equal(told.bytes + counted.undeliveredBytes, counted.receivedBytes, 'bytes')
  assert.equal(told.chunks, counted.receivedChunks, 'chunks')
  // Who is gone before the reader has room for the greeting is counted, but not told of.
  assert.ok(told.undeliveredBytes <= counted.undeliveredBytes, 'undelivered bytes')
  const ends = Object.entries(counted.ended)
  const ended = ends.reduce((sum, [, count]) => sum + count, 0)
  assert.ok(ends.every(([end]) => TCP_ENDS.some((known) => known === end)))
  assert.ok(told.disconnected <= ended, 'ends')
  const { connectionsRefused, handshakesFailed, handshakesTooSlow, unserved, gone } = counted
  const others = connectionsRefused + handshakesFailed + handshakesTooSlow + unserved + gone
  assert.equal(counted.connections, ended + others, 'connections')
}

/** Runs them all, and checks that every byte and every connection is accounted for. */
export async function runRandomClients(node: Node, given: RandomClients): Promise<void> {
  const random = seededRandom(given.seed)
  const told = { connected: 0, bytes: 0, chunks: 0, disconnected: 0, undeliveredBytes: 0 }
  const reader = await node.spawn(countingReader(random, told))
  const tls = given.tls === undefined ? {} : { tls: given.tls }
  const listener = await openTcp({ port: 0, hosts: ['127.0.0.1'], connectionsMax: 20, ...tls })
  const chunking = { kind: 'length', lengthBytes: 1, keepHeader: true, chunkBytesMax: 41 } as const
  const tcp = await node.spawn(tcpPort, { args: [{ listener, reader, chunking }] })
  const to = { port: listener.port, host: '127.0.0.1', rejectUnauthorized: false }
  const lives = Array.from({ length: given.clients }, async () => {
    await new Promise((resolve) => setImmediate(resolve))
    const isSecure = given.tls !== undefined && random.below(2) === 0
    await liveLife(random, isSecure ? connectSecure(to) : connect(to))
  })
  await Promise.all(lives)
  await until(() => listener.counters().connectionsOpen === 0)
  await until(() => listener.counters().connected === 0 && told.connected === told.disconnected)
  assertClosed(told, listener.counters())
  node.exit(tcp, 'shutdown')
  await node.ended(tcp)
  await listener.close()
  node.exit(reader, 'shutdown')
}
