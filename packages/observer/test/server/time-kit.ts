/**
 * server/time-kit: a node with an Observer in virtual time that browsers reach by real sockets: an
 * hour passes in seconds, and between two moments of it the sockets have their turn.
 */
import assert from 'node:assert/strict'
import { startObserver } from '@troupe/observer'
import { actor, message, type Node, protocol } from 'troupe'
import { testNode, type VirtualClock } from 'troupe/testing'

const Pulse = protocol('pulse', { beat: message<void>() })
/** It handles ten messages in a second, so that a rate that is told can be checked. */
const BEAT_MS = 100
const pulse = actor(Pulse, {
  name: 'pulse',
  started: (_state, context) => {
    context.every(BEAT_MS, function beat() {
      context.send('pulse', 'beat')
    })
  },
  on: { beat: () => {} },
})

/** How much time passes at once, in virtual milliseconds. */
const STEP_MS = 1_000
/** And while it passes by itself. */
const FLOW_MS = 25

/** Real sockets are read and written meanwhile. */
const socketsTurn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1))

/** A node and its time, which stops with it. */
interface Passing {
  readonly node: Node
  readonly clock: VirtualClock
  readonly stop: () => Promise<void>
}

export class SlowedTime {
  readonly url: string
  readonly node: Node
  readonly #clock: VirtualClock
  readonly #end: () => Promise<void>
  #passing: Promise<void> = Promise.resolve()
  #isOver = false

  private constructor({ node, clock, stop }: Passing, url: string) {
    this.node = node
    this.#clock = clock
    this.#end = stop
    this.url = url
  }

  /** A node of its own that works a little. */
  static async start(): Promise<SlowedTime> {
    const test = await testNode({ name: 'clocked@localhost', system: {} })
    await test.node.spawn(pulse, { name: 'pulse' })
    return await SlowedTime.of(test)
  }

  /** An Observer on a node whose time is virtual. */
  static async of(passing: Passing): Promise<SlowedTime> {
    const { addresses } = await startObserver(passing.node, { port: 0 })
    return new SlowedTime(passing, addresses[0] ?? '')
  }

  /** From now on time passes by itself, as fast as real time and not in step with it. */
  begin(): void {
    this.#passing = this.#pass()
  }

  async #pass(): Promise<void> {
    while (!this.#isOver) {
      await this.#clock.advance(FLOW_MS)
      await new Promise((resolve) => setTimeout(resolve, FLOW_MS))
    }
  }

  /** Time passes only by `advance` from now on. */
  async halt(): Promise<void> {
    this.#isOver = true
    await this.#passing
    this.#isOver = false
  }

  /** Lets so much time pass at once. */
  async advance(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += STEP_MS) {
      await this.#clock.advance(STEP_MS)
      await socketsTurn()
    }
  }

  /** Streams that the Observer serves now. */
  get streams(): number {
    const pid = this.node.whereis('observer')
    assert.ok(pid !== undefined)
    return Number(this.node.processInfo(pid)?.inspected?.['streams'])
  }

  async stop(): Promise<void> {
    await this.halt()
    await this.#end()
  }
}
