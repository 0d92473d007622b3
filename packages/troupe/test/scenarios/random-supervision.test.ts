/**
 * Supervisors of every type under random failures and orders: nobody twice, nobody forgotten.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  actor,
  type ChildInfo,
  message,
  type Pid,
  type ProcessContext,
  protocol,
  type SupervisorProtocol,
  supervisor,
} from 'troupe'
import { type TestNode, testNode } from 'troupe/testing'
import { accountCloses } from '#test/scenarios/bad-input'

const KINDS = ['throw', 'normal', 'shutdown', 'kill', 'refuse'] as const
const ORDERS = ['startChild', 'stopChild', 'disableChild', 'enableChild'] as const
const NAMES = ['a', 'b', 'c'] as const
type Name = (typeof NAMES)[number]

type Step =
  | { readonly kind: (typeof KINDS)[number] | (typeof ORDERS)[number]; readonly name: Name }
  | { readonly kind: 'advance'; readonly ms: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: named(...KINDS) },
  { weight: 2, arbitrary: named(...ORDERS) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('advance' as const),
      ms: fc.constantFrom(0, 1, 5, 50, 200, 1_000),
    }),
  },
)

function named<K extends string>(...kinds: K[]) {
  return fc.record({ kind: fc.constantFrom(...kinds), name: fc.constantFrom(...NAMES) })
}

const childSetting = fc.record({
  restart: fc.constantFrom('permanent' as const, 'transient' as const, 'temporary' as const),
  /** How long its init and its terminate take. */
  initMs: fc.constantFrom(0, 0, 3, 30),
  terminateMs: fc.constantFrom(0, 0, 3, 300),
  shutdownMs: fc.constantFrom(100, 'kill' as const, 'infinity' as const),
})

const setting = fc.record({
  type: fc.constantFrom('one-for-one' as const, 'all-for-one' as const, 'rest-for-one' as const),
  keepOrder: fc.boolean(),
  firstStart: fc.constant('retry' as const),
  children: fc.tuple(childSetting, childSetting, childSetting),
})
type Given = typeof setting extends fc.Arbitrary<infer T> ? T : never

const Child = protocol('child', { act: message<(context: ProcessContext) => unknown>() })

/** A supervisor and three children of whom every life is noted. */
class Stage {
  readonly #test: TestNode
  /** How often the next starts of each name still fail. */
  readonly #refusals = new Map<Name, number>()
  #boss: Pid<SupervisorProtocol> | undefined

  constructor(test: TestNode) {
    this.#test = test
  }

  async start({ children, ...rest }: Given): Promise<void> {
    const definition = supervisor({
      ...rest,
      intensity: { restarts: Number.POSITIVE_INFINITY, withinMs: 1 },
      backoff: { firstMs: 10, maxMs: 100, immediate: 1 },
      children: children.map(({ restart, shutdownMs, initMs, terminateMs }, at) => ({
        name: NAMES[at] as Name,
        start: this.#child(NAMES[at] as Name, initMs, terminateMs),
        restart,
        shutdownMs,
      })),
    })
    const spawned = this.#test.node.spawn(definition, { name: 'boss' })
    this.#boss = await this.#test.clock.until(spawned)
  }

  #child(name: Name, initMs: number, terminateMs: number) {
    return actor(Child, {
      started: async (_state: undefined, context) => {
        const left = this.#refusals.get(name) ?? 0
        this.#refusals.set(name, Math.max(0, left - 1))
        if (left > 0) throw new RangeError('not now')
        if (initMs > 0) await context.sleep(initMs)
      },
      on: { act: (_state, run, context) => run(context) },
      terminate: (_state, _reason, context) =>
        terminateMs > 0 ? context.sleep(terminateMs) : undefined,
    })
  }

  async apply(given: Step): Promise<void> {
    const { node, clock } = this.#test
    if (given.kind === 'advance') await clock.advance(given.ms)
    else if (given.kind === 'refuse') this.#refusals.set(given.name, 2)
    else if (given.kind === 'kill') {
      const pid = node.whereis(given.name)
      if (pid !== undefined) node.kill(pid)
    } else if (ORDERS.includes(given.kind as (typeof ORDERS)[number])) this.#order(given)
    else node.send(given.name, 'act', failing(given.kind))
    await clock.settle()
    this.#look(await this.#infos())
  }

  /** An order to the supervisor; it may be refused, and it may wait. */
  #order({ kind, name }: Exclude<Step, { readonly kind: 'advance' }>): void {
    const payload = kind === 'startChild' ? { name } : name
    const to = this.#boss as Pid
    void this.#test.node.call(to, kind, payload, { timeoutMs: 60_000 }).catch(() => {})
  }

  async #infos(): Promise<readonly ChildInfo[]> {
    return this.#test.node.call(this.#boss as Pid<SupervisorProtocol>, 'children')
  }

  /** What must hold at any time. */
  #look(infos: readonly ChildInfo[]): void {
    const { node } = this.#test
    for (const { name, pid, state } of infos) {
      const living = node.processes().filter((one) => node.processInfo(one)?.name === name)
      assert.ok(living.length <= 1, `${name} runs ${living.length} times`)
      if (state === 'running') assert.ok(pid !== undefined && node.isAlive(pid), `${name} runs`)
      if (state === 'stopped' || state === 'disabled' || state === 'ended') {
        assert.equal(pid, undefined, `${name} is ${state}`)
      }
    }
    const unnamed = node.processes().filter((one) => node.processInfo(one)?.name === undefined)
    assert.deepEqual(unnamed, [], 'nobody is left over')
  }

  /** After a quiet time everything that should run does, and there is nothing else. */
  async calm(): Promise<void> {
    const { node, clock } = this.#test
    this.#refusals.clear()
    await clock.advance(120_000)
    const infos = await this.#infos()
    this.#look(infos)
    for (const { name, state } of infos) {
      assert.ok(['running', 'stopped', 'disabled', 'ended'].includes(state), `${name} is ${state}`)
    }
    const running = infos.filter(({ state }) => state === 'running').length
    assert.equal(node.processes().length, 1 + running)
  }
}

function failing(kind: Step['kind']): (context: ProcessContext) => void {
  return (context) => {
    if (kind === 'throw') throw new RangeError('on purpose')
    context.stop(kind === 'normal' ? 'normal' : 'shutdown')
  }
}

async function holds(given: Given, steps: readonly Step[]): Promise<void> {
  const test = await testNode({ logLevel: 'silent' })
  const stage = new Stage(test)
  await stage.start(given)
  for (const one of steps) await stage.apply(one)
  await stage.calm()
  await test.stop()
  assert.equal(test.node.processes().length, 0)
  accountCloses(test.node)
}

describe('a supervisor', () => {
  it('has each child once, and none too many, whatever fails and whatever is asked', async () => {
    const steps = fc.array(step, { minLength: 5, maxLength: 30, size: 'max' })
    const seed = Number(process.env['TROUPE_SEED'] ?? 3)
    await fc.assert(fc.asyncProperty(setting, steps, holds), { numRuns: 300, seed })
  })
})
