/**
 * network/dials: what is sent to a node before it was ever reached outlives lines that break in the
 * first handshake; a node that is not there is given up at once.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { actor, message, processName, protocol, TroupeError } from 'troupe'
import { systemClock } from '#base/clock'
import type { Line, TransportAddress } from '#contract'
import { Pipes } from '#test/unit/network/peer/pipe'
import { peered } from '#test/unit/network/peer/two'

const Keeper = protocol('keeper', { keep: message<number>() })

/** Pipes whose first lines break while the nodes introduce themselves. */
class BreakingPipes extends Pipes {
  #breaks: number

  constructor(breaks: number) {
    super(systemClock)
    this.#breaks = breaks
  }

  override async dial(address: TransportAddress): Promise<Line> {
    const line = await super.dial(address)
    this.#breaks -= 1
    // In the second turn of the loop HELLO has gone, and no answer has come.
    if (this.#breaks >= 0) systemClock.later(() => systemClock.later(() => line.destroy()))
    return line
  }
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setImmediate(resolve))
}

/** A sends ten numbers to b before it has ever heard of it; what became of them. */
async function tenOver(breaks: number) {
  const pipes = new BreakingPipes(breaks)
  // Five tries, however long a busy machine takes over them.
  const patient = { dialTimeoutMs: 60_000 }
  const a = await peered(pipes, 'a@test', 1, { 'b@test': 2 }, patient)
  const b = await peered(pipes, 'b@test', 2, {})
  const kept: number[] = []
  const keeper = actor(Keeper, { on: { keep: (_state, at) => void kept.push(at) } })
  await b.node.spawn(keeper, { name: 'keeper' })
  const to = processName('keeper', Keeper, 'b@test')
  for (let at = 0; at < 10; at += 1) assert.equal(a.node.send(to, 'keep', at), undefined)
  const connected = await a.node.network.connect('b@test').then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (connected === undefined) await until(() => kept.length === 10)
  const dropped = a.node.account().dropped['connection-lost']
  await Promise.all([a.node.stop(), b.node.stop()])
  return { kept, connected, dropped, lines: pipes.lines.length }
}

describe('a node that is known by hand', () => {
  it('is reached though a registrar asks around and finds nothing', async () => {
    const pipes = new Pipes(systemClock)
    const silence = () => new Promise<never>(() => {})
    const a = await peered(pipes, 'a@test', 1, { 'b@test': 2 }, {}, silence)
    const b = await peered(pipes, 'b@test', 2, {})
    await a.node.network.connect('b@test')
    assert.deepEqual(a.node.network.nodes(), ['b@test'])
    await Promise.all([a.node.stop(), b.node.stop()])
  })
})

describe('what is sent to a node that was never reached', () => {
  it('arrives though the first four lines break in the handshake', async () => {
    const { kept, dropped, lines } = await tenOver(4)
    assert.deepEqual(kept, [...Array(10).keys()])
    assert.deepEqual([dropped, lines], [0, 5])
  })

  it('is counted as lost when five lines have broken, with the cause', async () => {
    const { kept, connected, dropped, lines } = await tenOver(5)
    assert.ok(TroupeError.is(connected, 'NO_ROUTE'))
    assert.ok(TroupeError.is(connected.cause, 'HANDSHAKE_INVALID'))
    assert.deepEqual([kept.length, dropped, lines], [0, 10, 5])
  })
})
