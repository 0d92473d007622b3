/**
 * Names, aliases and events against plain tables: whom each leads to, and who is told what.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import {
  type Alias,
  actor,
  type EventToken,
  eventName,
  message,
  type Node,
  type Pid,
  type ProcessContext,
  processName,
  protocol,
  TroupeError,
} from 'troupe'
import { testNode } from 'troupe/testing'
import { accountCloses } from '#test/scenarios/bad-input'

const KINDS = [
  'register',
  'unregister',
  'alias',
  'delete-alias',
  'own-event',
  'drop-event',
  'publish',
  'subscribe',
  'unsubscribe',
  'watch-name',
  'watch-alias',
  'send-name',
  'send-alias',
  'kill',
] as const

/** What one process does; `what` chooses a name, an alias or an event. */
interface Step {
  readonly kind: (typeof KINDS)[number]
  readonly by: number
  readonly what: number
}

const PEOPLE = 4
const NAMES = 3
const BUFFER = 2
const step: fc.Arbitrary<Step> = fc.record({
  kind: fc.constantFrom(...KINDS),
  by: fc.nat(PEOPLE - 1),
  what: fc.nat(NAMES - 1),
})

interface Topic {
  readonly owner: number
  readonly buffer: number[]
  readonly subscribers: Set<number>
}

class Model {
  readonly seen: string[][] = Array.from({ length: PEOPLE }, () => [])
  readonly #alive = new Set(Array.from({ length: PEOPLE }, (_, at) => at))
  readonly #names = new Map<number, number>()
  /** Owners of all aliases ever made; undefined once deleted. */
  readonly #aliases: (number | undefined)[] = []
  readonly #topics = new Map<number, Topic>()
  readonly #watches: { readonly by: number; readonly target: string; open: boolean }[] = []
  #published = 0

  alive(by: number): boolean {
    return this.#alive.has(by)
  }

  /** Gives what the verb answers. */
  apply({ kind, by, what }: Step): string {
    switch (kind) {
      case 'register':
        return this.#register(by, what)
      case 'unregister':
        return this.#unregister(by, 'unregistered')
      case 'alias':
        this.#aliases.push(by)
        return 'fine'
      case 'delete-alias':
        return this.#deleteAlias(by, what)
      case 'watch-name':
        return this.#watch(by, `name n${what}`, this.#names.has(what))
      case 'watch-alias':
        if (what >= this.#aliases.length) return 'none yet'
        return this.#watch(by, `alias ${what}`, this.#aliases[what] !== undefined)
      case 'send-name':
        return this.#send(this.#names.get(what), `to n${what}`, 'NAME_UNKNOWN')
      case 'send-alias':
        if (what >= this.#aliases.length) return 'none yet'
        return this.#send(this.#aliases[what], `to alias ${what}`, 'ALIAS_UNKNOWN')
      case 'kill':
        this.#kill(by)
        return 'fine'
      default:
        return this.#applyEvent(kind, by, what)
    }
  }

  #applyEvent(kind: string, by: number, what: number): string {
    const topic = this.#topics.get(what)
    if (kind === 'own-event') {
      if (topic !== undefined) return 'NAME_TAKEN'
      this.#topics.set(what, { owner: by, buffer: [], subscribers: new Set() })
      return 'fine'
    }
    if (topic === undefined) return kind === 'unsubscribe' ? 'fine' : 'EVENT_UNKNOWN'
    if (kind === 'drop-event') {
      if (topic.owner !== by) return 'EVENT_NOT_OWNED'
      this.#dropEvent(what, 'unregistered')
    } else if (kind === 'publish') this.#publish(what, topic)
    else if (kind === 'unsubscribe') {
      topic.subscribers.delete(by)
      for (const watch of this.#watches) {
        if (watch.by === by && watch.target === `event e${what}`) watch.open = false
      }
    } else {
      topic.subscribers.add(by)
      this.#watch(by, `event e${what}`, true)
      return `fine, missed ${topic.buffer.join(' ')}`
    }
    return 'fine'
  }

  #register(by: number, what: number): string {
    if ([...this.#names.values()].includes(by)) return 'NOT_ALLOWED'
    if (this.#names.has(what)) return 'NAME_TAKEN'
    this.#names.set(what, by)
    return 'fine'
  }

  #unregister(by: number, reason: string): string {
    for (const [name, holder] of this.#names) {
      if (holder !== by) continue
      this.#names.delete(name)
      this.#gone(`name n${name}`, reason)
    }
    return 'fine'
  }

  #deleteAlias(by: number, what: number): string {
    if (what >= this.#aliases.length) return 'none yet'
    const owner = this.#aliases[what]
    if (owner === undefined) return 'ALIAS_UNKNOWN'
    if (owner !== by) return 'ALIAS_NOT_OWNED'
    this.#aliases[what] = undefined
    this.#gone(`alias ${what}`, 'unregistered')
    return 'fine'
  }

  #dropEvent(what: number, reason: string): void {
    this.#topics.delete(what)
    this.#gone(`event e${what}`, reason)
  }

  #publish(what: number, { buffer, subscribers }: Topic): void {
    this.#published += 1
    buffer.push(this.#published)
    if (buffer.length > BUFFER) buffer.shift()
    for (const at of subscribers) this.seen[at]?.push(`event e${what} ${this.#published}`)
  }

  #watch(by: number, target: string, exists: boolean): string {
    this.#watches.push({ by, target, open: exists })
    if (!exists) this.seen[by]?.push(`down ${target} no-process`)
    return 'fine'
  }

