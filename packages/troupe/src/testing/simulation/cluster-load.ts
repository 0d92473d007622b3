/**
 * testing/simulation/cluster-load: what the programs of a cluster do while faults befall it.
 *
 * Sends of every kind, calls, links, monitors, exit signals and events, at random times and in
 * bursts, each written to the journal before it is done. A host that does not run does nothing.
 */
import type { Random } from '#base/random'
import {
  eventName,
  type ImportantFailure,
  Pid,
  type Priority,
  type ProcessContext,
  processName,
  TroupeError,
} from '#contract'
import type { ClusterMember, SimulatedCluster } from './cluster.js'
import {
  type Contexts,
  Desk,
  deskActor,
  ended,
  type LeafDuties,
  leafActor,
  observerActor,
} from './cluster-actors.js'
import type { ClusterJournal, Leaf, Listening, Relation, SentMessage } from './cluster-journal.js'
import { nodeOn } from './cluster-member.js'

export const NEWS = 'news'
const DESKS = ['quick', 'second', 'slow', 'narrow'] as const
type DeskName = (typeof DESKS)[number]
const SENDERS: readonly DeskName[] = ['quick', 'second']
/** Over a quiet way nothing is sent: events come over it, whose subscriptions are made early. */
const QUIET_ONE_IN = 5
const QUIET_LISTEN_MS = 3_000
/** After that all ways are used: those that live may have quiet ways alone. */
const QUIET_MS = 30_000
const LARGE_BYTES_MIN = 66_000
const LARGE_BYTES_SPAN = 200_000

/** One thing to be sent. */
interface Order {
  readonly member: ClusterMember
  readonly sender: DeskName
  readonly host: string
  readonly desk: DeskName
}

export class ClusterLoad {
  readonly #cluster: SimulatedCluster
  readonly #journal: ClusterJournal
  readonly #random: Random
  readonly #contexts = new Map<ClusterMember, Contexts>()
  readonly #desks = new Map<string, Pid>()
  readonly #duties: LeafDuties[] = []
  /** Ways between two hosts, in the order of their names. */
  readonly #quiet: ReadonlySet<string>
  #leafTasks = 0

  constructor(cluster: SimulatedCluster, journal: ClusterJournal, random: Random) {
    this.#cluster = cluster
    this.#journal = journal
    this.#random = random
    this.#quiet = quietWays(cluster, random)
  }

  get duties(): readonly LeafDuties[] {
    return this.#duties
  }

  /** Leaves that are being made. */
  get busy(): boolean {
    return this.#leafTasks > 0
  }

