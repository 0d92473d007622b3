/** emergency/courier and raise: the actors, each alone in virtual time. */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, type ProcessContext, protocol } from 'troupe'
import { unitKit } from 'troupe/testing'
import type { Outcome } from '#traffic/emergency/answer'
import {
  ATTEMPT_TIMEOUT_MS,
  type CourierSources,
  courierActor,
  STOP_GRACE_MS,
} from '#traffic/emergency/courier'
import type { Emergency } from '#traffic/emergency/emergency'
import { MemoryShelf } from '#traffic/emergency/memory-shelf'
import { OUTBOX_DEFAULTS, Outbox } from '#traffic/emergency/outbox'
import { raiseEmergency } from '#traffic/emergency/raise'
import { emergencyDifference } from '#traffic/emergency/tally'
import type { Report } from '#traffic/store/position-table'

const report = (id: string): Report => ({
  position: { id, latitude: 1, longitude: 2, emergency: true },
  receivedAtMs: 1_000,
  sequence: 1,
})
const answer = (status: number, retryAfter?: string): Outcome => ({
  kind: 'answer',
  status,
  retryAfter,
  told: '',
})

interface Call {
  readonly emergency: Emergency
  readonly signal: AbortSignal
  readonly answer: (outcome: Outcome) => void
}

/** A post whose answers the test gives; one that is called off answers by itself. */
class Desk {
  readonly calls: Call[] = []
  /** Given to every call at once, when it is set. */
  always: Outcome | undefined

  readonly post = (emergency: Emergency, signal: AbortSignal): Promise<Outcome> =>
    new Promise((resolve) => {
      if (this.always !== undefined) return resolve(this.always)
      this.calls.push({ emergency, signal, answer: resolve })
      const told = (): string => String(signal.reason)
      signal.addEventListener('abort', () => {
        resolve({ kind: 'no-answer', cause: 'timeout', told: told() })
      })
    })

  get keys(): readonly string[] {
    return this.calls.map(({ emergency }) => emergency.key)
  }
}

function courierOf(outbox = new Outbox(new MemoryShelf(), OUTBOX_DEFAULTS)) {
  const desk = new Desk()
  const sources: CourierSources = {
    outbox,
    post: desk.post,
    flights: new Map(),
    timeoutMs: ATTEMPT_TIMEOUT_MS,
  }
  return { outbox, desk, sources, start: () => unitKit(courierActor, { args: [sources] }) }
}

