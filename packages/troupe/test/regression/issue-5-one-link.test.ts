/**
 * Whoever knows the cookie and means ill has one link, one name and a bounded memory of a server.
 */
import assert from 'node:assert/strict'
import { createSocket } from 'node:dgram'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import type { Clock } from '#base/clock'
import { seededRandom } from '#base/random'
import { Greeting } from '#cluster/registrar/embedded/greeting'
import type { Link, LinkTaker } from '#cluster/registrar/embedded/link'
import { EMBEDDED_REGISTRAR_DEFAULTS } from '#cluster/registrar/embedded/options'
import { Seats } from '#cluster/registrar/embedded/seats'
import { RegistrarServer } from '#cluster/registrar/embedded/server'
import { birthText, readNodeRoute } from '#cluster/registrar/route-check'
import type { NodeRoute } from '#contract'
import { isAnswerable, sendBack } from '#network/liveness/send-back'
import { KEY, Town } from '#test/simulation/embedded-kit'
import { Stranger } from '#test/simulation/stranger'

const DAY_MS = 86_400_000

const routeOf = (node: string, creation: number): NodeRoute => ({
  ...{ node, creation, addresses: [], liveness: undefined, version: '1', state: 'up' },
})

const helloOf = (node: string, creation: number): string =>
  JSON.stringify({
    ...{ word: 'hello', secret: node, route: routeOf(node, creation), applications: [] },
  })

async function townWith() {
  const town = new Town(23)
  const server = town.start('a')
  await town.until(() => server.isJoined, 500)
  const stranger = async () => {
    const one = await Stranger.dial(town)
    await one.greets(town, KEY)
    return one
  }
  return { town, server, stranger }
}

describe('a registered program that means ill', () => {
  it('cannot begin at a time that is none, or tomorrow', async () => {
    const { town, server, stranger } = await townWith()
    const nowMs = town.clock.wallMs()
    const [first, second, third, fourth] = [
      await stranger(),
      await stranger(),
      await stranger(),
      await stranger(),
    ]
    await first.line(town, helloOf('evil@sim', 9e15))
    await second.line(town, helloOf('evil@sim', 5))
    await third.line(town, helloOf('later@sim', nowMs + 2 * DAY_MS))
    await fourth.line(town, helloOf('soon@sim', nowMs + DAY_MS / 2))
    assert.match(first.lines.join(), /ROUTE_INVALID/)
    assert.match(second.lines.join(), /"all"/)
    assert.match(third.lines.join(), /ROUTE_INVALID/)
    assert.match(fourth.lines.join(), /"all"/)
    const known = server.table.nodes().map(({ node }) => node)
    assert.deepEqual(known, ['evil@sim', 'soon@sim'])
    assert.equal(server.member.isServing, true)
    assert.equal(birthText(9e15), '9000000000000000')
    assert.equal(readNodeRoute(routeOf('x@sim', 7.3e12)).route, undefined)
    assert.equal(readNodeRoute(routeOf('x@sim', 7.2e12)).route?.creation, 7.2e12)
  })

  it('speaks for one node alone on one link', async () => {
    const { town, server, stranger } = await townWith()
    const one = await stranger()
    await one.line(town, helloOf('x@sim', 5))
    await one.line(town, helloOf('x@sim', 5))
    assert.equal(one.isClosed, false)
    await one.line(town, helloOf('y@sim', 5))
    assert.equal(one.isClosed, true)
    await town.clock.advance(2_000)
    assert.deepEqual(server.table.nodes(), [])
    assert.equal(server.refusedThere['WORD_INVALID'], 1)
    const other = await stranger()
    await other.line(town, helloOf('x@sim', 5))
    await other.line(town, helloOf('x@sim', 6))
    assert.equal(other.isClosed, true)
  })

  it('asks for nobody before it is registered', async () => {
    const { town, stranger } = await townWith()
    const one = await stranger()
    await one.line(town, '{"word":"find","id":1,"node":"x@sim"}')
    assert.equal(one.isClosed, true)
  })

  it('and waits without a proof in thousands keeps no node out', async () => {
    const { town, server } = await townWith()
    for (let at = 0; at < 2_100; at += 1) {
      void town.path.placeOf(town.network.host('stranger').life).dial()
    }
    await town.clock.advance(5)
    const late = town.start('late')
    const tookMs = await town.until(() => late.isJoined, 1_000)
    assert.ok(tookMs !== undefined && tookMs < 100, `${tookMs}`)
    await town.clock.advance(600)
    assert.ok((server.refusedThere['LINKS_FULL'] ?? 0) >= 52)
  })
})

