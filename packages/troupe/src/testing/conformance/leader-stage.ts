/**
 * testing/conformance/leader-stage: what the cases of a leader play on.
 *
 * A stage is a few nodes that reach each other and whoever decides. Knows nothing of who that is:
 * whoever runs the suite says how nodes are made, how time passes, and what befalls them.
 */
import assert from 'node:assert/strict'
import { supervisor } from '#actor'
import type { ElectionOptions, Leadership, Node, Pid } from '#contract'
import {
  assertInOrder,
  type Diary,
  type Keeper,
  type KeeperGiven,
  keeper,
  NEWS,
  newDiary,
  whereIs,
} from './leader-keeper.js'

/** What a stage adds to the options of each election: who decides, and its times. */
export type StageElection = Omit<ElectionOptions, 'clusterId' | 'voters'>

/** Nodes on which one of several leads, ready for one case. Made anew for each. */
export interface LeaderStage {
  /** The names of its four nodes, as name@host; no two begin alike. */
  readonly nodes: readonly string[]
  /** How long it takes at most, after any loss, until another one leads and all know it. */
  readonly patienceMs: number
  /** How long it takes at most when the lead is given up in order; less than a lease lasts. */
  readonly handOverMs: number
  /** How often the suite looks on while time passes. */
  readonly stepMs: number
  /** Starts all nodes. Each life of each is given to `started`, which is waited for. */
  begin(started: (node: Node) => Promise<void>): Promise<void>
  /** For a process of a cluster on this node. */
  electionOf(node: string, clusterId: string): StageElection
  /** Lets time pass. */
  pass(ms: number): Promise<void>
  /** Waits for a promise and lets as much time pass as it needs. */
  until<T>(promise: Promise<T>): Promise<T>
  /** The program of a node dies without a word; its next life begins. */
  kill?(node: string): Promise<void> | void
  restart?(node: string): Promise<void> | void
  /** The program of a node stands still, and goes on. */
  freeze?(node: string): Promise<void> | void
  thaw?(node: string): Promise<void> | void
  /** A node and whoever decides do not hear each other any more, and do again. */
  cutOff?(node: string): Promise<void> | void
  mend?(node: string): Promise<void> | void
  /** Stops what still runs, and gives everything back. */
  close(): Promise<void>
}

/** What a case needs that not every stage has. `no-list`: whoever takes part may lead. */
export type LeaderNeed = 'killing' | 'freezing' | 'cutting' | 'voters' | 'no-list'

/** One fact of leaders and how it is tried. */
export interface LeaderFact {
  readonly title: string
  readonly needs?: readonly LeaderNeed[]
  play(play: LeaderPlay): Promise<void>
}

/** Which keepers a case begins with. */
export interface KeepersGiven {
  /** So many nodes have one, from the first; default 3. */
  readonly count?: number
  /** So many of the first nodes may lead; default 3; 'any' leaves that option out. */
  readonly voters?: number | 'any'
  readonly clusterId?: string
  readonly leads?: KeeperGiven['leads']
  readonly supervised?: boolean
}

/** Who leads among keepers. */
export interface Led {
  readonly leader: string
  readonly others: readonly string[]
}

/** A stage with the processes of a case, and what was seen of them. */
export class LeaderPlay {
  readonly stage: LeaderStage
  /** Of the newest life of each node. */
  readonly #nodes = new Map<string, Node>()
  readonly #diaries = new Map<string, Diary>()
  readonly #all: Diary[] = []
  readonly #down = new Set<string>()
  /** Who led in which term, by its diary. */
  readonly #holders = new Map<number, Diary>()
  #highest = 0
  /** What else must hold at every instant. */
  #watch: () => void = () => {}

  constructor(stage: LeaderStage) {
    this.stage = stage
  }

  /** The first nodes of the stage. */
  names(count = 3): readonly string[] {
    return this.stage.nodes.slice(0, count)
  }

  node(name: string): Node {
    const node = this.#nodes.get(name)
    assert.ok(node !== undefined, `${name} has begun`)
    return node
  }

  /** Starts the nodes; `started` is called for each life of each. */
  async begin(started: (node: Node, index: number) => Promise<void>): Promise<void> {
    await this.stage.begin(async (node) => {
      this.#nodes.set(node.name, node)
      await started(node, this.stage.nodes.indexOf(node.name))
    })
  }

  /** Starts keepers, and waits until one of them leads; its node and the others. */
  async keepers(given: KeepersGiven = {}): Promise<Led> {
    await this.start(given)
    const leader = await this.led()
    const { length } = this.alive
    // Acquaintance may take a moment longer.
    const knows = (name: string): boolean => this.leadership(name).peers.length === length - 1
    await this.passUntil(() => this.alive.every(knows), 'all know each other')
    return { leader, others: this.alive.filter((name) => name !== leader) }
  }

  /** Starts keepers. */
  async start(given: KeepersGiven = {}): Promise<void> {
    const { count = 3 } = given
    await this.begin(async (node, index) => {
      node.registerEvent(NEWS, { open: true })
      if (index < count) await this.keep(node, given)
    })
  }

  /** Starts the keeper of a node. */
  async keep(node: Node, given: KeepersGiven = {}): Promise<void> {
    const diary = newDiary()
    this.#diaries.set(node.name, diary)
    this.#all.push(diary)
    const args = this.argsOf(node, diary, given)
    if (given.supervised === true) {
      const children = [{ name: 'keeper', start: keeper, args }]
      await node.spawn(supervisor({ type: 'one-for-one', children }))
    } else await node.spawn(keeper, { name: 'keeper', args })
  }