describe('the courier', () => {
  it('writes an emergency, sends it, and is done when it is taken', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    outbox.take(report('bus'))
    await kit.send('wake')
    assert.deepEqual(desk.keys, ['bus.1000'])
    desk.calls[0]?.answer(answer(201))
    await kit.settle()
    const { delivered, waiting } = outbox.tally()
    assert.deepEqual([delivered, waiting], [1, 0])
    await kit.advance(600_000)
    assert.equal(desk.calls.length, 1)
  })

  it('calls an attempt off after its time and makes it again with the same key', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    outbox.take(report('bus'))
    await kit.send('wake')
    await kit.advance(ATTEMPT_TIMEOUT_MS - 1)
    assert.equal(desk.calls[0]?.signal.aborted, false)
    await kit.advance(1)
    assert.equal(desk.calls[0]?.signal.aborted, true)
    await kit.advance(250)
    assert.deepEqual(desk.keys, ['bus.1000', 'bus.1000'])
    assert.equal(outbox.tally().retries.timeout, 1)
  })

  it('waits as long as the service asks', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    outbox.take(report('bus'))
    await kit.send('wake')
    desk.calls[0]?.answer(answer(429, '20'))
    await kit.advance(19_999)
    assert.equal(desk.calls.length, 1)
    await kit.advance(1)
    assert.equal(desk.calls.length, 2)
  })

  it('never again sends what is refused for good, and says so', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    outbox.take(report('bus'))
    await kit.send('wake')
    desk.calls[0]?.answer(answer(410))
    await kit.advance(600_000)
    assert.equal(desk.calls.length, 1)
    kit.expect.logged({ level: 'error', message: 'emergency refused' }).once()
    assert.equal(outbox.refused()[0]?.emergency.id, 'bus')
  })

  it('tells once that the service is down, and once that it is back', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    for (let i = 0; i < 20; i += 1) outbox.take(report(`bus-${i}`))
    await kit.send('wake')
    for (const call of desk.calls.splice(0)) call.answer(answer(503))
    await kit.settle()
    kit.expect.logged({ message: 'the emergency service is down' }).once()
    for (let probe = 0; probe < 3; probe += 1) {
      while (desk.calls.length === 0) await kit.advance(100)
      assert.equal(desk.calls.length, 1)
      desk.calls.shift()?.answer(answer(503))
      await kit.settle()
    }
    while (desk.calls.length === 0) await kit.advance(100)
    desk.always = answer(200)
    desk.calls.shift()?.answer(desk.always)
    await kit.advance(60_000)
    kit.expect.logged({ message: 'the emergency service is down' }).once()
    kit.expect.logged({ message: 'the emergency service is back' }).once()
    assert.equal(outbox.tally().delivered, 20)
  })

  it('handles a thousand at once, no more than 32 at a time', async () => {
    const { outbox, desk, start } = courierOf()
    await using kit = await start()
    for (let i = 0; i < 1_000; i += 1) outbox.take(report(`bus-${i}`))
    await kit.send('wake')
    const keys = new Set<string>()
    while (desk.calls.length > 0) {
      assert.ok(desk.calls.length <= 32)
      for (const call of desk.calls.splice(0)) {
        keys.add(call.emergency.key)
        call.answer(answer(200))
      }
      await kit.settle()
    }
    assert.equal(keys.size, 1_000)
    assert.equal(outbox.tally().delivered, 1_000)
  })

  it('that follows a killed one calls its attempts off and makes them again', async () => {
    const { outbox, desk, sources, start } = courierOf()
    {
      await using kit = await start()
      outbox.take(report('bus'))
      await kit.send('wake')
      kit.node.kill(kit.pid)
      await kit.settle()
      outbox.take(report('tram'))
      assert.equal(emergencyDifference(outbox.tally()), 0)
      assert.equal(outbox.tally().waiting, 2)
      assert.equal(desk.calls[0]?.signal.aborted, false)
    }
    await using next = await unitKit(courierActor, { args: [sources] })
    assert.equal(desk.calls[0]?.signal.aborted, true)
    assert.deepEqual([...desk.keys].sort(), ['bus.1000', 'bus.1000', 'tram.1000'])
    for (const call of desk.calls) call.answer(answer(200))
    await next.settle()
    assert.equal(outbox.tally().delivered, 2)
  })

  it('that is asked to stop still hears an answer that is near, and leaves the rest', async () => {
    const { outbox, desk, start } = courierOf()
    const kit = await start()
    for (const id of ['near', 'far']) outbox.take(report(id))
    await kit.send('wake')
    kit.node.exit(kit.pid, 'shutdown')
    await kit.advance(STOP_GRACE_MS / 2)
    desk.calls[0]?.answer(answer(200))
    await kit.advance(STOP_GRACE_MS)
    kit.expect.ended('shutdown')
    assert.equal(desk.calls[1]?.signal.aborted, true)
    const { delivered, waiting, inFlight } = outbox.tally()
    assert.deepEqual([delivered, waiting, inFlight], [1, 1, 0])
    await kit.stop()
  })

  it('closes the windows that are over', async () => {
    const { outbox, start } = courierOf()
    await using kit = await start()
    const wallMs = kit.clock.wallMs()
    outbox.take({ ...report('bus'), receivedAtMs: wallMs })
    assert.equal(outbox.take({ ...report('bus'), receivedAtMs: wallMs + 59_999 }), 'repeat')
    await kit.advance(60_000)
    assert.equal(outbox.take({ ...report('bus'), receivedAtMs: wallMs + 30_000 }), 'new')
  })
})

describe('an emergency that is raised', () => {
  const Raiser = protocol('raiser', {})
  const raiserActor = actor(Raiser, {
    init: (outbox: Outbox) => outbox,
    on: {},
    handleMessage: (outbox, { payload }, context: ProcessContext) =>
      raiseEmergency(outbox, payload as Report, context),
  })

  async function raiserKit(options: Partial<typeof OUTBOX_DEFAULTS> = {}) {
    const outbox = new Outbox(new MemoryShelf(), { ...OUTBOX_DEFAULTS, ...options })
    const kit = await unitKit(raiserActor, { args: [outbox] })
    const raise = async (id: string): Promise<void> => {
      kit.node.send(kit.pid as never, 'raise' as never, report(id) as never)
      await kit.settle()
    }
    return { outbox, kit, raise }
  }

  it('is one line in the log with its id and place, and wakes the courier', async () => {
    const { kit, raise, outbox } = await raiserKit()
    await kit.probe('emergency')
    await raise('bus')
    await raise('bus')
    const { fields } = kit.expect.logged({ level: 'warning', message: 'emergency' }).once()
    assert.deepEqual(fields, { id: 'bus', latitude: 1, longitude: 2 })
    kit.expect.sent({ message: 'wake' }).once()
    assert.equal(outbox.tally().repeated, 1)
    await kit.stop()
  })

  it('is in the outbox also while the courier is away', async () => {
    const { kit, raise, outbox } = await raiserKit()
    await raise('bus')
    assert.equal(outbox.tally().waiting, 1)
    await kit.stop()
  })

  it('is logged as an error when there is no room', async () => {
    const { kit, raise, outbox } = await raiserKit({ waitingMax: 0 })
    await raise('bus')
    kit.expect.logged({ level: 'error', message: 'emergency' }).once()
    assert.equal(outbox.tally().dropped.full, 1)
    await kit.stop()
  })

  it('is logged and counted, and nobody is woken, where there is nowhere to send to', async () => {
    const { kit, raise, outbox } = await raiserKit({ isAddressed: false })
    await raise('bus')
    kit.expect.logged({ level: 'warning', message: 'emergency' }).once()
    kit.expect.sent().never()
    assert.equal(outbox.tally().unaddressed, 1)
    await kit.stop()
  })
})