  /** Gives a node its processes: called at the start of each life. */
  async furnish(member: ClusterMember): Promise<void> {
    const contexts: Contexts = new Map()
    const self = (): ClusterMember => member
    const { node } = member
    await node.spawnAny(observerActor(this.#journal, self, this.#nowMs))
    for (const name of DESKS) {
      const pid = await node.spawnAny(deskActor(this.#journal, self, contexts, name), { name })
      this.#desks.set(`${member.key}/${name}`, away(pid))
    }
    this.#contexts.set(member, contexts)
  }

  isFurnished(member: ClusterMember): boolean {
    return this.#contexts.has(member)
  }

  /** One round: a random node does some things at once. */
  round(messages: number): void {
    const member = this.#pick(this.#cluster.members.filter((one) => this.#canAct(one)))
    if (member === undefined) return
    const host = this.#pick(this.#cluster.knownTo(member.host.name)) as string
    if (this.#isQuiet(member.host.name, host) && this.#nowMs() < QUIET_MS) {
      if (this.#nowMs() < QUIET_LISTEN_MS) void this.#listen(member, host, true)
      return
    }
    const burst = 1 + this.#random.below(2 * messages)
    const sender = this.#pick(SENDERS) as DeskName
    for (let i = 0; i < burst; i += 1) {
      const desk = this.#pick(DESKS) as DeskName
      this.#sendOne({ member, sender, host, desk })
    }
    const other = this.#random.below(10)
    if (other < 3) void this.#relate(member, host)
    else if (other < 5) this.#endLeaf(member)
    else if (other === 5) void this.#listen(member, host, this.#random.below(2) === 0)
    else if (other === 6) this.#demonitor(member)
    else this.#publish(member)
  }

  /** Everybody asks everybody it knows that is still there, and tells each of its desks. */
  probe(): readonly SentMessage[] {
    const asked: SentMessage[] = []
    for (const member of this.#cluster.members) {
      if (!this.#canAct(member)) continue
      this.#publish(member)
      for (const host of this.#cluster.knownTo(member.host.name)) {
        const isThere = this.#cluster.member(host) !== undefined
        if (!isThere || this.#isQuiet(member.host.name, host)) continue
        for (const desk of DESKS) {
          const order = { member, sender: 'quick' as const, host, desk }
          if (desk === 'narrow') continue
          asked.push(desk === 'quick' ? this.#call(order, 2_000, 'ask') : this.#plain(order))
        }
      }
    }
    return asked
  }

  readonly #nowMs = (): number => this.#cluster.clock.nowMs()

  #isQuiet(one: string, other: string): boolean {
    return this.#quiet.has(wayKey(one, other))
  }

  #maySend(from: string, to: string): boolean {
    return this.#cluster.knownTo(from).includes(to) && !this.#isQuiet(from, to)
  }

  #canAct(member: ClusterMember): boolean {
    return member.isRunning && this.#contexts.has(member)
  }

  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#random.below(Math.max(1, list.length))]
  }

  #sendOne(order: Order): void {
    const way = this.#random.below(20)
    if (order.desk === 'narrow') this.#toNarrow(order, way)
    else if (way < 13) this.#plain(order)
    else if (way < 15) void this.#confirmed(order, way === 13 ? 'important' : 'when-room')
    else this.#call(order, ...this.#anyCall())
  }

  /** A message that finds no room there is told to its sender, whichever way it came. */
  #toNarrow(order: Order, way: number): void {
    if (way > 3) void this.#confirmed(order, 'when-room')
    else if (way > 1) void this.#confirmed(order, 'important')
    else this.#call(order, ...this.#anyCall())
  }

  #anyCall(): readonly [number, 'ask' | 'never'] {
    const kind = this.#random.below(12)
    if (kind === 0) return [Number.POSITIVE_INFINITY, 'ask']
    if (kind === 1) return [300 + this.#random.below(1_000), 'never']
    return [kind < 6 ? 50 + this.#random.below(300) : 5_000, 'ask']
  }

  #plain(order: Order): SentMessage {
    const sent = this.#note(order, 'send', 0)
    const context = this.#contextOf(order)
    const { priority } = sent
    const failure = context.send(this.#target(order, sent), 'note', this.#parcel(sent), {
      priority,
    })
    sent.outcome = failure ?? 'accepted'
    return sent
  }

  async #confirmed(order: Order, form: 'important' | 'when-room'): Promise<void> {
    const sent = this.#note(order, form, 0)
    const context = this.#contextOf(order)
    const target = this.#target(order, sent)
    const given = [this.#parcel(sent), { priority: sent.priority }] as const
    const failure: ImportantFailure | undefined =
      form === 'important'
        ? await context.sendImportant(target, 'note', ...given)
        : await context.sendWhenRoom(target, 'note', ...given)
    if (order.member.isAlive) this.#journal.settle(sent, failure ?? 'confirmed', this.#nowMs())
  }

  #call(order: Order, timeoutMs: number, request: 'ask' | 'never'): SentMessage {
    const sent = this.#note(order, 'call', timeoutMs)
    const context = this.#contextOf(order)
    const options = { timeoutMs, priority: sent.priority }
    const asked = context.call(this.#target(order, sent), request, this.#parcel(sent), options)
    const settle = (outcome: string): void => {
      if (order.member.isAlive) this.#journal.settle(sent, outcome, this.#nowMs())
    }
    asked.then(
      (id) => settle(id === sent.id ? 'answered' : `another answer: ${id}`),
      (error: unknown) => settle(TroupeError.is(error) ? error.code : String(error)),
    )
    return sent
  }

  #contextOf({ member, sender }: Order): ProcessContext {
    return this.#contexts.get(member)?.get(sender) as ProcessContext
  }

