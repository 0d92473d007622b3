/** ports/web/body: taking a body from the parser gives what listening to its stream gives. */
import assert from 'node:assert/strict'
import { IncomingMessage } from 'node:http'
import { Socket } from 'node:net'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { type Read, readBody } from '#ports/web/body'
import { rawAnswer, served, statusOf, until } from './web-kit.js'

const seed = Number(process.env['TROUPE_SEED'] ?? 1)

/** What comes of one request, before and after somebody begins to read its body. */
interface Course {
  readonly before: readonly Uint8Array[]
  /** Turns of the event loop between the pieces that come afterwards; 0: all in one tick. */
  readonly turns: number
  readonly after: readonly Uint8Array[]
  readonly isBrokenOff: boolean
  readonly bytesMax: number
}

const anyPieces = fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 }), { maxLength: 5 })
const anyCourse: fc.Arbitrary<Course> = fc.record({
  before: anyPieces,
  turns: fc.nat(1),
  after: anyPieces,
  isBrokenOff: fc.boolean(),
  bytesMax: fc.nat(200),
})

/** The plain version: what a stream tells those who listen to it. */
function listenTo(incoming: IncomingMessage, bytesMax: number, told: (read: Read) => void): void {
  let bytes = Buffer.alloc(0)
  let isTold = false
  const tell = (read: Read): void => {
    if (!isTold) told(read)
    isTold = true
  }
  incoming.on('data', (chunk: Uint8Array) => {
    bytes = Buffer.concat([bytes, chunk])
    if (bytes.length > bytesMax) tell({ kind: 'too-large' })
  })
  incoming.on('end', () => tell({ kind: 'whole', bytes }))
  incoming.on('error', () => tell({ kind: 'broken-off' }))
  incoming.on('close', () => tell({ kind: 'broken-off' }))
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

/** Plays a course as Node's parser does; gives what was told, each once. */
async function played(
  course: Course,
  read: (incoming: IncomingMessage, told: (read: Read) => void) => () => void,
): Promise<readonly Read[]> {
  const told: Read[] = []
  const incoming = new IncomingMessage(new Socket())
  for (const piece of course.before) incoming.push(piece)
  const closed = read(incoming, (one) => told.push(one))
  for (const piece of course.after) {
    if (course.turns > 0) await turn()
    incoming.push(piece)
  }
  if (course.isBrokenOff) {
    // A stream hands on what it holds before it breaks; what was taken is lost either way.
    await turn()
    incoming.destroy()
    closed()
  } else {
    incoming.complete = true
    incoming.push(null)
  }
  await turn()
  await turn()
  return told.map((one) =>
    one.kind === 'whole' ? { ...one, bytes: [...one.bytes] } : one,
  ) as never
}

describe('the body of a request', { timeout: 60_000 }, () => {
  it('is told once, and is what listening to its stream gives', async () => {
    const property = fc.asyncProperty(anyCourse, async (course) => {
      const plain = await played(course, (incoming, told) => {
        listenTo(incoming, course.bytesMax, told)
        return () => {}
      })
      const taken = await played(course, (incoming, told) => {
        let closed = (): void => {}
        const whenClosed = (run: () => void): void => {
          closed = run
        }
        readBody({ incoming, isClosed: false, whenClosed }, course.bytesMax, told)
        return () => closed()
      })
      assert.equal(taken.length, 1)
      assert.deepEqual(taken, plain)
    })
    await fc.assert(property, { seed, numRuns: 300 })
  })

  it('is told in the tick in which its last piece comes', () => {
    const incoming = new IncomingMessage(new Socket())
    const told: Read[] = []
    const owner = { incoming, isClosed: false, whenClosed: () => {} }
    readBody(owner, 10, (read) => told.push(read))
    incoming.push(Buffer.from('ab'))
    incoming.push(Buffer.from('c'))
    assert.deepEqual(told, [])
    incoming.push(null)
    assert.deepEqual(told, [{ kind: 'whole', bytes: Buffer.from('abc') }])
  })

  it('is broken off for whoever asks after its client has left', () => {
    const incoming = new IncomingMessage(new Socket())
    const told: Read[] = []
    readBody({ incoming, isClosed: true, whenClosed: () => {} }, 10, (read) => told.push(read))
    assert.deepEqual(told, [{ kind: 'broken-off' }])
  })

  it('may be asked for late, and when the answer has gone already', async (t) => {
    const bodies: unknown[] = []
    const { url, listener } = await served(t, {
      fetch: async (request) => {
        if (request.url.endsWith('/early')) {
          request.text().catch((thrown: DOMException) => bodies.push(thrown.name))
          return { status: 202 }
        }
        for (let turns = 0; turns < 5; turns += 1) await turn()
        return { status: 200, body: await request.text() }
      },
    })
    const late = await fetch(url, { method: 'POST', body: 'late' })
    assert.equal(await late.text(), 'late')
    const half = 'POST /early HTTP/1.1\r\nhost: a\r\ncontent-length: 9\r\n\r\nhalf'
    assert.equal(statusOf(await rawAnswer(t, listener.port, half)), 202)
    await until(() => bodies.length > 0)
    assert.deepEqual(bodies, ['AbortError'])
  })
})
