/**
 * Whatever happens to nodes and to two servers, what is told makes sense and ends with the truth.
 */
import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { RegistrarEvent } from 'troupe'
import { type Random, seededRandom } from 'troupe/testing'
import { type HubName, type Life, TwoHubs, wordOf } from './composite-kit.js'

const SEEDS = 30
const STEPS = 60
const NODES = ['b@h', 'c@h', 'd@h']
const APPLICATIONS = ['shop', 'bank']
const WAYS: readonly (readonly HubName[])[] = [['A'], ['A', 'B'], ['B']]
const STATES = ['loaded', 'starting', 'running', 'stopping'] as const

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T

const STATE_TOLD: Readonly<Record<string, string>> = {
  ...{ 'application-loaded': 'loaded', 'application-stopped': 'loaded' },
  ...{ 'application-starting': 'starting', 'application-started': 'running' },
  ...{ 'application-stopping': 'stopping', 'application-unloaded': 'gone' },
}

/** What became of each application of each life of a node, in order. */
class Story {
  readonly #words = new Map<string, string[]>()

  add(key: string, word: string): void {
    const words = this.#words.get(key)
    if (words === undefined) this.#words.set(key, [word])
    else words.push(word)
  }

  /** Nothing is told twice, nor in another order; some of it may be left out. */
  tells(truth: Story): void {
    for (const [key, told] of this.#words) {
      const words = truth.#words.get(key) ?? []
      let at = -1
      for (const word of told) {
        at = words.indexOf(word, at + 1)
        // A node takes with it what ran there.
        const isEnd = word === 'gone' && word === told.at(-1)
        assert.ok(at >= 0 || isEnd, `${key}: told ${told.join(', ')}; was ${words.join(', ')}`)
      }
    }
  }
}

/** What a watcher believes after what it was told; asserts that each word may follow. */
class Belief {
  readonly nodes = new Map<string, number>()
  readonly applications = new Set<string>()
  readonly story = new Story()
  readonly #states = new Map<string, string>()

  hear(event: RegistrarEvent): void {
    const word = wordOf(event)
    if (event.kind.startsWith('application-') && 'name' in event) {
      const key = `${event.name} ${event.node}`
      const life = `${key} ${this.nodes.get(event.node)}`
      const state = STATE_TOLD[event.kind] ?? this.#states.get(life) ?? ''
      this.#states.set(life, state)
      this.story.add(life, state === 'gone' ? state : `${state} ${event.weight}`)
      assert.ok(this.nodes.has(event.node), `${word}: its node is known`)
      if (event.kind !== 'application-unloaded') this.applications.add(key)
      else assert.ok(this.applications.delete(key), `${word}: it was there`)
    } else if (event.kind === 'node-joined') {
      assert.equal(this.nodes.has(event.node), false, `${word}: it was not there`)
      this.nodes.set(event.node, event.creation)
    } else if (event.kind === 'node-left') {
      assert.equal(this.nodes.get(event.node), event.creation, `${word}: that life was there`)
      this.nodes.delete(event.node)
      const left = [...this.applications].filter((key) => key.endsWith(` ${event.node}`))
      assert.deepEqual(left, [], `${word}: nothing runs there any more`)
    } else if ('node' in event) {
      assert.ok(this.nodes.has(event.node), `${word}: it is known`)
    }
  }
}

class Trial {
  readonly #hubs = new TwoHubs()
  readonly #random: Random
  readonly #lives = new Map<string, Life>()
  readonly #cut = new Set<HubName>()
  readonly #truth = new Story()
  readonly steps: string[] = []

  constructor(seed: number) {
    this.#random = seededRandom(seed)
  }

  async play(): Promise<void> {
    const watcher = await this.#hubs.begin('w@h', ['A', 'B'])
    for (let at = 0; at < STEPS; at += 1) {
      await this.#step()
      await this.#hubs.pass(this.#random.below(8))
    }
    for (const hub of this.#cut) this.#hubs[hub].mend('w@h')
    await this.#hubs.pass(2_000)
    const belief = new Belief()
    for (const event of watcher.events) belief.hear(event)
    this.#compare(watcher, belief)
    belief.story.tells(this.#truth)
  }

  async #step(): Promise<void> {
    const random = this.#random
    const node = pick(random, NODES)
    const life = this.#lives.get(node)
    const name = pick(random, APPLICATIONS)
    const act = random.below(6)
    this.steps.push(`${act} ${node} ${name}`)
    if (act === 0 || life === undefined) await this.#replace(node)
    else if (act === 1) this.#removeFrom(life, name)
    else if (act === 2) this.#cutOrMend(pick(random, ['A', 'B']))
    else this.#putOn(life, name)
  }

  #removeFrom(life: Life, name: string): void {
    life.registrar.removeApplication(name)
    this.#truth.add(`${name} ${life.node} ${life.creation}`, 'gone')
  }

  #putOn(life: Life, name: string): void {
    const state = pick(this.#random, STATES)
    const weight = this.#random.below(3)
    life.put(name, { state, weight })
    this.#truth.add(`${name} ${life.node} ${life.creation}`, `${state} ${weight}`)
  }

  /** A life ends, if there is one, and another one begins. */
  async #replace(node: string): Promise<void> {
    await this.#lives.get(node)?.stop()
    this.#lives.delete(node)
    if (this.#random.below(4) === 0) return
    this.#lives.set(node, await this.#hubs.begin(node, pick(this.#random, WAYS)))
  }

  /** The watcher and a server lose each other; never both, as the last word would be of neither. */
  #cutOrMend(hub: HubName): void {
    if (this.#cut.delete(hub)) this.#hubs[hub].mend('w@h')
    else if (this.#cut.size === 0) {
      this.#cut.add(hub)
      this.#hubs[hub].cutOff('w@h')
    }
  }

  #compare(watcher: Life, belief: Belief): void {
    const { A, B } = this.#hubs
    const there = [...new Set([...A.nodes(), ...B.nodes()].map(({ node }) => node))]
    const others = there.filter((node) => node !== 'w@h').sort()
    assert.deepEqual(watcher.names, others, 'the nodes that are there')
    assert.deepEqual([...belief.nodes.keys()].sort(), others, 'the nodes that were told')
    const running = [...A.applications(), ...B.applications()]
    const where = [...new Set(running.map((route) => `${route.name} ${route.node}`))].sort()
    assert.deepEqual([...watcher.where()].sort(), where, 'the applications that are there')
    assert.deepEqual([...belief.applications].sort(), where, 'the applications that were told')
    for (const { name, node, state, weight } of running) {
      const route = watcher.registrar.applications(name).find((one) => one.node === node)
      assert.deepEqual([route?.state, route?.weight], [state, weight], `${name} ${node} as it is`)
    }
  }
}

describe('a composite registrar under chance', () => {
  it(`tells a story that makes sense and ends with the truth, for ${SEEDS} seeds`, async () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      const trial = new Trial(seed)
      await trial.play().catch((thrown: unknown) => {
        throw new assert.AssertionError({
          message: `seed ${seed}: ${String(thrown)}\n${trial.steps.join('\n')}`,
        })
      })
    }
  })
})
