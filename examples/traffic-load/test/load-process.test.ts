/** The load generator as a program, counted by a receiver of the test's own. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { describe, it, type TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { decodePacket } from '@troupe-examples/traffic/packet/decode'

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url))

async function receiver(t: TestContext, host: '127.0.0.1' | '::1') {
  const socket = createSocket({ type: host === '::1' ? 'udp6' : 'udp4', recvBufferSize: 1 << 22 })
  t.after(() => socket.close())
  const ids = new Map<string, number>()
  const seen = { packets: 0, bad: 0, ids, senders: new Set<number>() }
  socket.on('message', (bytes, from) => {
    const verdict = decodePacket(bytes)
    seen.packets += 1
    seen.senders.add(from.port)
    if (verdict.kind === 'rejected') seen.bad += 1
    else ids.set(verdict.position.id, (ids.get(verdict.position.id) ?? 0) + 1)
  })
  socket.bind(0, host)
  await once(socket, 'listening')
  const until = async (packets: number): Promise<void> => {
    while (seen.packets < packets) await once(socket, 'message')
  }
  return { port: socket.address().port, seen, until }
}

function start(...words: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...words], { stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line))
  }
  const ended = once(child, 'close').then(([code]) => code as number | null)
  return { child, lines, ended }
}

/** How many packets it says at its end that it has sent. */
const totalOf = (lines: readonly string[]): number =>
  Number(/^sent ([\d,]+) packets/.exec(lines.at(-1) ?? '')?.[1]?.replaceAll(',', ''))

describe('the load generator', { timeout: 120_000 }, () => {
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`sends until ${signal}, then prints its final total and ends with 0`, async (t) => {
      const { port, seen, until } = await receiver(t, '127.0.0.1')
      // So few that the kernel has room for all of them, should nobody take them for a while.
      const load = start(`127.0.0.1:${port}`, '100', '--rate', '400')
      await until(200)
      load.child.kill(signal)
      assert.equal(await load.ended, 0)
      const total = totalOf(load.lines)
      await until(total)
      assert.equal(seen.packets, total)
      assert.equal(seen.bad, 0)
      assert.equal(seen.ids.size, 100)
      assert.equal(seen.senders.size, 1)
    })
  }

  it('sends to ::1 too, and ends by itself when its time is over', async (t) => {
    const { port, seen, until } = await receiver(t, '::1')
    const load = start(`[::1]:${port}`, '50', '--rate', '500', '--seconds', '1', '--sockets', '5')
    assert.equal(await load.ended, 0)
    await until(totalOf(load.lines))
    assert.ok(seen.packets > 200)
    assert.equal(seen.senders.size, 5)
  })

  it('goes on when nobody listens, and says that nobody answers', async () => {
    const load = start('127.0.0.1:9', '10', '--rate', '1000', '--seconds', '1')
    assert.equal(await load.ended, 0)
    assert.match(load.lines.at(-1) ?? '', /^sent [\d,]+ packets.*; none was answered: /)
  })

  it('says what is wrong with its arguments, with a code and no stack', async () => {
    const load = start('nowhere')
    assert.equal(await load.ended, 2)
    assert.match(load.lines.join('\n'), /^OPTION_INVALID: nowhere is not HOST:PORT/)
    const absent = start('no-such-host.invalid:1')
    assert.equal(await absent.ended, 1)
    assert.match(absent.lines.join('\n'), /^no-such-host\.invalid is no known host$/)
  })
})
