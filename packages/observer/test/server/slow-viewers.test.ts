/**
 * server/slow-viewers: browsers that take nothing of what they are told, over real sockets in
 * virtual time: they are cut off, and one that reads goes on.
 */
import assert from 'node:assert/strict'
import { type ClientRequest, type IncomingMessage, request } from 'node:http'
import { describe, it } from 'node:test'
import { actor, protocol } from 'troupe'
import { Browser, type Listener, streamOf } from './kit.js'
import { SlowedTime } from './time-kit.js'

const SPAN_MS = 300_000
/** So many make a sheet that fills what the system keeps for a socket. */
const PROCESSES = 500
const SLOW = 20
const SUBJECTS = ['figures', 'node', 'processes?limit=500', 'names?limit=500'].map(
  (question) => `/nodes/clocked@localhost/${question}`,
)
/** So much may the heap grow by all of them together, in bytes. */
const HEAP_BYTES_MAX = 64 * 1_048_576

const idle = actor(protocol('idle', {}), { on: {} })

describe('viewers that take nothing', { timeout: 120_000 }, () => {
  it('are cut off and cost nothing more, and others go on', async (t) => {
    const time = await SlowedTime.start()
    t.after(() => time.stop())
    for (let at = 0; at < PROCESSES; at += 1) await time.node.spawn(idle)
    time.begin()
    const slow = await Promise.all(Array.from({ length: SLOW }, () => silent(time.url)))
    t.after(() => {
      for (const one of slow) one.destroy()
    })
    const browser = new Browser(time.url)
    await browser.session()
    const { listener } = await streamOf(browser, [SUBJECTS[0] ?? ''])
    await time.halt()
    assert.equal(time.streams, SLOW + 1)
    const heard = hear(listener, SPAN_MS / 1_000 - 5)
    const { heapUsed } = process.memoryUsage()
    await time.advance(SPAN_MS)
    assert.equal(time.streams, 1)
    // What was told last may still be on its way, and a reader that is late is told less often.
    while (!(await settled(heard))) await time.advance(1_000)
    await heard
    const grownBytes = process.memoryUsage().heapUsed - heapUsed
    assert.ok(grownBytes < HEAP_BYTES_MAX, `the heap has grown by ${grownBytes}`)
    await listener.close()
  })
})

/** Takes so many sheets, and fails when the stream is over before. */
async function hear(listener: Listener, sheets: number): Promise<void> {
  for (let taken = 0; taken < sheets; taken += 1) {
    assert.equal((await listener.until('state'))['kind'], 'state')
  }
}

/** Whether it has ended by now, well or not. */
const settled = (work: Promise<void>): Promise<boolean> =>
  Promise.race([
    work.then(
      () => true,
      () => true,
    ),
    new Promise<boolean>((resolve) => setImmediate(resolve, false)),
  ])

/** A browser that opens a stream, says what it wants, and reads nothing of it. */
async function silent(url: string): Promise<ClientRequest> {
  const browser = new Browser(url)
  await browser.session()
  const opened = request(`${url}/api/stream`, { headers: browser.headers })
  const response = await new Promise<IncomingMessage>((resolve) => {
    opened.once('response', resolve).end()
  })
  const first = await new Promise<Buffer>((resolve) => response.once('data', resolve))
  response.pause()
  const { stream } = JSON.parse(String(first).slice('data: '.length)) as { readonly stream: string }
  const [status] = await browser.post(`/api/stream/${stream}`, { subjects: SUBJECTS })
  assert.equal(status, 204)
  opened.on('error', () => {})
  response.on('error', () => {})
  return opened
}
