/**
 * Timers of processes against a plain list, searched for the earliest each time.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { actor, message, type Pid, type ProcessContext, protocol, type Timer } from 'troupe'
import { type TestNode, testNode } from 'troupe/testing'
import { accountCloses, codeOf } from '#test/scenarios/bad-input'

type Step =
  | { readonly kind: 'after' | 'every' | 'sendAfter'; readonly by: number; readonly ms: number }
  | { readonly kind: 'cancel'; readonly which: number }
  | { readonly kind: 'hold' | 'release' | 'kill'; readonly by: number }
  | { readonly kind: 'advance'; readonly ms: number }

const OWNERS = 3
const owner = fc.nat(OWNERS - 1)
const making = (kind: 'after' | 'every' | 'sendAfter', least: number) =>
  fc.record({ kind: fc.constant(kind), by: owner, ms: fc.integer({ min: least, max: 9 }) })
const having = (kind: 'hold' | 'release' | 'kill') =>
  fc.record({ kind: fc.constant(kind), by: owner })
const advance = fc.record({ kind: fc.constant('advance' as const), ms: fc.nat(12) })
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: making('after', 0) },
  { weight: 4, arbitrary: making('every', 1) },
  { weight: 2, arbitrary: making('sendAfter', 0) },
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('cancel' as const), which: fc.nat(40) }) },
  { weight: 4, arbitrary: having('hold') },
  { weight: 4, arbitrary: having('release') },
  { weight: 8, arbitrary: advance },
  having('kill'),
)

/** One timer of the model. */
interface Planned {
  readonly id: number
  readonly by: number
  readonly kind: 'after' | 'every' | 'sendAfter'
  readonly ms: number
  dueMs: number
  /** It is neither cancelled nor, unless it is periodic, has it fired. */
  open: boolean
  /** Its turn is in the mailbox of its owner. */
  waits: boolean
}

class Model {
  nowMs = 0
  readonly runs: (readonly [id: number, nowMs: number])[] = []
  readonly timers: Planned[] = []
  readonly #held = new Set<number>()
  readonly #dead = new Set<number>()
  /** Turns that wait for an owner that is held up, in the order they came. */
  #turns: Planned[] = []
  #order = 0
  readonly #orders = new Map<Planned, number>()

  /** Gives what a cancel answers. */
  apply(given: Step): boolean | undefined {
    switch (given.kind) {
      case 'advance':
        this.#advance(given.ms)
        return undefined
      case 'cancel':
        return this.#cancel(given.which)
      case 'hold':
        this.#held.add(given.by)
        return undefined
      case 'release':
        this.#held.delete(given.by)
        this.#serve()
        return undefined
      case 'kill':
        this.#dead.add(given.by)
        for (const timer of this.timers) {
          if (timer.by !== given.by) continue
          timer.open = false
          timer.waits = false
        }
        return undefined
      default:
        this.#make(given)
        this.#advance(0)
        return undefined
    }
  }

  canAct(by: number): boolean {
    return !this.#dead.has(by) && !this.#held.has(by)
  }

  #make({ by, kind, ms }: Step & { readonly kind: Planned['kind'] }): void {
    const id = this.timers.length
    const timer = { id, by, kind, ms, dueMs: this.nowMs + ms, open: true, waits: false }
    this.timers.push(timer)
    this.#arm(timer)
  }

  #arm(timer: Planned): void {
    this.#order += 1
    this.#orders.set(timer, this.#order)
  }

  #cancel(which: number): boolean {
    const timer = this.timers[which % this.timers.length]
    if (timer === undefined) return false
    const prevents = timer.open || timer.waits
    timer.open = false
    timer.waits = false
    return prevents
  }

  #advance(ms: number): void {
    const targetMs = this.nowMs + ms
    for (;;) {
      const due = this.timers.filter(({ open, dueMs }) => open && dueMs <= targetMs)
      due.sort((left, right) => left.dueMs - right.dueMs || this.#place(left) - this.#place(right))
      const [first] = due
      if (first === undefined) break
      this.nowMs = Math.max(this.nowMs, first.dueMs)
      this.#fire(first)
      this.#serve()
    }
    this.nowMs = targetMs
  }

  #place(timer: Planned): number {
    return this.#orders.get(timer) ?? 0
  }

  #fire(timer: Planned): void {
    if (timer.kind === 'sendAfter') {
      timer.open = false
      this.runs.push([timer.id, this.nowMs])
      return
    }
    if (!timer.waits) {
      timer.waits = true
      this.#turns.push(timer)
    }
    if (timer.kind === 'after') timer.open = false
    else {
      timer.dueMs += timer.ms
      this.#arm(timer)
    }
  }

  /** Whoever is not held up runs what waits. */
  #serve(): void {
    const free = this.#turns.filter(({ by }) => !this.#held.has(by))
    this.#turns = this.#turns.filter(({ by }) => this.#held.has(by))
    for (const timer of free) {
      if (!timer.waits) continue
      timer.waits = false
      this.runs.push([timer.id, this.nowMs])
    }
  }
}

