/**
 * One seed of traces: three nodes send, call, publish, spawn and wait in random patterns while
 * lines break and nodes die; then what the nodes kept is held against what the programs saw.
 *
 * The rings of nodes that died are read as well, so every parent has to be known.
 */
import type { CustomSampler, Node, Span } from 'troupe'
import { type ClusterMember, type SimulatedCluster, simulatedCluster } from 'troupe/testing'
import { type Random, seededRandom } from '#base/random'
import { type Plan, type Seen, type Step, workerFor } from './trace-actors.js'

const HOSTS = ['n1', 'n2', 'n3']
const HOWS: readonly Step['how'][] = [
  ...(['send', 'send', 'important', 'call', 'call', 'event', 'spawn'] as const),
  ...(['after', 'later', 'part', 'pass'] as const),
]
const ROOTS = 60
const ROUND_MS = 25
const REST_MS = 6_000
/** So far a span may be from what the program saw: its clock may be ahead by so much. */
const AHEAD_MS = 3.01
/** Between a step and the one that sent it there are at most the two halves of the way. */
const LEVELS = 3

/** What was begun, and what has to become of it. */
interface Root {
  readonly sampled: boolean
  /** Given for one that began outside. */
  readonly traceId: string | undefined
}

export interface TraceVerdict {
  readonly violations: readonly string[]
  readonly seen: number
  readonly spans: number
  readonly roots: number
  readonly kinds: ReadonlySet<string>
}

/** Runs one seed. */
export async function traceTrial(seed: number): Promise<TraceVerdict> {
  const trial = new Trial(seed)
  await trial.run()
  return trial.verdict()
}

class Trial {
  readonly #random: Random
  readonly #cluster: SimulatedCluster
  readonly #seen: Seen[] = []
  readonly #roots: Root[] = []
  /** What the sampler said of the last root; undefined: it was not asked. */
  #said: boolean | undefined
  #isOver = false
  /** Nodes whose sampler is off. */
  readonly #off = new Set<Node>()
  readonly #misasked: string[] = []