/** A line whose server side is said to have bytes that have not left. */
class Line {
  waitingBytes = 0
  isDestroyed = false
  readonly lines: string[] = []
  readonly greeting: Greeting
  #toServer: LinkTaker | undefined
  #toClient: LinkTaker | undefined

  constructor(server: RegistrarServer) {
    const line = this
    server.accept({
      get waitingBytes() {
        return line.waitingBytes
      },
      start: (taker) => {
        this.#toServer = taker
      },
      write: (bytes) => this.#toClient?.data(bytes),
      close() {},
      destroy: () => {
        this.isDestroyed = true
      },
    })
    const link: Link = {
      waitingBytes: 0,
      start: (taker) => {
        this.#toClient = taker
      },
      write: (bytes) => this.#toServer?.data(bytes),
      close() {},
      destroy() {},
    }
    const settings = { key: KEY, lineBytesMax: 1e9, randomBytes: (n: number) => new Uint8Array(n) }
    this.greeting = new Greeting(link, 'client', settings, {
      proven() {},
      line: (bytes) => this.lines.push(Buffer.from(bytes).toString()),
      closed() {},
    })
    this.greeting.start()
  }

  says(text: string): void {
    this.greeting.write(Buffer.from(`${text}\n`))
  }
}

function serverAlone() {
  const asked: string[] = []
  const refused: string[] = []
  const clock = virtualClock() as Clock
  const server = new RegistrarServer({
    ...{ node: 'a@sim', clock, random: seededRandom(1), key: KEY, farKey: KEY },
    ...{ times: EMBEDDED_REGISTRAR_DEFAULTS, known: [], deposed: undefined },
    randomBytes: (length) => new Uint8Array(length).fill(5),
    far: {
      start() {},
      resolve: async (node) => {
        asked.push(node)
        return undefined
      },
      stop() {},
    },
    deposedBy() {},
    refused: (code) => refused.push(code),
    told() {},
  })
  server.begin({ holder: 'here', holds: () => true, release() {} })
  return { server, asked, refused }
}

describe('the server of a host', () => {
  it('keeps no answers for who asks and does not read, whatever it asks', () => {
    for (const text of [
      '{"word":"again"}',
      '{"word":"find","id":1,"node":"x"}',
      helloOf('__proto__', 1),
    ]) {
      const { server, refused } = serverAlone()
      const line = new Line(server)
      line.says(helloOf('x@sim', 5))
      line.says(text)
      assert.equal(line.isDestroyed, false)
      const had = line.lines.length
      line.waitingBytes = 70_000_000
      line.says(text)
      assert.equal(line.isDestroyed, true, text)
      assert.equal(line.lines.length, had)
      assert.ok(refused.includes('READS_TOO_SLOWLY'))
      server.depose()
    }
  })

  it('asks other hosts for names of nodes only', () => {
    const { server, asked } = serverAlone()
    const line = new Line(server)
    line.says(helloOf('x@sim', 5))
    line.says(`{"word":"find","id":1,"node":"${'x'.repeat(100_000)}"}`)
    line.says('{"word":"find","id":2,"node":"y@sim"}')
    assert.deepEqual(asked, ['y@sim'])
    assert.match(line.lines.at(-1) ?? '', /"found","id":1/)
    server.depose()
  })
})

describe('a seat', () => {
  const claimant = (creation: number, wallMs = 1e12) => ({
    ...{ speaker: {}, nowMs: 0, wallMs },
    entry: {
      route: routeOf('n@sim', creation),
      ...{ applications: [], serves: true, seal: 'its own' },
    },
  })

  it('told of by another host keeps no name from who is proven on this one', () => {
    const seats = new Seats<object>()
    seats.putFar({ route: routeOf('n@sim', 2e12), applications: [] })
    const seating = seats.register(claimant(1e12))
    assert.ok(seating.kind === 'seated')
    const kinds = seating.changes.map(({ kind }) => kind)
    assert.deepEqual(kinds, ['gone', 'put'])
    assert.equal(seats.entry('n@sim')?.route.creation, 1e12)
  })

  it('stays that of its node when the clock of the machine is set back', () => {
    const seats = new Seats<object>()
    assert.equal(seats.register(claimant(1e12)).kind, 'seated')
    assert.equal(seats.register(claimant(1e12, 1e11)).kind, 'seated')
  })
})

describe('a probe', () => {
  it('from a port that nobody can have ends no thread', async () => {
    const nowhere = { address: '127.0.0.1', port: 0 }
    assert.equal(isAnswerable(nowhere), false)
    assert.equal(isAnswerable({ port: 1 }), true)
    const socket = createSocket('udp4')
    sendBack(socket, new Uint8Array(3), nowhere)
    await new Promise<void>((resolve) => socket.close(resolve))
    sendBack(socket, new Uint8Array(3), { ...nowhere, port: 9 })
  })
})
