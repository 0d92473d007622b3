/**
 * test/unit/network/transport/accepted: lines a server has taken read into one buffer.
 */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, it } from 'node:test'
import { systemClock } from '#base/clock'
import type { Line } from '#contract'
import { accepted } from '#network/transport/accepted'
import { Inlet, SocketLine } from '#network/transport/socket-line'
import { tcpTransport } from '#network/transport/tcp'

const WATER_BYTES = 65_536

async function listening(connectionsMax: number) {
  const lines: Line[] = []
  const refused: string[] = []
  let told = (): void => {}
  const listener = await tcpTransport({ connectionsMax }).listen({
    ...{ host: '127.0.0.1', port: 0, portRange: 1, path: '' },
    accept: (line) => {
      lines.push(line)
      told()
    },
    refused: (problem) => {
      refused.push(problem)
      told()
    },
  })
  const next = (): Promise<void> =>
    new Promise((resolve) => {
      told = resolve
    })
  const dial = async (): Promise<Socket> => {
    const heard = next()
    const socket = connect(listener.address.port, '127.0.0.1')
    socket.on('error', () => {})
    await heard
    return socket
  }
  return { listener, lines, refused, dial }
}

/** A socket that a server of node has taken, at rest, and the far end of it. */
async function taken() {
  const server = createServer({ pauseOnConnect: true })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const dialled = connect(port, '127.0.0.1').on('error', () => {})
  const [given] = (await once(server, 'connection')) as [Socket]
  const end = (): void => {
    given.destroy()
    dialled.destroy()
    server.close()
  }
  return { given, dialled, end }
}

/** What a line tells until it ends, and the memory that was in. */
function read(line: Line): Promise<{ text: string; memories: Set<ArrayBufferLike> }> {
  return new Promise((resolve) => {
    const memories = new Set<ArrayBufferLike>()
    let text = ''
    line.start({
      data: (bytes) => {
        memories.add(bytes.buffer)
        text += Buffer.from(bytes).toString('latin1')
      },
      drained: () => {},
      closed: () => resolve({ text, memories }),
    })
  })
}

describe('a line that was taken', () => {
  it('reads into the same buffer as all others of its transport', async () => {
    const { listener, lines, dial } = await listening(10)
    const [one, two] = [await dial(), await dial()]
    const told = lines.map(read)
    for (let turn = 0; turn < 20; turn += 1) {
      for (const socket of [one, two]) {
        await new Promise((resolve) => socket.write(`${turn % 10}`.repeat(5_000), resolve))
      }
    }
    one.end()
    two.end()
    const [first, second] = await Promise.all(told)
    assert.equal(first?.text.length, 100_000)
    assert.equal(second?.text, first?.text)
    assert.equal(new Set([...(first?.memories ?? []), ...(second?.memories ?? [])]).size, 1)
    await listener.close()
  })

  it('counts for the limit of its listener until it ends', async () => {
    const { listener, lines, refused, dial } = await listening(1)
    const one = await dial()
    await dial()
    assert.equal(refused.length, 1)
    const ended = read(lines[0] as Line)
    one.end()
    await ended
    const three = await dial()
    assert.equal(refused.length, 1)
    assert.equal(lines.length, 2)
    three.destroy()
    lines[1]?.destroy()
    await listener.close()
  })

  it('stays as it is on a node whose sockets lie on something else', async () => {
    const { given, end } = await taken()
    const holder = given as unknown as { _handle: object | null | undefined }
    const { _handle: handle } = holder
    const verb = (): void => {}
    const lacking = { readStart: verb, readStop: verb, close: verb, getpeername: verb }
    const failing = {
      ...lacking,
      useUserBuffer: () => {
        throw new TypeError('not like this')
      },
    }
    for (const other of [undefined, null, {}, lacking, failing]) {
      holder._handle = other
      assert.deepEqual(accepted(given, Buffer.alloc(10), WATER_BYTES), { socket: given })
      assert.equal(holder._handle, other)
    }
    holder._handle = handle
    end()
  })

  it('reads as a socket does that takes no notice of the buffer', async () => {
    const { given, dialled, end } = await taken()
    const parts = { transport: 'tcp', remote: 'far', local: 'near', clock: systemClock }
    const line = new SocketLine({ ...parts, socket: given, inlet: new Inlet() })
    const told = read(line)
    dialled.end('said')
    assert.equal((await told).text, 'said')
    end()
  })
})
