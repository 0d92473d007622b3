/**
 * Links, monitors and exits against a plain model of what OTP says: the same notices, in order.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  actor,
  custom,
  describeReason,
  type ExitReason,
  message,
  type Node,
  type Pid,
  type ProcessContext,
  protocol,
  type Ref,
  type Spawner,
  type SpawnOptions,
  type Target,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses } from '#test/scenarios/bad-input'

const reasons: readonly ExitReason[] = ['normal', 'shutdown', 'killed', custom('worn-out')]

/** Something one process does; numbers choose among the processes there are. */
type Step =
  | {
      readonly kind: 'link' | 'unlink' | 'monitor' | 'kill'
      readonly by: number
      readonly to: number
    }
  | { readonly kind: 'demonitor'; readonly by: number; readonly which: number }
  | { readonly kind: 'trap'; readonly by: number; readonly on: boolean }
  | { readonly kind: 'exit'; readonly by: number; readonly to: number; readonly reason: number }
  | { readonly kind: 'stop'; readonly by: number; readonly reason: number }
  | { readonly kind: 'spawn'; readonly by: number; readonly link: boolean; readonly trap: boolean }

const who = fc.nat(7)
const why = fc.nat(reasons.length - 1)
const spawned = fc.record({
  kind: fc.constant('spawn' as const),
  by: who,
  link: fc.boolean(),
  trap: fc.boolean(),
})
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('link' as const), by: who, to: who }) },
  fc.record({ kind: fc.constant('unlink' as const), by: who, to: who }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('monitor' as const), by: who, to: who }) },
  fc.record({ kind: fc.constant('demonitor' as const), by: who, which: fc.nat(5) }),
  fc.record({ kind: fc.constant('trap' as const), by: who, on: fc.boolean() }),
  fc.record({ kind: fc.constant('exit' as const), by: who, to: who, reason: why }),
  fc.record({ kind: fc.constant('kill' as const), by: who, to: who }),
  fc.record({ kind: fc.constant('stop' as const), by: who, reason: why }),
  { weight: 3, arbitrary: spawned },
)

const STARTED = 4
const reasonOf = (at: number): ExitReason => reasons[at] as ExitReason

/** One of the living, so that few steps are in vain. */
function chosen(alive: readonly boolean[], number: number): number | undefined {
  const living = [...alive.keys()].filter((at) => alive[at])
  return living[number % living.length]
}

interface Monitor {
  readonly by: number
  readonly target: number
  open: boolean
}

/** One process of the model. */
interface Member {
  readonly parent: number | undefined
  readonly seen: string[]
  /** Notices in its mailbox. */
  readonly waiting: string[]
  readonly links: Set<number>
  readonly refs: Monitor[]
  alive: boolean
  trap: boolean
  exiting: ExitReason | undefined
}

/** The model: who is told what, and whose turn it is; nothing else. */
class Model {
  readonly members: Member[] = []
  /** Who has something to do, in the order in which it came. */
  readonly #ready = new Set<number>()
  /** All there ever were, in the order in which they were made. */
  readonly #monitors: Monitor[] = []

  constructor() {
    for (let i = 0; i < STARTED; i += 1) this.add(undefined, false)
  }

  add(parent: number | undefined, trap: boolean): number {
    const [seen, links, refs] = [[], new Set<number>(), []]
    const life = { alive: true, trap, exiting: undefined }
    this.members.push({ parent, seen, waiting: [], links, refs, ...life })
    return this.members.length - 1
  }

  at(index: number): Member {
    return this.members[index] as Member
  }

  apply(given: Step): void {
    const by = chosen(
      this.members.map(({ alive }) => alive),
      given.by,
    )
    if (by === undefined) return
    const member = this.at(by)
    this.#act(by, member, given)
    this.#turn(by)
    // A set that grows while it is walked: who is told something has its turn behind the others.
    for (const next of this.#ready) this.#turn(next)
  }

  /** An exit that is not trapped overtakes what waits; otherwise all that waits is heard. */
  #turn(index: number): void {
    this.#ready.delete(index)
    const member = this.at(index)
    if (!member.alive) return
    if (member.exiting !== undefined) this.#end(index, member.exiting, true)
    else member.seen.push(...member.waiting.splice(0))
  }

