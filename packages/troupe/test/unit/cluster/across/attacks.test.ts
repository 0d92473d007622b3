/**
 * cluster/registrar/across: what somebody can do who sees and sends datagrams and has no key.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { writeFound } from '#cluster/registrar/across/bodies'
import { readFrame, writeFrame } from '#cluster/registrar/across/frame'
import type { Place } from '#cluster/registrar/across/place'
import { KEY, PORT, pair, routeOf, Town, type TownHost } from './town.js'

const ONE: Place = { host: '10.0.0.1', port: PORT }
const TWO: Place = { host: '10.0.0.2', port: PORT }
const EVIL: Place = { host: '10.0.0.66', port: PORT }
const FIND = 1
const FOUND = 129

const sent = (host: TownHost, kind: number): Uint8Array => {
  const found = host.left.find(({ bytes }) => bytes[5] === kind)
  assert.ok(found !== undefined, `a datagram of kind ${kind} was sent`)
  return found.bytes
}

/** One asks for b@two, which does not hear it; what one sent is the question. */
async function asking() {
  const town = new Town()
  const one = town.open(ONE.host, [])
  const two = town.open(TWO.host, ['b@10.0.0.2'])
  town.network.partition([ONE.host], [TWO.host])
  const answer = one.across.resolve('b@10.0.0.2')
  await town.clock.advance(1)
  return { town, one, two, answer, question: sent(one, FIND) }
}

/** A genuine answer of two to the question, as it would come. */
function answered(two: TownHost, question: Uint8Array, from = ONE): Uint8Array {
  const before = two.left.length
  two.hand(question, from)
  const answer = two.left[before]
  assert.ok(answer !== undefined, 'two answers')
  return answer.bytes
}

describe('a spoofed answer', () => {
  it('without the proof counts for nothing', async () => {
    const { town, one, question, answer } = await asking()
    const nonce = question.subarray(6, 22)
    const frame = { nonce, sender: Buffer.alloc(16, 1).toString('base64'), stampMs: 0 }
    const body = writeFound(routeOf('b@10.0.0.2', EVIL.host))
    const lie = writeFrame(new Uint8Array(32), { kind: 'found', ...frame, body })
    one.hand(lie, TWO)
    assert.equal(await town.clock.until(answer), undefined)
    assert.equal(one.refused['unproven'], 1)
  })

  it('from elsewhere than was asked counts for nothing', async () => {
    const { town, one, two, question, answer } = await asking()
    one.hand(answered(two, question), EVIL)
    await town.clock.advance(101)
    one.hand(answered(two, sentAgain(one, 1)), { ...TWO, port: PORT + 1 })
    assert.equal(await town.clock.until(answer), undefined)
    assert.equal(one.refused['from-elsewhere'], 2)
  })

  it('to a question that was never asked counts for nothing', async () => {
    const { town, one, two, question, answer } = await asking()
    const genuine = answered(two, question)
    const other = town.open('10.0.0.3', [])
    other.hand(genuine, TWO)
    assert.equal(other.refused['unasked'], 1)
    one.hand(genuine, TWO)
    assert.equal((await town.clock.until(answer))?.node, 'b@10.0.0.2')
  })

  it('about another node than was asked for counts for nothing', async () => {
    const { town, one, question, answer } = await asking()
    const frame = {
      nonce: question.subarray(6, 22),
      sender: Buffer.alloc(16, 1).toString('base64'),
    }
    const body = writeFound(routeOf('c@10.0.0.2', EVIL.host))
    one.hand(writeFrame(KEY, { kind: 'found', ...frame, stampMs: 0, body }), TWO)
    assert.equal(await town.clock.until(answer), undefined)
    assert.equal(one.refused['malformed'], 1)
  })

  it('of another kind than the question counts for nothing', async () => {
    const { town, one, question, answer } = await asking()
    const frame = {
      nonce: question.subarray(6, 22),
      sender: Buffer.alloc(16, 1).toString('base64'),
    }
    const body = new Uint8Array(22)
    one.hand(writeFrame(KEY, { kind: 'digested', ...frame, stampMs: 0, body }), TWO)
    assert.equal(await town.clock.until(answer), undefined)
    assert.equal(one.refused['unasked'], 1)
  })
})

describe('a genuine answer', () => {
  it('counts once', async () => {
    const { town, one, two, question, answer } = await asking()
    const genuine = answered(two, question)
    one.hand(genuine, TWO)
    assert.equal((await town.clock.until(answer))?.node, 'b@10.0.0.2')
    one.hand(genuine, TWO)
    assert.equal(one.refused['answered-twice'], 1)
  })

  it('that comes late counts for nothing', async () => {
    const { town, one, two, question, answer } = await asking()
    const genuine = answered(two, question)
    assert.equal(await town.clock.until(answer), undefined)
    await town.clock.advance(10)
    one.hand(genuine, TWO)
    assert.equal(one.refused['late'], 1)
    assert.equal(await town.clock.until(one.across.resolve('b@10.0.0.2')), undefined)
  })
})

