/**
 * cluster/registrar/across/other-host: one host of the list: polled, fetched when it changed, and
 * put into the table of ours.
 *
 * A poll is a question that is asked up to three times; it is missed when none is answered before
 * the next one. What a missed poll means is decided in neighbour.
 *
 * @source design 6; ergo-features 21 (embedded: hosts of peers)
 */
import type { Cancel, Clock } from '#base/clock'
import { isLoopbackHost } from '#base/host-kind'
import type { Random } from '#base/random'
import { Addresses } from './addresses.js'
import { type GoneLife, readDigested, type TableDigest, writeDigestQuestion } from './bodies.js'
import { Fetch, type FetchEnd } from './fetch.js'
import type { AcrossFrame } from './frame.js'
import type { GoneNode, HostNode, HostTable, HostView } from './host-table.js'
import { Neighbour, type NeighbourState, type NeighbourStep } from './neighbour.js'
import type { Offsets } from './offsets.js'
import { type Lookup, type Place, printedPlace } from './place.js'
import type { AnswerTaker, Question, Questions } from './questions.js'
import { routeFrom } from './reach.js'
import { readTable, TABLE_BYTES_MAX } from './table-text.js'
import type { Tell } from './told.js'

/** Parts of the time between two polls after which an unanswered one is asked again. */
const AGAIN_AT = [0.25, 0.5] as const
const JITTER = 0.15
/** A poll that something gives cause for comes at most so often. */
const POKE_GAP_MS = 50
const PAGE_WAIT_MS = 1_000
/** Polls of a host that is not to be watched: it may become another one. */
const ASIDE_POLLS = 40
/** Polls without any answer after which somebody should have a look. */
const SILENT_POLLS = 12
const EMPTY_VIEW: HostView = Object.freeze({ state: 'up', nodes: [], gone: [] })

/** What all hosts of the list share. */
export interface OtherHostWorld {
  readonly table: HostTable
  readonly questions: Questions
  readonly offsets: Offsets
  readonly lookup: Lookup
  readonly clock: Clock
  readonly random: Random
  readonly timeMs: () => number
  readonly tell: Tell
  readonly count: (cause: string) => void
  /** Something was heard lately of any other host. */
  readonly isHearing: () => boolean
  /** Another host of the list that is the same server and answers. */
  readonly twin: (of: OtherHost) => OtherHost | undefined
  readonly pollMs: number
  readonly lostAfterMs: number
}

/** A host of the list as it is told; a snapshot. */
export interface OtherHostInfo {
  /** Its place in `hosts`, as `host:port`. */
  readonly server: string
  readonly state: NeighbourState
  readonly nodes: number
  /** How long ago it answered, in milliseconds; undefined: never. */
  readonly heardMsAgo: number | undefined
}

export class OtherHost {
  readonly place: Place
  readonly server: string
  readonly addresses: Addresses
  readonly #world: OtherHostWorld
  readonly #neighbour: Neighbour
  #view: HostView | undefined
  /** Of the table that the view is made of, or that could not be read. */
  #digest: string | undefined
  /** The server that answered last. */
  #sender: string | undefined
  #heardMs: number | undefined
  #fetch: Fetch | undefined
  #isAnswered = true
  #polledMs = Number.NEGATIVE_INFINITY
  #askedMs = Number.NEGATIVE_INFINITY
  #timers: Cancel[] = []
  #cancelPoke: Cancel | undefined
  #isStopped = false

  constructor(place: Place, world: OtherHostWorld) {
    this.place = place
    this.server = printedPlace(place)
    this.#world = world
    this.#neighbour = new Neighbour(world.lostAfterMs)
    this.addresses = new Addresses(place, world.lookup, world.clock, world.tell)
  }

  get state(): NeighbourState {
    return this.#neighbour.state
  }

  get sender(): string | undefined {
    return this.#sender
  }

  /** It was somebody else who answered there, once at least. */
  get hasAnswered(): boolean {
    return this.#heardMs !== undefined
  }

  info(): OtherHostInfo {
    const nowMs = this.#world.clock.nowMs()
    const heardMsAgo = this.#heardMs === undefined ? undefined : nowMs - this.#heardMs
    const nodes = this.#view?.nodes.length ?? 0
    return { server: this.server, state: this.state, nodes, heardMsAgo }
  }

