/** regression: what a review of one peer and its session found, each without a network. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { TroupeError } from 'troupe'
import { virtualClock } from 'troupe/testing'
import { seededRandom } from '#base/random'
import { type Logger, NETWORK_DEFAULTS } from '#contract'
import { Dials } from '#network/dials'
import { FRAME } from '#network/frame/line-frame'
import { KIND } from '#network/peer/kinds'
import { Protocols } from '#network/peer/protocols'
import { Transfers } from '#network/peer/transfers'
import { RouteBook } from '#network/routes/route-book'
import { data, FoulStage, FoulWriter, frame } from '#test/unit/network/peer/foul'
import {
  AGREEMENT,
  SEND_BUFFER_MAX_BYTES as LIMIT,
  peerOn,
  StuckLine,
} from '#test/unit/network/peer/lone-peer'

const silent = new Proxy({}, { get: () => () => {} }) as unknown as Logger

describe('a peer that says good-bye right behind the handshake', () => {
  it('leaves no timer behind', async () => {
    const clock = virtualClock()
    const { peer, lost } = peerOn(clock)
    peer.attach(new StuckLine(), AGREEMENT, (taker) => taker.data(frame(FRAME.bye, Buffer.of(1))))
    assert.deepEqual(lost, ['it was stopped'])
    await clock.advance(10_000)
    assert.equal(clock.pending(), 0)
  })
})

describe('a peer that reads nothing', () => {
  it('is not answered ping by ping', () => {
    const { peer } = peerOn(virtualClock())
    const line = new StuckLine()
    const ping = frame(FRAME.ping, Buffer.alloc(4))
    peer.attach(line, AGREEMENT, (taker) => {
      for (let i = 0; i < 10_000; i += 1) taker.data(ping)
    })
    assert.ok(line.waitingBytes < 1_000, `${line.waitingBytes} bytes wait`)
  })

  it('is refused answers, then lost, when what is kept for it grows without end', async () => {
    const clock = virtualClock()
    const { peer, lost } = peerOn(clock)
    const line = new StuckLine()
    peer.attach(line, AGREEMENT, () => {})
    const answer = new Uint8Array(60_000)
    for (let id = 1; id <= (2 * LIMIT) / answer.length; id += 1) peer.outbox.reply(id, answer)
    assert.ok(peer.session.outgoing.keptBytes < 1.1 * LIMIT, 'answers are refused above the limit')
    for (let id = 0; id < 100_000 && lost.length === 0; id += 1) {
      peer.outbox.reply(id, answer)
      if (id % 1_000 === 0) await clock.settle()
    }
    assert.match(lost[0] ?? '', /takes nothing/)
  })
})

describe('what a node tells of its protocols', () => {
  it('is kept only as far as names are names', () => {
    const protocols = new Protocols()
    protocols.heard([
      ['p', 1, ['x'.repeat(1_000_000)]],
      ['q'.repeat(1_000_000), 1, []],
      ['r', 1, ['a']],
    ])
    assert.equal(protocols.kept, 1)
  })
})

describe('a lost node that is looked for', () => {
  it('is looked for by one timer, however often it is not found', async () => {
    const clock = virtualClock()
    const dials = new Dials({
      ...{ transports: new Map(), random: seededRandom(1), log: silent, clock },
      settings: { ...NETWORK_DEFAULTS, peers: new Map() } as never,
      handshake: () => assert.fail('nobody is reached'),
      resolve: () => [],
      reached: () => {},
      notDialled: () => {},
      routes: new RouteBook({ transports: new Map(), tls: undefined, added: () => {} }),
    })
    let looks = 0
    const seeking = {
      wanted: () => true,
      reach: () => {
        looks += 1
        // What a failed dial does: the peer is lost once more.
        dials.seek('far@test', seeking, false)
      },
    }
    dials.seek('far@test', seeking, true)
    await clock.advance(60_000)
    assert.ok(looks < 60, `${looks} looks in a minute`)
    assert.equal(clock.pending(), 1)
    dials.stop()
    assert.equal(clock.pending(), 0)
  })
})

describe('a large message', () => {
  it('leaves piece by piece, however many small ones wait for their acknowledgement', () => {
    const outgoing = {
      ...{ keptBytes: 10_000_000, acknowledgedBytes: 0, pieces: 0, onRoom: () => {} },
      ...{ begin: () => 0, commit: () => {} },
      append(bytes: Uint8Array): void {
        this.pieces += 1
        this.keptBytes += bytes.length
      },
    }
    const writer = { uint: () => {}, byte: () => {}, string: () => {} }
    const transfers = new Transfers(outgoing as never, writer)
    transfers.add(KIND.send, [new Uint8Array(1_000_000)], '1 normal x')
    assert.equal(outgoing.pieces, 8)
    // All of that has come, and as many small messages have been written meanwhile.
    outgoing.acknowledgedBytes += outgoing.keptBytes
    outgoing.keptBytes = 10_000_000
    outgoing.onRoom()
    assert.equal(outgoing.pieces, 16)
    assert.equal(transfers.waitingBytes, 0)
  })
})

describe('a foul node', () => {
  it('cannot watch twice under one number', async () => {
    const stage = await FoulStage.open()
    const foul = await stage.foul()
    const writer = new FoulWriter()
    const watch = (): Buffer =>
      writer.message(KIND.watch, (encoder) => {
        encoder.uint(1)
        encoder.uint(5)
        encoder.value({ kind: 'name', name: 'echo', node: 'a@test' })
      })
    assert.match((await stage.send(foul, data(watch(), watch()))) ?? '', /two watches/)
    assert.equal(await stage.serves(), true)
    await stage.close()
  })

  it('cannot make up a code for what became of a message', async () => {
    const stage = await FoulStage.open()
    const foul = await stage.foul()
    const to = { kind: 'name', name: 'x', node: foul.name } as const
    const sent = stage.node.sendImportant(to as never, 'a' as never, 1 as never)
    await stage.clock.advance(5)
    const confirmed = new FoulWriter().message(KIND.confirmed, (encoder) => {
      encoder.uint(1)
      encoder.name('constructor')
    })
    await stage.send(foul, data(confirmed))
    const outcome = await stage.clock.until(Promise.resolve(sent).catch((thrown) => thrown.code))
    assert.equal(outcome, 'NO_CONNECTION')
    assert.ok(TroupeError.codes.includes('NO_CONNECTION'))
    await stage.close()
  })
})