  #hear(index: number, notice: string): void {
    this.at(index).waiting.push(notice)
    this.#ready.add(index)
  }

  #act(by: number, member: Member, given: Step): void {
    const to = 'to' in given ? given.to % this.members.length : by
    switch (given.kind) {
      case 'link':
        if (this.at(to).alive) this.#link(by, to, to !== by)
        else this.#signal(by, to, 'no-process', true)
        return
      case 'unlink':
        member.links.delete(to)
        this.at(to).links.delete(by)
        return
      case 'monitor':
        this.#monitor(member, { by, target: to, open: this.at(to).alive })
        if (!this.at(to).alive) this.#hear(by, `down ${to} no-process`)
        return
      case 'demonitor': {
        const ref = member.refs[given.which]
        if (ref !== undefined) ref.open = false
        return
      }
      case 'trap':
        member.trap = given.on
        return
      case 'exit':
        this.#signal(to, by, reasonOf(given.reason), false)
        return
      case 'kill':
        this.#end(to, 'killed', false)
        return
      case 'stop':
        member.exiting ??= reasonOf(given.reason)
        return
      case 'spawn':
        this.#link(by, this.add(by, given.trap), given.link)
    }
  }

  #monitor(member: Member, monitor: Monitor): void {
    member.refs.push(monitor)
    this.#monitors.push(monitor)
  }

  #link(by: number, to: number, links: boolean): void {
    if (!links) return
    this.at(by).links.add(to)
    this.at(to).links.add(by)
  }

  /** An exit signal: ignored, a message, or the end, as OTP says. */
  #signal(to: number, from: number, reason: ExitReason, byLink: boolean): void {
    const member = this.at(to)
    if (!member.alive) return
    if (member.trap && member.parent !== from) {
      this.#hear(to, `exit ${from} ${describeReason(reason)}`)
      return
    }
    if (byLink && reason === 'normal' && !member.trap) return
    if (member.exiting !== undefined) return
    member.exiting = reason
    this.#ready.add(to)
  }

  #end(index: number, reason: ExitReason, inOrder: boolean): void {
    const member = this.at(index)
    if (!member.alive) return
    if (inOrder) member.seen.push(`terminate ${describeReason(reason)}`)
    member.alive = false
    for (const other of member.links) {
      this.at(other).links.delete(index)
      this.#signal(other, index, reason, true)
    }
    member.links.clear()
    for (const ref of member.refs) ref.open = false
    for (const monitor of this.#monitors) {
      if (monitor.target !== index || !monitor.open) continue
      monitor.open = false
      this.#hear(monitor.by, `down ${index} ${describeReason(reason)}`)
    }
  }
}

const Member = protocol('member', { act: message<(context: ProcessContext) => unknown>() })

/** The same steps on a node. */
class Cast {
  readonly seen: string[][] = []
  readonly #node: Node
  readonly #pids: Pid<typeof Member>[] = []
  readonly #refs: Ref[][] = []
  readonly #member = actor(Member, {
    init: (own: string[]) => own,
    on: { act: (_own, run, context) => run(context) },
    handleDown: (own, { target, reason }) =>
      void own.push(`down ${this.#indexOf(target)} ${describeReason(reason)}`),
    handleExit: (own, { from, reason }) =>
      void own.push(`exit ${this.#indexOf(from)} ${describeReason(reason)}`),
    terminate: (own, reason) => void own.push(`terminate ${describeReason(reason)}`),
  })

  constructor(node: Node) {
    this.#node = node
  }

  get alive(): boolean[] {
    return this.#pids.map((pid) => this.#node.isAlive(pid))
  }

  async start(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) await this.#spawn(this.#node)
  }

  do(given: Step): void {
    const by = chosen(this.alive, given.by)
    if (by === undefined) return
    const run = (context: ProcessContext): unknown => this.#deed(given, by, context)
    this.#node.send(this.#pids[by] as Pid<typeof Member>, 'act', run)
  }

  #indexOf(target: Target): number {
    return this.#pids.indexOf(target as Pid<typeof Member>)
  }

  async #spawn(by: Spawner, options: SpawnOptions = {}): Promise<void> {
    const own: string[] = []
    this.#pids.push(await by.spawn(this.#member, { ...options, args: [own] }))
    this.seen.push(own)
    this.#refs.push([])
  }

  /** Nothing but a spawn is waited for: who does something acts in one turn. */
  #deed(given: Step, by: number, context: ProcessContext): unknown {
    const to = this.#pids['to' in given ? given.to % this.#pids.length : by] as Pid
    switch (given.kind) {
      case 'monitor':
        return this.#refs[by]?.push(context.monitor(to))
      case 'demonitor': {
        const ref = this.#refs[by]?.[given.which]
        return ref && context.demonitor(ref)
      }
      case 'trap':
        return context.trapExit(given.on)
      case 'exit':
        return context.exit(to, reasonOf(given.reason))
      case 'stop':
        return context.stop(reasonOf(given.reason))
      case 'spawn':
        return this.#spawn(context, { link: given.link, trapExit: given.trap })
      default:
        return context[given.kind](to)
    }
  }
}

async function agrees(steps: readonly Step[]): Promise<void> {
  await using test = await testNode()
  const [model, cast] = [new Model(), new Cast(test.node)]
  await cast.start(STARTED)
  for (const given of steps) {
    cast.do(given)
    await test.clock.settle()
    model.apply(given)
    const { members } = model
    assert.deepEqual(
      [cast.seen, cast.alive],
      [members.map(({ seen }) => seen), members.map(({ alive }) => alive)],
    )
  }
  accountCloses(test.node)
}

describe('links, monitors and exits', () => {
  it('give the notices that the plain model gives, whatever is done', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 40, size: 'max' })
    await fc.assert(fc.asyncProperty(steps, agrees), {
      numRuns: 800,
      seed: Number(process.env['TROUPE_SEED'] ?? 2),
    })
  })
})