  start(): void {
    this.#poll()
  }

  stop(): void {
    this.#isStopped = true
    this.#disarm()
    this.#cancelPoke?.()
    this.#fetch?.stop()
  }

  /** Something speaks for it, or it has changed: asks soon. */
  poke(): void {
    if (this.#isStopped || this.#cancelPoke !== undefined) return
    const { clock } = this.#world
    const waitMs = Math.max(0, this.#askedMs + POKE_GAP_MS - clock.nowMs())
    this.#cancelPoke = clock.after(waitMs, () => {
      this.#cancelPoke = undefined
      void this.addresses.refresh(true)
      this.#ask()
    })
  }

  /** It asked us, or told us something. */
  spoke(): void {
    this.#neighbour.askedUs()
    if (this.state !== 'up') this.poke()
  }

  hinted(digest: string | undefined): void {
    if (digest !== this.#digest) this.poke()
  }

  /** The node that served there has left; with `isLast` nobody serves there any more. */
  saidFarewell(isLast: boolean, left: GoneLife): void {
    const { nodes, gone: before } = this.#view ?? EMPTY_VIEW
    const isLeaving = ({ route: { node, creation } }: HostNode): boolean =>
      isLast || (node === left.node && creation === left.creation)
    const gone = nodes.filter(isLeaving).map(({ route: { node, creation } }) => ({
      ...{ node, creation },
      cause: 'left' as const,
    }))
    this.#digest = undefined
    this.#sender = undefined
    const staying = nodes.filter((one) => !isLeaving(one))
    const state = this.#view?.state ?? 'up'
    if (this.#view !== undefined) this.#put({ state, nodes: staying, gone: [...before, ...gone] })
    if (!isLast) return
    this.#neighbour.saidFarewell()
    this.#view = undefined
  }

  /**
   * Our own question came back from there. Where somebody else has answered before, that is not
   * believed: who catches a question can send it back under a false address.
   */
  #isOurself(): void {
    if (this.hasAnswered) return
    this.#isAnswered = true
    const text = `${this.server} in hosts is this host itself; leave it out there`
    this.#world.tell('host-own', this.server, text)
    this.#setAside()
  }

  #poll(): void {
    const { clock, pollMs, random } = this.#world
    const nowMs = clock.nowMs()
    if (!this.#isAnswered) this.#missed(Math.min(nowMs - this.#polledMs, 2 * pollMs))
    this.#isAnswered = false
    this.#polledMs = nowMs
    void this.addresses.refresh(this.#neighbour.missed > 0)
    this.#ask()
    this.#disarm()
    const isAside = this.state === 'aside'
    const parts = isAside ? [] : AGAIN_AT
    this.#timers = parts.map((part) => clock.after(part * pollMs, () => this.#askAgain()))
    const spread = 1 - JITTER + 2 * JITTER * random.unit()
    const waitMs = pollMs * spread * (isAside ? ASIDE_POLLS : 1)
    this.#timers.push(clock.after(waitMs, () => this.#poll()))
  }

  #askAgain(): void {
    if (this.#isAnswered) return
    this.addresses.next()
    this.#ask()
  }

  #ask(): void {
    this.#askedMs = this.#world.clock.nowMs()
    this.#question('digest', writeDigestQuestion(), (answer) => this.#answered(answer, true))
  }

  #question(kind: Question['kind'], body: Uint8Array, taker: AnswerTaker): void {
    const { questions, offsets, pollMs } = this.#world
    const to = this.addresses.current
    if (to === undefined) return
    const waitMs = kind === 'page' ? PAGE_WAIT_MS : 2 * pollMs
    const question = { kind, body, to, offsetMs: offsets.of(to), waitMs }
    if (questions.ask(question, taker) === undefined) this.#world.count('crowded')
  }

  #answered(answer: AcrossFrame, mayAskAgain: boolean): void {
    if (this.#isStopped) return
    if (answer.kind === 'digest') {
      this.#isOurself()
      return
    }
    if (answer.kind === 'clock') {
      const { offsets, timeMs } = this.#world
      const to = this.addresses.current
      if (to !== undefined) offsets.learn(to, answer.stampMs - timeMs())
      const taker = (second: AcrossFrame) => this.#answered(second, false)
      if (mayAskAgain) this.#question('digest', writeDigestQuestion(), taker)
      return
    }
    const table = readDigested(answer.body)
    if (table === undefined) {
      this.#world.count('malformed')
      return
    }
    this.#isAnswered = true
    this.#sender = answer.sender
    this.#heardMs = this.#world.clock.nowMs()
    const twin = this.#world.twin(this)
    if (twin !== undefined) {
      this.#isTwinOf(twin)
      return
    }
    this.#heard(this.#neighbour.heard(), table)
  }

