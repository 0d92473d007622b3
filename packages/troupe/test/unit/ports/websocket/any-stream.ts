/**
 * What has to hold for any stream of bytes: an honest one arrives as it was meant, any other ends
 * its own connection with a word, and nothing else.
 */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import fc from 'fast-check'
import { WEB_SOCKET_ENDS } from 'troupe'
import { type AnyMessage, wireOf } from '#test/unit/ports/websocket/any-frames'
import { rawOpen, type Served, served, until } from '#test/unit/ports/websocket/ws-kit'

export const anyReads = fc.array(fc.integer({ min: 1, max: 3_000 }), {
  minLength: 1,
  maxLength: 20,
})

/** A port whose connections close quickly, and refuse large messages early. */
export const anyPort = (t: TestContext): Promise<Served> =>
  served(t, { messageBytesMax: 100_000, closeTimeoutMs: 100 })

/** Sends messages in pieces of these lengths; they arrive as they were meant. */
export async function arrives(
  t: TestContext,
  { told, port }: Served,
  [messages, reads]: readonly [readonly AnyMessage[], readonly number[]],
): Promise<void> {
  const before = told.bodies.length
  const endedBefore = told.disconnected.length
  const raw = await rawOpen(t, port)
  const bytes = Buffer.concat(messages.map(wireOf))
  for (let start = 0, i = 0; start < bytes.length; i += 1) {
    const length = reads[i % reads.length] ?? 1
    raw.socket.write(bytes.subarray(start, start + length))
    start += length
    if (i < 30) await new Promise((resolve) => setImmediate(resolve))
  }
  await until(() => told.bodies.length === before + messages.length)
  raw.socket.destroy()
  await until(() => told.disconnected.length === endedBefore + 1)
  assert.deepEqual(
    told.bodies.slice(before),
    messages.map(({ body }) => body),
  )
}

/** Sends bytes of any kind, and no more; the connection ends with one word, told once. */
export async function endsWithOneWord(
  t: TestContext,
  { told, port, node, sockets }: Served,
  bytes: Buffer,
): Promise<void> {
  const before = told.disconnected.length
  const raw = await rawOpen(t, port)
  raw.socket.end(bytes)
  await until(() => told.disconnected.length > before)
  assert.equal(told.disconnected.length, before + 1)
  assert.ok(WEB_SOCKET_ENDS.includes(told.disconnected[before]?.end ?? assert.fail()))
  assert.equal(told.connected.length, told.disconnected.length)
  await until(async () => (await node.call(sockets, 'counters')).connected === 0)
}