const Owner = protocol('owner', {
  act: message<(context: ProcessContext) => unknown>(),
  note: message<() => void>(),
})
const owning = actor(Owner, {
  on: { act: (_state, run, context) => run(context), note: (_state, run) => run() },
})

/** The same steps on a node. */
class Stage {
  readonly runs: (readonly [id: number, nowMs: number])[] = []
  readonly #test: TestNode
  readonly #timers: Timer[] = []
  readonly #releases = new Map<number, () => void>()
  readonly #owners: Pid<typeof Owner>[] = []
  #listener: Pid<typeof Owner> | undefined

  constructor(test: TestNode) {
    this.#test = test
  }

  async start(): Promise<void> {
    for (let i = 0; i < OWNERS; i += 1) this.#owners.push(await this.#test.node.spawn(owning))
    this.#listener = await this.#test.node.spawn(owning)
  }

  async apply(given: Step): Promise<boolean | undefined> {
    const { clock, node } = this.#test
    if (given.kind === 'advance') await clock.advance(given.ms)
    else if (given.kind === 'cancel') return this.#cancel(given.which)
    else if (given.kind === 'release') this.#releases.get(given.by)?.()
    else if (given.kind === 'kill') node.kill(this.#owners[given.by] as Pid)
    else {
      const run = (context: ProcessContext): unknown => this.#act(given, context)
      node.send(this.#owners[given.by] as Pid<typeof Owner>, 'act', run)
    }
    await clock.advance(0)
    return undefined
  }

  #cancel(which: number): boolean {
    return this.#timers[which % this.#timers.length]?.cancel() ?? false
  }

  #act(given: Extract<Step, { readonly by: number }>, context: ProcessContext): unknown {
    if (given.kind === 'hold') {
      return new Promise<void>((resolve) => this.#releases.set(given.by, resolve))
    }
    const { kind, ms } = given as Planned
    const id = this.#timers.length
    const run = (): void => void this.runs.push([id, this.#test.clock.nowMs()])
    const timer =
      kind === 'sendAfter'
        ? context.sendAfter(ms, this.#listener as Pid<typeof Owner>, 'note', run)
        : context[kind](ms, run)
    return this.#timers.push(timer)
  }
}

/** Runs of each owner, in order: between owners whose timers are due together there is none. */
function byOwner(runs: Stage['runs'], { timers }: Model): readonly (typeof runs)[] {
  const lists = Array.from({ length: OWNERS + 1 }, (): Stage['runs'] => [])
  for (const run of runs) {
    const timer = timers[run[0]] as Planned
    lists[timer.kind === 'sendAfter' ? OWNERS : timer.by]?.push(run)
  }
  return lists
}

async function agrees(steps: readonly Step[]): Promise<void> {
  await using test = await testNode()
  const [model, stage] = [new Model(), new Stage(test)]
  await stage.start()
  for (const given of steps) {
    // A process that is held up or dead makes no timers, and is not held up twice.
    const acts = given.kind !== 'release' && given.kind !== 'kill' && 'by' in given
    if (acts && !model.canAct(given.by)) continue
    assert.equal(await stage.apply(given), model.apply(given))
    assert.deepEqual(byOwner(stage.runs, model), byOwner(model.runs, model))
  }
  accountCloses(test.node)
}

describe('timers', () => {
  it('run at the times and in the order of the plain list, and cancels answer alike', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 40 })
    await fc.assert(fc.asyncProperty(steps, agrees), {
      numRuns: 150,
      seed: Number(process.env['TROUPE_SEED'] ?? 2),
    })
  })

  it('are not late for a sleep that is none, which is refused', async () => {
    await using test = await testNode()
    const { node, clock } = test
    const [pid, codes] = [await node.spawn(owning), [] as string[]]
    const fired: number[] = []
    node.send(pid, 'act', async (context) => {
      for (const ms of [Number.NaN, -1, '5', undefined]) {
        codes.push(await codeOf(context.sleep(ms as number)))
      }
      for (const ms of [3, 1, 2]) context.after(ms, () => fired.push(clock.nowMs()))
      await context.sleep(5)
      fired.push(clock.nowMs())
    })
    await clock.advance(10)
    assert.deepEqual(codes, new Array(4).fill('OPTION_INVALID'))
    // The timers were due meanwhile; their turns come when the handler is done.
    assert.deepEqual(fired, [5, 5, 5, 5])
  })
})