  #heard(step: NeighbourStep, table: TableDigest): void {
    if (table.digest === this.#digest) {
      if (step === 'well' && this.#view !== undefined) this.#put({ ...this.#view, state: 'up' })
      return
    }
    if (this.#fetch?.table.digest === table.digest) return
    this.#fetch?.stop()
    this.#fetch = undefined
    if (table.bytes > TABLE_BYTES_MAX) {
      this.#unreadable(table.digest)
      return
    }
    this.#fetch = new Fetch(table, this.#world.clock, {
      ask: (body, taker) => this.#question('page', body, taker),
      ended: (end) => this.#fetched(end, table.digest),
    })
    this.#fetch.start()
  }

  #fetched(end: FetchEnd, digest: string): void {
    this.#fetch = undefined
    if (end.kind === 'changed') {
      this.poke()
      return
    }
    if (end.kind === 'given-up') return
    const table = end.kind === 'whole' ? readTable(end.bytes) : undefined
    if (table === undefined) {
      this.#unreadable(digest)
      return
    }
    for (let count = 0; count < table.refused; count += 1) this.#world.count('node-invalid')
    this.#digest = digest
    const isSameMachine = isLoopbackHost(this.addresses.current?.host ?? '')
    const nodes: readonly HostNode[] = table.nodes.map(({ route, applications }) => ({
      ...{ route: routeFrom(route, isSameMachine), applications },
    }))
    const state = this.state === 'suspect' ? 'suspect' : 'up'
    const kept = table.isWhole ? [] : this.#unspoken(nodes, table.gone)
    this.#put({ state, nodes: [...nodes, ...kept], gone: table.gone })
  }

  /** Nodes that were known, of which a new server says nothing yet. */
  #unspoken(nodes: readonly HostNode[], gone: readonly GoneNode[]): readonly HostNode[] {
    const spoken = new Set(nodes.map(({ route }) => route.node))
    const isGone = ({ route: { node, creation } }: HostNode): boolean =>
      gone.some((one) => one.node === node && one.creation === creation)
    const known = this.#view?.nodes ?? []
    return known.filter((one) => !spoken.has(one.route.node) && !isGone(one))
  }

  /** The same table is not fetched again. */
  #unreadable(digest: string): void {
    this.#digest = digest
    this.#world.count('table-invalid')
    const text = `what ${this.server} tells of its nodes cannot be read; what was known goes on`
    this.#world.tell('table-invalid', this.server, text)
  }

  #missed(passedMs: number): void {
    const { isHearing, table, tell } = this.#world
    this.addresses.next()
    if (this.state === 'aside') return
    const step = this.#neighbour.missedPoll(passedMs, isHearing())
    if (this.#heardMs === undefined && this.#neighbour.missed === SILENT_POLLS) {
      tell('host-silent', this.server, silentText(this.server))
    }
    if (step === 'suspect' && this.#view !== undefined)
      this.#put({ ...this.#view, state: 'suspect' })
    if (step !== 'lost') return
    this.#view = undefined
    this.#digest = undefined
    table.forget(this.server)
  }

  #put(view: HostView): void {
    this.#view = view
    this.#world.table.put(this.server, view)
  }

  #isTwinOf(twin: OtherHost): void {
    const text = `${this.server} and ${twin.server} in hosts are one host; leave one of them out`
    this.#world.tell('host-twice', this.server, text)
    this.#setAside()
  }

  #setAside(): void {
    if (this.state === 'aside') return
    this.#neighbour.setAside()
    if (this.#view !== undefined) this.#world.table.forget(this.server)
    this.#view = undefined
    this.#digest = undefined
  }

  #disarm(): void {
    for (const cancel of this.#timers) cancel()
    this.#timers = []
  }
}

const silentText = (server: string): string =>
  `${server} in hosts has not answered yet; see that a node serves there, with the same cookie ` +
  'and a clock, that the port is right, and that UDP may pass both ways'
