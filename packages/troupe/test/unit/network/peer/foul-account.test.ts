/**
 * network/peer: each wish and each word of a foul node that is refused has a code, is counted by
 * it and told in the log, with what to do.
 */
import assert from 'node:assert/strict'
import { after, before, describe, it } from 'node:test'
import { memorySink } from 'troupe'
import type { Encoder } from '#network/codec/encoder'
import { KIND } from '#network/peer/kinds'
import { bare, data, FoulStage, FoulWriter, frame } from '#test/unit/network/peer/foul'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

const one = (kind: number, write: (encoder: Encoder) => unknown): Buffer =>
  data(new FoulWriter().message(kind, write))

const subscribing = (event: string): Buffer =>
  one(KIND.subscribe, (encoder) => {
    encoder.uint(1)
    encoder.name(event)
  })

/** A call of `name` at the address that `write` writes. */
const calling = (route: number, write: (encoder: Encoder) => unknown): Buffer =>
  one(KIND.call, (encoder) => {
    encoder.uint(7)
    encoder.uint(0)
    encoder.byte(route)
    write(encoder)
    encoder.name('stop')
    encoder.value(undefined)
  })

describe('what a foul node is refused', () => {
  const log = memorySink({ level: 'warning' })
  let stage: FoulStage
  before(async () => {
    stage = await FoulStage.open({}, [log])
    assert.ok(await stage.serves())
  })
  after(() => stage.close())

  const count = (code: string): number => stage.node.network.refused()[code] ?? 0
  const lastLog = (): string => log.messages().at(-1) ?? ''

  const SENT_AWAY = [
    ['FRAME_INVALID', frame(9, hex('00')), /no frame of kind 9; the line was closed/],
    ['CODEC_INVALID', data(bare(KIND.send, hex('00 01 00 8161 ef'))), /tag 239.* is closed/],
  ] as const

  for (const [code, bytes, remedy] of SENT_AWAY) {
    it(`is counted and told when it is sent away: ${code}`, async () => {
      const before = count(code)
      const foul = await stage.foul()
      await stage.send(foul, bytes)
      assert.equal(count(code), before + 1)
      assert.match(lastLog(), new RegExp(`^the node ${foul.name} was sent away: `))
      assert.match(lastLog(), remedy)
      // A second one of the same second is counted, and told with the next line.
      await stage.send(await stage.foul(), bytes)
      assert.equal(count(code), before + 2)
      await stage.clock.advance(1_000)
      assert.match(lastLog(), new RegExp(`^1 more refused with ${code}`))
      assert.ok(await stage.serves())
    })
  }

  for (const event of ['node', 'dead-letter']) {
    it(`includes the event ${event} of the node itself, and the node stays`, async () => {
      const before = count('NOT_ALLOWED')
      const foul = await stage.foul()
      assert.equal(await stage.send(foul, subscribing(event)), undefined)
      assert.equal(count('NOT_ALLOWED'), before + 1)
      assert.ok(Buffer.concat(foul.heard).includes('NOT_ALLOWED'))
      assert.match(
        log.messages().join('\n'),
        /event node is the node's own; ask its process "system"/,
      )
      const bytes = Buffer.concat(foul.heard).length
      await stage.foul()
      await stage.clock.advance(10)
      const later = Buffer.concat(foul.heard).subarray(bytes)
      assert.ok(!later.includes('node-up'), 'the node that came is not told to it')
    })
  }

  const NOBODY: Readonly<Record<string, Buffer>> = {
    'the process 0, which stands for the node': calling(0, (encoder) => encoder.uint(0)),
    'a name of the node itself': calling(1, (encoder) => encoder.name('node')),
    'a logger': calling(1, (encoder) => encoder.name('log')),
    'the network': calling(1, (encoder) => encoder.name('network')),
    'an alias that was never made': calling(2, (encoder) => encoder.uint(0)),
  }

  for (const [address, bytes] of Object.entries(NOBODY)) {
    it(`includes a call to what only the system has: ${address}`, async () => {
      const { dropped } = stage.node.account()
      const foul = await stage.foul()
      assert.equal(await stage.send(foul, bytes), undefined)
      const answer = Buffer.concat(foul.heard).toString('latin1')
      assert.match(answer, /PROCESS_UNKNOWN|NAME_UNKNOWN|ALIAS_UNKNOWN/)
      const now = stage.node.account().dropped
      const more = Object.keys(now).filter(
        (cause) => now[cause as keyof typeof now] > dropped[cause as keyof typeof now],
      )
      assert.equal(more.length, 1, `counted once, by cause: ${more.join(' ')}`)
      assert.ok(await stage.serves())
    })
  }
})