  constructor(seed: number) {
    this.#random = seededRandom(seed)
    this.#cluster = simulatedCluster({
      ...{ seed, hosts: HOSTS, events: [{ name: 'news', buffer: 0 }] },
      link: { lossChance: 0.01 },
      started: (member) => this.#started(member),
    })
  }

  async run(): Promise<void> {
    const { clock } = this.#cluster
    await this.#cluster.start()
    await clock.advance(1_000)
    for (let root = 0; root < ROOTS; root += 1) {
      this.#befall()
      this.#begin(root)
      await clock.advance(ROUND_MS)
    }
    for (const host of HOSTS) this.#cluster.restart(host)
    await clock.advance(REST_MS)
    this.#isOver = true
    await this.#cluster.stop()
  }

  verdict(): TraceVerdict {
    const nodes = this.#cluster.lives.map(({ node }) => node)
    const spans = nodes.flatMap((node) => [...node.tracing.spans()])
    const seen = this.#seen
    const violations = [
      ...this.#misasked,
      ...this.#ofHandlings(new Map(spans.map((span) => [span.spanId, span]))),
      ...this.#ofSpans(spans),
    ]
    const kinds = new Set(spans.map(({ kind }) => kind))
    return { violations, seen: seen.length, spans: spans.length, roots: this.#roots.length, kinds }
  }

  async #started({ node, host }: ClusterMember): Promise<void> {
    const { clock } = host
    // What handlers of ended processes still do is void, and in no trace.
    const seen = (one: Seen): void => {
      if (!this.#isOver) this.#seen.push(one)
    }
    const worker = workerFor(seen, () => clock.wallMs())
    node.tracing.setSampler(this.#sampler())
    const next = HOSTS[(HOSTS.indexOf(host.name) + 1) % HOSTS.length] as string
    await node.spawn(worker, { name: 'second', args: [next, false] })
    await node.spawn(worker, { name: 'worker', args: [host.name, true] })
  }

  /** Wants some roots, and nothing else: what goes on is never asked about. */
  #sampler(): CustomSampler {
    const sample = ({ name }: { readonly name: string }): boolean => {
      if (name !== 'root') return false
      this.#said = this.#random.below(3) > 0
      return this.#said
    }
    return { kind: 'custom', name: 'roots', sample }
  }

  #befall(): void {
    const host = this.#anyHost()
    const dice = this.#random.below(30)
    const cluster = this.#cluster
    const node = cluster.member(host)?.node
    if (dice === 0 && cluster.members.length === HOSTS.length) cluster.crash(host)
    else if (dice < 3) for (const one of HOSTS) cluster.restart(one)
    else if (dice === 3) cluster.network.block(host, this.#anyHost())
    else if (dice < 6) cluster.network.heal()
    else if (dice < 9 && node !== undefined) this.#switch(node)
  }

  #switch(node: Node): void {
    if (this.#off.delete(node)) node.tracing.setSampler(this.#sampler())
    else {
      this.#off.add(node)
      node.tracing.setSampler('off')
    }
  }

  #begin(root: number): void {
    const members = this.#cluster.members
    const node = members[this.#random.below(members.length)]?.node as Node
    const plan = this.#plan(root, 2)
    this.#said = undefined
    if (this.#random.below(4) > 0) {
      node.send('worker', 'root', plan)
      const isAsked = this.#said !== undefined
      const wrong = `root ${root}: asked is ${isAsked}, though its sampler says otherwise`
      if (isAsked === this.#off.has(node)) this.#misasked.push(wrong)
      this.#roots.push({ sampled: this.#said === true, traceId: undefined })
      return
    }
    const traceId = (root + 1).toString(16).padStart(32, 'f')
    const sampled = this.#random.below(2) > 0
    const traceparent = `00-${traceId}-00f067aa0ba902b7-${sampled ? '01' : '00'}`
    node.send('worker', 'outside', { plan, headers: { traceparent } })
    this.#roots.push({ sampled, traceId })
  }

  #plan(root: number, depth: number): Plan {
    const count = depth === 0 ? 0 : 1 + this.#random.below(3)
    const step = (): Step => ({
      how: HOWS[this.#random.below(HOWS.length)] ?? 'send',
      host: this.#anyHost(),
      plan: this.#plan(root, depth - 1),
    })
    return { root, steps: Array.from({ length: count }, step) }
  }

  #anyHost(): string {
    return HOSTS[this.#random.below(HOSTS.length)] ?? 'n1'
  }

  /** Each handling is in the trace of its root, below what sent it, and kept if that is. */
  *#ofHandlings(known: ReadonlyMap<string, Span>): Iterable<string> {
    const traces = new Map<number, string | undefined>()
    for (const one of this.#seen) {
      const { root, kind, node, traceId, spanId, by, atMs } = one
      const { sampled, traceId: given } = this.#roots[root] as Root
      const told = `root ${root}: ${kind} at ${node}`
      if (!traces.has(root)) traces.set(root, traceId)
      if (traces.get(root) !== traceId) yield `${told} is in another trace than its root`
      const isTraced = traceId !== undefined
      if (isTraced !== (sampled || given !== undefined)) yield `${told}: traced is ${isTraced}`
      if (given !== undefined && given !== traceId) yield `${told} has not the id from outside`
      const span = known.get(spanId ?? '')
      if (kind === 'outside' || !isTraced) continue
      if ((span !== undefined) !== sampled) yield `${told}: kept is ${span !== undefined}`
      if (span === undefined) continue
      if (span.kind !== kind) yield `${told} has a span of the kind ${span.kind}`
      if (by !== undefined && !isBelow(span, by, known)) yield `${told} is not below what sent it`
      const beganMs = span.deliveredMs ?? span.sentMs ?? 0
      const isRight = beganMs >= atMs - 1 && beganMs <= atMs + AHEAD_MS
      if (!isRight && kind !== 'user') yield `${told} began at ${atMs}, and its span at ${beganMs}`
    }
  }

  /** Each parent is known and of the same trace, nothing goes round, points are in order. */
  *#ofSpans(spans: readonly Span[]): Iterable<string> {
    const known = new Map(spans.map((span) => [span.spanId, span]))
    if (known.size !== spans.length) yield 'two spans have one id'
    const beginnings = new Map<string, number>()
    for (const span of spans) {
      const { traceId, parentId, node, kind, name, sentMs, deliveredMs, processedMs } = span
      const told = `${kind} ${name} at ${node}`
      const points = [sentMs, deliveredMs, processedMs].filter((one) => one !== undefined)
      if (points.some((one, at) => one < (points[at - 1] ?? 0))) yield `${told}: points go back`
      const parent = known.get(parentId ?? '')
      const isOutside = traceId.startsWith('f') && parentId === '00f067aa0ba902b7'
      if (parentId === undefined) beginnings.set(traceId, (beginnings.get(traceId) ?? 0) + 1)
      else if (parent === undefined && !isOutside) yield `${told}: its parent is not known`
      if (parent !== undefined && parent.traceId !== traceId) yield `${told}: of two traces`
      if (goesRound(span, known)) yield `${told} hangs on itself`
    }
    for (const [traceId, count] of beginnings) {
      if (count > 1) yield `trace ${traceId} has ${count} beginnings`
    }
  }
}

function isBelow(span: Span, by: string, known: ReadonlyMap<string, Span>): boolean {
  let at: Span | undefined = span
  for (let level = 0; level < LEVELS && at !== undefined; level += 1) {
    if (at.parentId === by || at.spanId === by) return true
    at = known.get(at.parentId ?? '')
  }
  return false
}

function goesRound(span: Span, known: ReadonlyMap<string, Span>): boolean {
  const passed = new Set<string>()
  for (let at: Span | undefined = span; at !== undefined; at = known.get(at.parentId ?? '')) {
    if (passed.has(at.spanId)) return true
    passed.add(at.spanId)
  }
  return false
}