  #gone(target: string, reason: string): void {
    for (const watch of this.#watches) {
      if (watch.target !== target || !watch.open) continue
      watch.open = false
      if (this.#alive.has(watch.by)) this.seen[watch.by]?.push(`down ${target} ${reason}`)
    }
  }

  #send(to: number | undefined, note: string, code: string): string {
    if (to === undefined) return code
    this.seen[to]?.push(note)
    return 'fine'
  }

  #kill(by: number): void {
    this.#alive.delete(by)
    for (const watch of this.#watches) if (watch.by === by) watch.open = false
    for (const { subscribers } of this.#topics.values()) subscribers.delete(by)
    this.#unregister(by, 'killed')
    for (const [what, { owner }] of this.#topics) if (owner === by) this.#dropEvent(what, 'killed')
    for (const [at, owner] of this.#aliases.entries()) {
      if (owner !== by) continue
      this.#aliases[at] = undefined
      this.#gone(`alias ${at}`, 'killed')
    }
  }
}

const Person = protocol('person', {
  act: message<(context: ProcessContext) => unknown>(),
  note: message<string>(),
})

const nameOf = (what: number) => processName(`n${what}`, Person)
const eventOf = (what: number) => eventName<number>(`e${what}`)

/** The same steps on a node. */
class Stage {
  readonly seen: string[][] = []
  readonly #node: Node
  readonly #pids: Pid<typeof Person>[] = []
  readonly #aliases: Alias<typeof Person>[] = []
  readonly #tokens = new Map<number, EventToken<number>>()
  #published = 0

  constructor(node: Node) {
    this.#node = node
  }

  async start(): Promise<void> {
    const person = actor(Person, {
      init: (own: string[]) => own,
      on: { act: (_own, run, context) => run(context), note: (own, what) => void own.push(what) },
      handleDown: (own, { target, reason }) => {
        const told =
          target.kind === 'alias' ? this.#placeOf(target) : (target as { name: string }).name
        own.push(`down ${target.kind} ${told} ${String(reason)}`)
      },
      handleEvent: (own, { event, message: told }) => void own.push(`event ${event.name} ${told}`),
    })
    for (let i = 0; i < PEOPLE; i += 1) {
      const own: string[] = []
      this.#pids.push(await this.#node.spawn(person, { args: [own] }))
      this.seen.push(own)
    }
  }

  #placeOf(alias: Alias): number {
    return this.#aliases.findIndex(({ id }) => id === alias.id)
  }

  /** Gives what the verb answers, once all has settled. */
  apply(given: Step): { answer: string } {
    const outcome = { answer: 'not done' }
    const pid = this.#pids[given.by] as Pid<typeof Person>
    this.#node.send(pid, 'act', async (context) => {
      try {
        outcome.answer = String((await this.#act(given, context)) ?? 'fine')
      } catch (error) {
        outcome.answer = TroupeError.is(error) ? error.code : `not coded: ${String(error)}`
      }
    })
    return outcome
  }

  #act({ kind, what }: Step, context: ProcessContext): unknown {
    const alias = this.#aliases[what]
    if (kind.endsWith('-alias') && alias === undefined) return 'none yet'
    switch (kind) {
      case 'register':
        return context.register(`n${what}`)
      case 'unregister':
        return context.unregister()
      case 'alias':
        return void this.#aliases.push(context.createAlias() as Alias<typeof Person>)
      case 'delete-alias':
        return context.deleteAlias(alias as Alias)
      case 'watch-name':
        return void context.monitor(nameOf(what))
      case 'watch-alias':
        return void context.monitor(alias as Alias)
      case 'send-name':
        return context.send(nameOf(what), 'note', `to n${what}`)
      case 'send-alias':
        return context.send(alias as Alias<typeof Person>, 'note', `to alias ${what}`)
      case 'kill':
        return context.kill(context.self)
      default:
        return this.#event(kind, what, context)
    }
  }

  async #event(kind: Step['kind'], what: number, context: ProcessContext): Promise<unknown> {
    const event = eventOf(what)
    if (kind === 'own-event') {
      this.#tokens.set(what, context.registerEvent(event, { buffer: BUFFER }))
      return undefined
    }
    if (kind === 'unsubscribe') return context.unsubscribe(event)
    if (kind === 'subscribe') {
      const { missed } = await context.subscribe(event)
      return `fine, missed ${missed.map(({ message: told }) => told).join(' ')}`
    }
    const token = this.#tokens.get(what)
    if (token === undefined) return 'EVENT_UNKNOWN'
    if (kind === 'drop-event') return context.unregisterEvent(token)
    context.publish(token, this.#published + 1)
    this.#published += 1
    return undefined
  }
}

async function agrees(steps: readonly Step[]): Promise<void> {
  await using test = await testNode()
  const { node, clock } = test
  const [model, stage] = [new Model(), new Stage(node)]
  await stage.start()
  for (const given of steps) {
    if (!model.alive(given.by)) continue
    const outcome = stage.apply(given)
    await clock.settle()
    assert.equal(outcome.answer, model.apply(given), JSON.stringify(given))
    assert.deepEqual(stage.seen, model.seen)
  }
  accountCloses(node)
}

describe('names, aliases and events', () => {
  it('lead, and are told of, as the plain tables say', async () => {
    const steps = fc.array(step, { minLength: 20, maxLength: 60, size: 'max' })
    await fc.assert(fc.asyncProperty(steps, agrees), {
      numRuns: 800,
      seed: Number(process.env['TROUPE_SEED'] ?? 2),
    })
  })
})
