/** convoy: reports leave when they are due, each from its vehicle's own socket. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { seededChance } from '@troupe-examples/traffic/fleet/chance'
import { decodePacket } from '@troupe-examples/traffic/packet/decode'
import { unitKit } from 'troupe/testing'
import { convoyActor, type JourneyPlan, type Outlet, planJourney } from '#load/convoy'
import { totalLine } from '#load/reporter'

/** An outlet that keeps what it is given; it refuses everything when it is told to. */
function keepingOutlet(isFull = false) {
  const ids: string[] = []
  const outlet = {
    ids,
    send(bytes: Uint8Array): boolean {
      const verdict = decodePacket(bytes)
      if (!isFull && verdict.kind === 'position') ids.push(verdict.position.id)
      return !isFull
    },
    counters: () => ({ sent: ids.length, sendFailed: isFull ? 1_200 : 0, received: 0 }),
  }
  return outlet as typeof outlet & Outlet
}

const planOf = (outlets: readonly Outlet[], changes: Partial<JourneyPlan> = {}) =>
  planJourney({
    vehicles: 20,
    packetsPerSecond: 20,
    destination: { address: '127.0.0.1', port: 9_092 },
    outlets,
    chance: seededChance(1),
    ...changes,
  })

describe('a convoy', () => {
  it('lets every vehicle report once a second', async () => {
    const outlet = keepingOutlet()
    await using kit = await unitKit(convoyActor, { args: [planOf([outlet])] })
    await kit.advance(1_500)
    const first = outlet.ids.length
    await kit.advance(10_000)
    const counts = new Map<string, number>()
    for (const id of outlet.ids) counts.set(id, (counts.get(id) ?? 0) + 1)
    assert.equal(counts.size, 20)
    assert.equal(outlet.ids.length - first > 190 && outlet.ids.length - first < 210, true)
    for (const count of counts.values()) assert.ok(count >= 10 && count <= 12, `${count} reports`)
  })

  it('keeps the rate of all together when one is given', async () => {
    const outlet = keepingOutlet()
    const plan = planOf([outlet], { packetsPerSecond: 2_000 })
    await using kit = await unitKit(convoyActor, { args: [plan] })
    await kit.advance(3_000)
    assert.ok(Math.abs(outlet.ids.length - 6_000) < 30, `${outlet.ids.length} sent`)
  })

  it('sends all reports of a vehicle from one socket', async () => {
    const outlets = [keepingOutlet(), keepingOutlet(), keepingOutlet()]
    await using kit = await unitKit(convoyActor, { args: [planOf(outlets)] })
    await kit.advance(5_000)
    const ids = outlets.map((outlet) => new Set(outlet.ids))
    assert.deepEqual(
      ids.map(({ size }) => size),
      [7, 7, 6],
    )
    assert.equal(new Set(ids.flatMap((set) => [...set])).size, 20)
  })

  it('goes on where the one before stopped', async () => {
    const outlet = keepingOutlet()
    const journey = planOf([outlet])
    {
      await using kit = await unitKit(convoyActor, { args: [journey] })
      await kit.advance(500)
    }
    const before = outlet.ids.length
    journey.startedAtMs = -500
    await using kit = await unitKit(convoyActor, { args: [journey] })
    await kit.advance(250)
    assert.ok(outlet.ids.length - before < 10, 'nobody reports twice')
  })

  it('goes on when nothing can be sent', async () => {
    const outlet = keepingOutlet(true)
    await using kit = await unitKit(convoyActor, { args: [planOf([outlet])] })
    await kit.advance(2_000)
    kit.expect.alive()
    assert.equal(totalLine([outlet]), 'sent 0 packets, 1,200 could not be sent')
  })
})