  /** What a keeper is spawned with. */
  argsOf(node: Node, diary: Diary, given: KeepersGiven): [KeeperGiven] {
    const { clusterId = 'keep', leads, voters = 3 } = given
    const election = this.electionOf(node.name, clusterId, voters)
    return [{ diary, election, ...(leads && { leads }) }]
  }

  /** Who decides, and which of the first nodes may lead; 'any' leaves that option out. */
  electionOf(name: string, clusterId: string, voters: number | 'any' = 3): ElectionOptions {
    const who = voters === 'any' ? {} : { voters: this.names(voters) }
    return { ...this.stage.electionOf(name, clusterId), clusterId, ...who }
  }

  diary(name: string): Diary {
    const diary = this.#diaries.get(name)
    assert.ok(diary !== undefined, `${name} has a keeper`)
    return diary
  }

  lines(name: string): readonly string[] {
    return this.diary(name).lines
  }

  leadership(name: string): Leadership {
    const { leadership } = this.diary(name)
    assert.ok(leadership !== undefined, `the keeper of ${name} has begun`)
    return leadership
  }

  /** The process of a node. */
  keeperOf(name: string): Pid<typeof Keeper> {
    const pid = this.node(name).whereis('keeper')
    assert.ok(pid !== undefined, `${name} has a keeper`)
    return pid as Pid<typeof Keeper>
  }

  /** The keeper of a node has ended. */
  hasEnded(name: string): boolean {
    return this.node(name).whereis('keeper') === undefined
  }

  /** The nodes with a keeper that are there. */
  get alive(): readonly string[] {
    return [...this.#diaries.keys()].filter((name) => !this.#down.has(name))
  }

  /** The nodes whose process leads now. */
  get leaders(): readonly string[] {
    return this.alive.filter((name) => this.diary(name).leadership?.isLeader === true)
  }

  /** Lets time pass until one of these leads and the others know it; its node. */
  async led(among: readonly string[] = this.alive): Promise<string> {
    const isLed = (): boolean => {
      const [one] = this.leaders.filter((name) => among.includes(name))
      if (one === undefined) return false
      return among.every((name) => this.diary(name).leadership?.leader?.node === one)
    }
    await this.passUntil(isLed, `one of ${among.join(' ')} leads and the others know it`)
    return this.leaders.find((name) => among.includes(name)) ?? ''
  }

  /** Lets time pass, and looks on. */
  async pass(ms: number): Promise<void> {
    for (let leftMs = ms; leftMs > 0; leftMs -= this.stage.stepMs) {
      await this.stage.pass(Math.min(this.stage.stepMs, leftMs))
      this.look()
    }
  }

  /** Lets time pass until something holds; how long that was. */
  async passUntil(holds: () => boolean, what: string): Promise<number> {
    const { patienceMs, stepMs } = this.stage
    let tookMs = 0
    for (; !holds(); tookMs += stepMs) {
      assert.ok(tookMs < 3 * patienceMs, `${what}, within ${3 * patienceMs} ms; ${this.told()}`)
      await this.pass(stepMs)
    }
    return tookMs
  }

  until<T>(promise: Promise<T>): Promise<T> {
    return this.stage.until(promise)
  }

  /** What holds at every instant: one leads at most, and no term has two leaders. */
  look(): void {
    this.#watch()
    const { leaders } = this
    assert.ok(leaders.length <= 1, `two lead: ${leaders.join(' ')}; ${this.told()}`)
    const [one] = leaders
    if (one === undefined) return
    const diary = this.diary(one)
    const { term } = this.leadership(one)
    assert.ok(term >= this.#highest, `term ${term} of ${one} is below ${this.#highest}`)
    this.#highest = term
    const known = this.#holders.get(term)
    assert.ok(known === undefined || known === diary, `term ${term} has two leaders`)
    this.#holders.set(term, diary)
  }

  /** Lets time pass until one of these leads; how long that was. */
  leadsSoon(names: readonly string[]): Promise<number> {
    const leads = (): boolean => this.leaders.some((name) => names.includes(name))
    return this.passUntil(leads, `one of ${names.join(' ')} leads`)
  }

  /** From now on this is looked at, too. */
  watch(look: () => void): void {
    this.#watch = look
  }

  /** Its program has died, or was stopped. */
  isDown(name: string): boolean {
    return this.#down.has(name)
  }

  async kill(name: string): Promise<void> {
    this.#down.add(name)
    await this.stage.kill?.(name)
  }

  async restart(name: string): Promise<void> {
    await this.stage.restart?.(name)
    this.#down.delete(name)
  }

  async freeze(name: string): Promise<void> {
    await this.stage.freeze?.(name)
  }

  async thaw(name: string): Promise<void> {
    await this.stage.thaw?.(name)
  }

  async cutOff(name: string): Promise<void> {
    await this.stage.cutOff?.(name)
  }

  async mend(name: string): Promise<void> {
    await this.stage.mend?.(name)
  }

  /** An orderly end of a node. */
  async stop(name: string): Promise<void> {
    this.#down.add(name)
    await this.stage.until(this.node(name).stop())
  }

  /** What all were told, for who asks why. */
  told(): string {
    const line = ([name, { lines, leadership }]: readonly [string, Diary]): string =>
      `${name} in term ${leadership?.term} of ${whereIs(leadership?.leader)}: ${lines.join(', ')}`
    return [...this.#diaries].map(line).join('; ')
  }

  async close(): Promise<void> {
    try {
      for (const { lines } of this.#all) assertInOrder(lines)
    } finally {
      await this.stage.close()
    }
  }
}