describe('a question', () => {
  it('that is sent again is answered once', async () => {
    const { two, question } = await asking()
    answered(two, question)
    const before = two.left.length
    for (let count = 0; count < 100; count += 1) two.hand(question, EVIL)
    assert.equal(two.left.length, before)
    assert.equal(two.refused['replayed'], 100)
  })

  it('that was kept for long is answered with the time alone', async () => {
    const { town, two, question } = await asking()
    await town.clock.advance(10_001)
    const time = answered(two, question, EVIL)
    const read = readFrame(KEY, time)
    assert.equal(read.cause === 'read' && read.frame.kind, 'clock')
    assert.equal(two.refused['stale'], 1)
    await town.clock.advance(100_000)
    assert.ok(answered(two, question, EVIL).length < question.length)
  })

  it('has never a larger answer than itself', async () => {
    const { town, one, two } = pair()
    const nodes = Array.from({ length: 40 }, (_, at) => ({
      route: routeOf(`n${at}@10.0.0.2`, '10.0.0.2'),
      applications: [],
    }))
    two.table.set(nodes)
    await town.clock.advance(5_000)
    await town.clock.until(one.across.resolve('n7@10.0.0.2'))
    const asked = new Map(one.left.map(({ bytes }) => [idOf(bytes), bytes.length]))
    const answers = two.left.filter(({ bytes }) => (bytes[5] as number) > 128)
    assert.ok(answers.length > 5)
    for (const { bytes } of answers) assert.ok(bytes.length <= (asked.get(idOf(bytes)) ?? 0))
    assert.ok(answers.some(({ bytes }) => bytes[5] === FOUND))
  })

  it('that is short, though proven, gets no longer answer', async () => {
    const { town, one, two } = pair()
    await town.clock.advance(1_000)
    const frame = { nonce: new Uint8Array(16), sender: Buffer.alloc(16, 9).toString('base64') }
    const stampMs = town.clock.wallMs()
    const before = two.left.length
    for (const [at, kind] of (['digest', 'page', 'find'] as const).entries()) {
      const nonce = Uint8Array.from(frame.nonce.fill(at))
      two.hand(writeFrame(KEY, { kind, ...frame, nonce, stampMs, body: new Uint8Array(0) }), EVIL)
    }
    assert.equal(two.left.length, before)
    assert.equal(two.refused['malformed'], 3)
    assert.ok(one.left.length > 0)
  })

  it('beyond the share of its address is not answered; others are', async () => {
    const { town, two } = pair()
    await town.clock.advance(100)
    const ask = (from: Place, count: number): void => {
      for (let at = 0; at < count; at += 1) {
        const nonce = Uint8Array.from({ length: 16 }, () => town.random.below(256))
        const sender = Buffer.alloc(16, 9).toString('base64')
        const stampMs = town.clock.wallMs()
        const body = new Uint8Array(22)
        two.hand(writeFrame(KEY, { kind: 'digest', nonce, sender, stampMs, body }), from)
      }
    }
    ask(EVIL, 2_500)
    assert.equal(two.refused['too-many'], 500)
    const before = two.left.length
    ask({ host: '10.0.0.67', port: 1 }, 10)
    assert.equal(two.left.length, before + 10)
    await town.clock.advance(1_000)
    ask(EVIL, 10)
    assert.equal(two.refused['too-many'], 500)
  })

  it('of ours that is sent back to us is counted, and nothing else', async () => {
    const { town, one, question, answer } = await asking()
    const before = one.left.length
    one.hand(question, EVIL)
    assert.equal(one.refused['reflected'], 1)
    assert.equal(one.left.length, before)
    assert.equal(await town.clock.until(answer), undefined)
    assert.ok(town.clock.nowMs() > 2_000)
  })
})

describe('a notice', () => {
  it('or a farewell that is sent again does nothing', async () => {
    const { town, one, two } = pair()
    await town.until('known', () => one.table.views.size === 1)
    two.across.farewell(true, { node: 'b@two', creation: 1_700_000_000_000 })
    await town.until('left', () => one.table.told.at(-1) === 'up 10.0.0.2:4499')
    const farewell = sent(two, 5)
    await town.until('back', () => one.table.told.at(-1) === 'up 10.0.0.2:4499 b')
    one.hand(farewell, TWO)
    assert.equal(one.table.told.at(-1), 'up 10.0.0.2:4499 b')
    await town.clock.advance(60_000)
    one.hand(farewell, TWO)
    assert.equal(one.table.told.at(-1), 'up 10.0.0.2:4499 b')
  })

  it('of a host that is not on the list is nothing to us', async () => {
    const town = new Town()
    const one = town.open(ONE.host, ['a@one'])
    const two = town.open(TWO.host, ['b@two'], { hosts: [ONE.host] })
    await town.clock.advance(1_000)
    two.across.changed()
    two.across.farewell(true, { node: 'b@two', creation: 1_700_000_000_000 })
    await town.clock.advance(1_000)
    assert.deepEqual(one.table.told, [])
    assert.ok(one.left.every(({ bytes }) => (bytes[5] as number) > 128))
  })
})

describe('floods of bytes that prove nothing', () => {
  it('are counted and change nothing', async () => {
    const { town, one } = pair()
    await town.until('known', () => one.table.views.size === 1)
    const before = one.left.length
    for (let at = 0; at < 5_000; at += 1) {
      const length = town.random.below(1_400)
      one.hand(
        Uint8Array.from({ length }, () => town.random.below(256)),
        TWO,
      )
    }
    assert.equal(one.refused['malformed'], 5_000)
    assert.equal(one.left.length, before)
    await town.clock.advance(5_000)
    assert.deepEqual(one.table.told, ['up 10.0.0.2:4499 b'])
  })
})

const idOf = (bytes: Uint8Array): string => Buffer.from(bytes.subarray(6, 22)).toString('latin1')

function sentAgain(host: TownHost, at: number): Uint8Array {
  const questions = host.left.filter(({ bytes }) => bytes[5] === FIND)
  return (questions[at] ?? questions[0])?.bytes as Uint8Array
}
