/**
 * network/doorman: who sends many strangers is kept short; who proves himself costs nothing.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { virtualClock } from 'troupe/testing'
import {
  ALL_BURST,
  ALL_PER_SECOND,
  Doorman,
  HOST_BURST,
  HOST_PER_SECOND,
  HOSTS_MAX,
} from '#network/doorman'

const FLOODER = '10.0.0.66'
const OTHER = '10.0.0.7'

function opened() {
  const clock = virtualClock()
  const doorman = new Doorman(clock)
  /** How many of so many lines are taken that never prove themselves. */
  const strangers = (host: string, count: number): number =>
    Array.from({ length: count }, () => doorman.admits(host)).filter(Boolean).length
  return { clock, doorman, strangers }
}

describe('a doorman', () => {
  it('takes a burst of strangers from one host, then so many in a second', async () => {
    const { clock, strangers } = opened()
    assert.equal(strangers(FLOODER, 10 * HOST_BURST), HOST_BURST)
    for (let second = 0; second < 3; second += 1) {
      await clock.advance(1_000)
      assert.equal(strangers(FLOODER, 10 * HOST_BURST), HOST_PER_SECOND)
    }
    assert.equal(strangers(OTHER, 1), 1, 'another host has its own')
  })

  it('takes any number of lines that prove themselves', () => {
    const { doorman } = opened()
    for (let i = 0; i < 2 * ALL_BURST; i += 1) {
      assert.ok(doorman.admits(FLOODER))
      doorman.proven(FLOODER)
    }
  })

  it('gives nothing back for lines that it never saw', () => {
    const { doorman, strangers } = opened()
    strangers(FLOODER, HOST_BURST)
    doorman.proven('unix 3')
    doorman.proven(OTHER)
    assert.equal(doorman.hosts, 1)
    assert.equal(strangers(FLOODER, 1), 0)
  })

  it('has no more for one host after a day than in the beginning', async () => {
    const { clock, doorman, strangers } = opened()
    strangers(FLOODER, 1)
    doorman.proven(FLOODER)
    doorman.proven(FLOODER)
    await clock.advance(86_400_000)
    assert.equal(strangers(FLOODER, 2 * HOST_BURST), HOST_BURST)
  })

  it('keeps many hosts together short, too', async () => {
    const { clock, strangers } = opened()
    const flood = (): number =>
      Array.from({ length: 40 }, (_, i) => strangers(`10.0.1.${i}`, HOST_BURST)).reduce(
        (sum, taken) => sum + taken,
      )
    assert.equal(flood(), ALL_BURST)
    await clock.advance(1_000)
    assert.equal(flood(), ALL_PER_SECOND)
  })

  it('takes the addresses of one IPv6 network for one host, and those of IPv4 for several', () => {
    const { strangers } = opened()
    const long = (i: number): string => `2001:db8:1:2:a:b:c:${i.toString(16)}`
    assert.equal(strangers(long(1), HOST_BURST), HOST_BURST)
    assert.equal(strangers(long(2), 1), 0)
    assert.equal(strangers('2001:db8:1:3:a:b:c:1', 1), 1)
    assert.equal(strangers('2001:db8::1', HOST_BURST), HOST_BURST)
    assert.equal(strangers('2001:db8::2', 1), 0)
    assert.equal(strangers('::ffff:10.0.0.1', HOST_BURST), HOST_BURST)
    assert.equal(strangers('::ffff:10.0.0.2', 1), 1)
  })

  it('remembers a limited number of hosts', () => {
    const { doorman, strangers } = opened()
    for (let i = 0; i < 2 * HOSTS_MAX; i += 1) strangers(`10.1.${i >> 8}.${i & 255}`, 1)
    assert.equal(doorman.hosts, HOSTS_MAX)
  })
})
