/**
 * scenarios/random-life: the random life of many processes, and what must hold whatever happens.
 *
 * For the tests and the soak; one seed is one life, exactly.
 */
import assert from 'node:assert/strict'
import { type TestNode, testNode } from 'troupe/testing'
import { actor } from '#actor'
import type { Random } from '#base/random'
import {
  custom,
  type Down,
  eventName,
  message,
  type Node,
  NoReply,
  Pid,
  type ProcessContext,
  processName,
  protocol,
  type Ref,
  request,
  type Target,
} from '#contract'
import { assertCloses } from '#test/scenarios/closing'
import { makeGate } from '#test/scenarios/scripted'

const Life = protocol('life', {
  act: message<(context: ProcessContext) => unknown>(),
  ask: request<(context: ProcessContext) => unknown, unknown>(),
})

/** What one monitor came to. */
interface Monitor {
  readonly watcher: Pid
  readonly target: Target
  /** How often it was told, before and after it was withdrawn. */
  told: number
  withdrawn: boolean
}

class World {
  readonly node: Node
  readonly random: Random
  readonly monitors = new Map<number, Monitor>()
  readonly gates = [makeGate(), makeGate()]
  pids: Pid<typeof Life>[] = []
  /** What was found wrong inside of handlers, where a throw would only end a process. */
  readonly faults: string[] = []
  calls = 0
  callsEnded = 0
  readonly #life = actor(Life, {
    on: {
      act: (_state, run, context) => run(context),
      ask: (_state, run, context) => run(context),
    },
    handleDown: (_state, down) => this.#down(down),
    handleExit: () => {},
    handleEvent: () => {},
    terminate: (_state, _reason, context) =>
      this.chance(0.2) && context.sleep(this.random.below(50)),
  })

  constructor(test: TestNode) {
    this.node = test.node
    this.random = test.random
  }

  chance(share: number): boolean {
    return this.random.unit() < share
  }

  require(holds: boolean, fact: string): void {
    if (!holds) this.faults.push(fact)
  }

  #down({ ref, target }: Down): void {
    const monitor = this.monitors.get(ref.id)
    if (monitor === undefined) {
      // A subscription is a monitor as well, and its ref is not kept here.
      this.require(target.kind === 'event', 'a down notice belongs to a monitor')
      return
    }
    monitor.told += 1
    this.require(monitor.told === 1, 'a monitor is told once')
    this.require(!monitor.withdrawn, 'a withdrawn monitor is not told')
  }

  any(): Pid<typeof Life> {
    // Mostly the young, so that few deeds are wasted on the dead.
    const from = this.chance(0.1) ? 0 : Math.max(0, this.pids.length - 15)
    return this.pids[from + this.random.below(this.pids.length - from)] as Pid<typeof Life>
  }

  target(): Target {
    const kinds = [
      () => this.any(),
      () => processName(`name ${this.random.below(4)}`),
      () => eventName(`event ${this.random.below(4)}`),
    ]
    return (kinds[this.random.below(3)] as () => Target)()
  }

  async spawn(by: ProcessContext | Node): Promise<void> {
    const options = {
      ...{ link: this.chance(0.3), trapExit: this.chance(0.3), reentrant: this.chance(0.2) },
      mailbox: this.chance(0.3) ? { lengthMax: 3 } : {},
    }
    this.pids.push(await by.spawn(this.#life, options))
  }

  monitor(context: ProcessContext): void {
    const target = this.target()
    const ref = context.monitor(target)
    this.monitors.set(ref.id, { watcher: context.self, target, told: 0, withdrawn: false })
  }

  demonitor(context: ProcessContext): void {
    const own = [...this.monitors].filter(([, { watcher }]) => watcher === context.self)
    const [id, monitor] = own[this.random.below(Math.max(1, own.length))] ?? []
    if (id === undefined || monitor === undefined) return
    const ref: Ref = { kind: 'ref', node: this.node.name, id, creation: this.node.creation }
    const prevented = context.demonitor(ref)
    const expected = monitor.told === 0 && !monitor.withdrawn
    this.require(prevented === expected, `demonitor answers ${expected}`)
    if (prevented) monitor.withdrawn = true
  }

  call(context: ProcessContext): Promise<unknown> {
    const end = (): void => {
      this.callsEnded += 1
    }
    this.calls += 1
    const work = (callee: ProcessContext) => {
      if (this.chance(0.3)) return this.deeds(callee)
      callee.replyLater()
      return NoReply
    }
    return context.call(this.any(), 'ask', work, { timeoutMs: 200 }).then(end, end)
  }

  /** One random thing that a process may do; what cannot be is refused and goes on. */
  deeds(context: ProcessContext): unknown {
    const deeds: readonly (() => unknown)[] = [
      () => context.link(this.target()),
      () => context.unlink(this.target()),
      () => this.monitor(context),
      () => this.monitor(context),
      () => this.demonitor(context),
      () => context.exit(this.any(), custom('sent')),
      () => context.kill(this.any()),
      () => context.trapExit(this.chance(0.5)),
      () => context.register(`name ${this.random.below(4)}`),
      () => context.unregister(),
      () => context.createAlias(),
      () => context.registerEvent(`event ${this.random.below(4)}`, { open: true }),
      () => context.publish(eventName(`event ${this.random.below(4)}`), 'news'),
      () => context.subscribe(eventName(`event ${this.random.below(4)}`)),
      () => context.stop(this.chance(0.5) ? 'normal' : custom('stopped')),
      () => this.spawn(context),
      () => this.gates[this.random.below(2)]?.closed,
      () => context.after(this.random.below(100), () => this.deeds(context)),
      () => context.send(this.any(), 'act', (other) => this.deeds(other)),
      () => this.call(context),
      () => context.sleep(this.random.below(20)),
    ]
    if (this.chance(0.03)) throw new RangeError('by chance')
    try {
      const done = (deeds[this.random.below(deeds.length)] as () => unknown)()
      return done instanceof Promise ? done.catch(() => {}) : undefined
    } catch (error) {
      if ((error as Error).name !== 'TroupeError') throw error
      return undefined
    }
  }
}

/** Links go both ways between the living. */
function assertLinks({ node }: World): void {
  for (const pid of node.processes()) {
    for (const target of node.processInfo(pid)?.links ?? []) {
      if (!Pid.is(target)) continue
      const back = node.processInfo(target)?.links ?? []
      const isMutual = back.some((other) => Pid.is(other) && Pid.equals(other, pid))
      assert.ok(isMutual, `${Pid.format(pid)} is linked with ${Pid.format(target)} and not back`)
    }
  }
}

/** Every monitor of a living watcher has been told, is withdrawn, or has a target that lives. */
function assertMonitors({ node, monitors }: World): void {
  for (const { watcher, target, told, withdrawn } of monitors.values()) {
    if (told === 1 || withdrawn || !node.isAlive(watcher) || !Pid.is(target)) continue
    assert.ok(node.isAlive(target), `${Pid.format(target)} has ended, its watcher was not told`)
  }
}

/** Lives one life and looks at links, monitors, calls and counts; throws what is wrong. */
export async function live(seed: number): Promise<void> {
  await using test = await testNode({ seed })
  const { node, clock, random } = test
  const world = new World(test)
  for (let i = 0; i < 12; i += 1) await world.spawn(node)
  for (let round = 0; round < 60; round += 1) {
    for (let i = 0; i < 4; i += 1) node.send(world.any(), 'act', (context) => world.deeds(context))
    if (world.chance(0.5)) await clock.settle()
    if (world.chance(0.3)) await clock.advance(random.below(60))
    if (node.processes().length < 6) await world.spawn(node)
    if (world.chance(0.1)) assertCloses(world.node)
  }
  for (const gate of world.gates) gate.open()
  await clock.advance(1_000)
  assertCloses(world.node)
  assertLinks(world)
  assertMonitors(world)
  assert.equal(world.callsEnded, world.calls, 'every call has ended')
  assert.deepEqual(world.faults, [])
  for (const pid of node.processes()) node.kill(pid)
  await clock.advance(10_000)
  assertCloses(world.node)
  const { processes, zombies, names, aliases, account } = node.info()
  assert.deepEqual([processes, zombies, names, aliases], [0, 0, 0, 0])
  assert.deepEqual([account.waiting, account.handling], [0, 0])
  assert.equal(clock.pending() <= 1, true, 'no timer outlives its owner')
  for (const { told, withdrawn } of world.monitors.values()) {
    if (withdrawn) seen.withdrawn += 1
    seen.told += told
  }
  seen.calls += world.calls
  seen.processes += node.info().spawned
}

/** How much has happened at all, so that an idle test does not pass for a good one. */
export const seen = { told: 0, withdrawn: 0, calls: 0, processes: 0 }