  #note(order: Order, form: SentMessage['form'], timeoutMs: number): SentMessage {
    const { member, sender, host, desk } = order
    const priority = this.#pick(['normal', 'normal', 'normal', 'high', 'max']) as Priority
    const byPid = this.#random.below(2) === 0
    const target = this.#cluster.member(host)
    const life =
      byPid && target !== undefined && this.#contexts.has(target) ? target.life : undefined
    const isLarge = this.#random.below(40) === 0
    // A waiting message is overtaken by what does not wait. Order between two kinds of addresses
    // of one receiver is not promised for large messages.
    const address = life === undefined ? 'name' : 'pid'
    const lane = `${priority} ${address}${desk === 'narrow' ? ` ${form}` : ''}`
    const stream = `${member.key}/${sender} > ${host}/${desk} ${lane}`
    const sent: SentMessage = {
      ...{ id: this.#journal.sent.length, form, from: member, toHost: host, toLife: life, stream },
      ...{ number: this.#journal.next(stream), priority, atMs: this.#nowMs(), timeoutMs },
      bytes: isLarge ? LARGE_BYTES_MIN + this.#random.below(LARGE_BYTES_SPAN) : 0,
      ...{ outcome: 'pending', outcomes: 0, outcomeMs: 0, received: 0, receivedBy: '' },
    }
    this.#journal.sent.push(sent)
    return sent
  }

  #parcel({ id, bytes }: SentMessage) {
    return bytes === 0 ? { id } : { id, pad: new Uint8Array(bytes) }
  }

  #target({ host, desk }: Order, { toLife }: SentMessage) {
    const pid = toLife === undefined ? undefined : this.#desks.get(`${host}.${toLife}/${desk}`)
    return (pid ?? processName(desk, Desk, nodeOn(host))) as Pid<typeof Desk>
  }

  async #leaf(member: ClusterMember): Promise<LeafDuties> {
    let duties: LeafDuties | undefined
    const self = { ...BLANK, context: undefined } as unknown as LeafDuties
    duties = self
    this.#leafTasks += 1
    const spec = leafActor(this.#journal, () => duties as LeafDuties, this.#nowMs)
    const pid = await member.node.spawnAny(spec)
    this.#leafTasks -= 1
    const id = this.#journal.leaves.length
    const leaf: Leaf = { id, member, pid: away(pid), endedMs: undefined, reason: undefined }
    Object.assign(self, { leaf, relations: [], listening: undefined })
    this.#journal.leaves.push(leaf)
    this.#duties.push(self)
    return self
  }

  /** A new leaf here watches and links a leaf there, an old or a new one. */
  async #relate(member: ClusterMember, host: string): Promise<void> {
    const far = this.#cluster.member(host)
    if (far === undefined || !this.#contexts.has(far)) return
    const wantsOld = this.#random.below(3) === 0
    const olds = this.#duties.filter(({ leaf }) => leaf.member.host.name === host)
    const old = wantsOld ? this.#pick(olds) : undefined
    const wants = this.#random.below(3)
    const target = old ?? (await this.#leaf(far))
    const watcher = await this.#leaf(member)
    if (!member.isRunning || watcher.context === undefined) return
    if (wants !== 0) this.#monitor(watcher, target)
    if (wants === 1) this.#monitor(watcher, target)
    if (wants !== 1) this.#link(watcher, target)
  }

  #monitor(watcher: LeafDuties, target: LeafDuties): void {
    const ref = watcher.context?.monitor(target.leaf.pid)
    watcher.relations.push(this.#relation('monitor', watcher, target, ref))
  }

  /** From then on its watcher must not be told. */
  #demonitor(member: ClusterMember): void {
    const own = this.#duties.filter(({ leaf }) => leaf.member === member)
    const open = own.flatMap(({ context, relations }) =>
      relations.flatMap((relation) => (relation.ref === undefined ? [] : [{ context, relation }])),
    )
    const one = this.#pick(open.filter(({ relation }) => !relation.withdrawn))
    if (one?.relation.ref === undefined || one.relation.watcher.endedMs !== undefined) return
    one.relation.withdrawn = true
    one.context?.demonitor(one.relation.ref)
  }

  #link(watcher: LeafDuties, target: LeafDuties): void {
    watcher.relations.push(this.#relation('link', watcher, target, undefined))
    target.relations.push(this.#relation('link-back', target, watcher, undefined))
    watcher.context?.link(target.leaf.pid)
  }

  #relation(
    kind: Relation['kind'],
    watcher: LeafDuties,
    target: LeafDuties,
    ref: Relation['ref'],
  ): Relation {
    const ends = { watcher: watcher.leaf, target: target.leaf }
    const relation = { kind, ...ends, atMs: this.#nowMs(), ref, told: [], withdrawn: false }
    this.#journal.relations.push(relation)
    return relation
  }

  /** A leaf ends: by itself, by a kill, or by a signal from another node. */
  #endLeaf(member: ClusterMember): void {
    const living = this.#duties.filter(({ leaf }) => leaf.endedMs === undefined)
    const duties = this.#pick(living.filter(({ relations }) => relations.length > 0))
    if (duties === undefined) return
    const { leaf } = duties
    const how = this.#random.below(3)
    if (how === 0 && this.#canAct(leaf.member)) {
      ended(leaf, 'killed', this.#nowMs())
      leaf.member.node.kill(localPid(leaf))
    } else if (how === 1 && this.#canAct(leaf.member)) {
      leaf.member.node.exit(localPid(leaf), order(leaf.id))
    } else if (this.#maySend(member.host.name, leaf.member.host.name)) {
      this.#contexts.get(member)?.get('quick')?.exit(leaf.pid, order(leaf.id))
    }
  }

  async #listen(member: ClusterMember, host: string, resubscribe: boolean): Promise<void> {
    const duties = await this.#leaf(member)
    if (!member.isRunning || duties.context === undefined) return
    const listening: Listening = {
      ...{ leaf: duties.leaf, host, resubscribe, state: 'joining', early: [], last: undefined },
      ...{ refs: [], downs: 0, gaps: 0, events: 0 },
    }
    duties.listening = listening
    this.#journal.listenings.push(listening)
    try {
      const event = eventName<{ readonly n: number }>(NEWS, nodeOn(host))
      const { ref, missed } = await duties.context.subscribe(event, { resubscribe })
      if (!member.isAlive) return
      listening.refs.push(ref)
      listening.last = missed.at(-1)?.message.n
      listening.state = listening.downs > 0 ? 'lost' : 'joined'
      for (const n of listening.early) {
        if (listening.last !== undefined && n !== listening.last + 1) {
          this.#journal.violate('event order', `early ${n} after ${listening.last}`)
        }
        listening.last = n
      }
    } catch (thrown) {
      if (!TroupeError.is(thrown)) throw thrown
      listening.state = 'refused'
    }
  }

  #publish(member: ClusterMember): void {
    const { name } = member.host
    const n = (this.#journal.published.get(name) ?? 0) + 1
    this.#journal.published.set(name, n)
    member.node.publish(eventName(NEWS), { n })
  }
}

/** The ways of the first host are all in use. */
function quietWays(cluster: SimulatedCluster, random: Random): ReadonlySet<string> {
  const [first] = cluster.hosts
  const ways = cluster.hosts.flatMap((host) =>
    cluster.knownTo(host).map((other) => wayKey(host, other)),
  )
  const distinct = [...new Set(ways)].filter((way) => !way.startsWith(`${first} `))
  return new Set(distinct.filter(() => random.below(QUIET_ONE_IN) === 0))
}

const wayKey = (one: string, other: string): string =>
  one < other ? `${one} ${other}` : `${other} ${one}`

const BLANK = Object.freeze({})

const order = (leaf: number) => ({ kind: 'custom' as const, name: 'order', detail: leaf })

/** A pid as another node has it. */
export const away = (pid: Pid): Pid => Pid.of(pid.node, pid.id, pid.creation)

const localPid = ({ pid }: Leaf): Pid => pid
