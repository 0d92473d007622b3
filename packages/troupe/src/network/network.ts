/**
 * network/network: the wire of a node: its peers, who dials them, who is let in.
 *
 * A peer is made at the first word to it, or when it comes; it goes with its life. Everything
 * about one peer is in peer/; everything about one line in handshake/ and session/.
 *
 * @source ergo-features 19
 */
import {
  type Address,
  type Confirmation,
  type ExitCause,
  type ExitReason,
  type Line,
  type NetworkMode,
  NodeName,
  type NodeNetwork,
  type Pid,
  type Priority,
  type Ref,
  type SendFailure,
  type SubscribeAnswers,
  type Target,
  TroupeError,
  type Wire,
  type WireAnswers,
  type WireHome,
} from '#contract'
import { disabled, NetworkControl } from './control.js'
import { Dials } from './dials.js'
import type { Admission, Agreement, Applicant } from './handshake/outcome.js'
import { handshakeKey, keyOf } from './handshake/proof.js'
import type { HandshakeResult } from './handshake/run-handshake.js'
import type { HandshakeSettings } from './handshake/settings.js'
import { NetworkInsight } from './insight.js'
import { admit, askedAt, otherLife } from './known-peer.js'
import { livenessKey } from './liveness/probe-frame.js'
import { Lobby } from './lobby.js'
import { clashAtDial, tellClash, twinOf } from './name-clash.js'
import { crowdedAt, type Liveness, type NetworkSettings, type NetworkWorld } from './options.js'
import { ownHandshake } from './own-handshake.js'
import { paceMs } from './pace.js'
import { Partings } from './partings.js'
import { KIND } from './peer/kinds.js'
import { Peer, type PeerVerbs } from './peer/peer.js'
import { type CookieKeys, RouteBook, type RouteBookParts } from './routes/route-book.js'
import { Totals } from './totals.js'

type Agreed = Extract<HandshakeResult, { readonly kind: 'agreed' }>

export class Network implements Wire {
  readonly mailboxMax: number
  readonly control: NodeNetwork = new NetworkControl(this)
  readonly insight: NetworkInsight
  readonly totals = new Totals()
  readonly routes: RouteBook
  readonly #settings: NetworkSettings
  readonly #world: NetworkWorld
  readonly #key: Uint8Array
  readonly #peers = new Map<string, Peer>()
  readonly #verbs: PeerVerbs
  #home: WireHome | undefined = undefined
  #lobby: Lobby | undefined = undefined
  #dials: Dials | undefined = undefined
  #liveness: Liveness | undefined = undefined
  #partings: Partings | undefined = undefined
  #open = false
  /** While it leaves the others: no new ones. */
  #stopping: Promise<void> | undefined = undefined
  /** The peer of the last message: the next one often goes there too. */
  #last: Peer | undefined = undefined

  constructor(settings: NetworkSettings, world: NetworkWorld) {
    this.#settings = settings
    this.mailboxMax = crowdedAt(settings)
    this.#world = world
    this.insight = new NetworkInsight(this, settings)
    this.#key = handshakeKey(settings.cookie)
    const added: RouteBookParts['added'] = (isMeant) => this.#dials?.retry(isMeant)
    const { transports, routes } = settings
    this.routes = new RouteBook({ transports, tls: world.tls, added }, routes)
    this.#verbs = {
      mend: (peer) => this.#dials?.mend(peer),
      watch: (node, taker) => this.#liveness?.prober.watch(node, taker),
      askedAt: (peer) => askedAt(peer, (...told) => this.#lobby?.notDialled(...told)),
      lost: (peer) => this.#forget(peer),
      loopDelayMs: () => this.#liveness?.loopDelayMs() ?? 0,
      paceMs: (theirsMs) => paceMs(settings, this.#peers.size, theirsMs),
      heard: () => this.#world.busyPoll?.heard(),
      broken: (peer, error) => this.#tellRefused(peer, 'was sent away', error),
      refused: (peer, error) => this.#tellRefused(peer, 'was refused', error),
    }
  }

  get mode(): NetworkMode {
    return this.#open && this.#stopping === undefined ? this.#settings.mode : 'disabled'
  }

  get nowMs(): number {
    return this.#home?.clock.nowMs() ?? 0
  }

  /** The other nodes that are known now. */
  get peers(): readonly Peer[] {
    return [...this.#peers.values()]
  }

  known(node: string): Peer | undefined {
    return this.#peers.get(node)
  }

  /** A key of the cookie for one purpose; 32 bytes. */
  keyFor(purpose: string): Uint8Array {
    return keyOf(this.#settings.cookie, purpose)
  }

  /** Who answers for this node while its loop is busy; there once the network is open. */
  get liveness(): Liveness | undefined {
    return this.#liveness
  }

  get lobby(): Lobby | undefined {
    return this.#lobby
  }

  async start(home: WireHome): Promise<void> {
    this.#home = home
    if (this.#settings.mode !== 'disabled') await this.open()
  }

  /** Listens and dials. PORT_IN_USE, PORT_FAILED, NOT_ALLOWED; then nothing is left open. */
  async open(): Promise<void> {
    if (this.#stopping !== undefined) await this.#stopping
    const home = this.#home
    if (home === undefined || this.#open) return
    if (this.#settings.mode === 'disabled') throw disabled()
    try {
      await this.#openFor(home)
      // What cannot be announced is told now, not to the first node that comes.
      this.#handshakeSettings(home)
    } catch (thrown) {
      await this.stop()
      throw thrown
    }
  }

  async #openFor(home: WireHome): Promise<void> {
    this.#handshakeSettings(home)
    const { transports, acceptors, connectionsMax, mode, unixPath } = this.#settings
    const handshake = (): HandshakeSettings => this.#handshakeSettings(home)
    this.#lobby = new Lobby({
      ...{ transports, handshake, connectionsMax, clock: home.clock, log: home.log },
      admit: (applicant, tookMs) => this.#admit(applicant, tookMs),
      arrived: (line, agreed) => this.#attach(this.#peerNamed(agreed.agreement), line, agreed),
      connections: () => this.#peers.size,
      twin: (place, problem) => tellClash(home, twinOf(home.name, place, problem)),
    })
    this.#dials = new Dials({
      ...{ transports, handshake, clock: home.clock, random: this.#world.random, log: home.log },
      ...{ settings: this.#settings, routes: this.routes },
      resolve: (node) => this.#world.resolve(node),
      reached: (peer, { line, handshake, keys }) => this.#attach(peer, line, handshake, keys),
      notDialled: (peer, address) => this.#lobby?.notDialled(peer.name, address),
      failed: (peer, why) => tellClash(home, clashAtDial(home.name, peer.name, why)),
    })
    const { name, creation, clock } = home
    this.#partings = new Partings(clock, this.#settings.flushMs)
    const key = livenessKey(this.#settings.cookie)
    this.#liveness = await this.#world.openLiveness({ name, creation, key }, clock)
    this.#open = true
    for (const note of this.#settings.notes ?? []) home.log.warning(note)
    if (mode === 'hidden') return
    for (const acceptor of acceptors) await this.#lobby.listen(acceptor)
    if (unixPath !== '') await this.#lobby.listenBeside(unixPath, home.name)
  }

  send(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
  ): SendFailure | undefined {
    const last = this.#last
    const peer = last !== undefined && last.name === node ? last : this.#peer(node)
    if (peer === undefined) return 'NO_ROUTE'
    return peer.outbox.send(to, message, payload, from, priority, trace)
  }

  call(
    node: string,
    to: Address,
    request: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    trace: string | undefined,
    leftMs: number,
    answers: WireAnswers,
  ): SendFailure | undefined {
    const peer = this.#peer(node)
    if (peer === undefined) {
      answers.reject(this.noRoute(node))
      return 'NO_ROUTE'
    }
    const id = peer.pending.addCall(answers)
    const failure = peer.outbox.call({ to, from, priority, trace }, request, payload, id, leftMs)
    if (failure === undefined) return undefined
    peer.pending.takeCall(id)
    const { problem } = peer.outbox
    if (problem !== undefined && problem.code === failure) answers.reject(problem)
    return failure
  }

  sendConfirmed(
    node: string,
    to: Address,
    message: string,
    payload: unknown,
    from: Pid | undefined,
    priority: Priority,
    how: Confirmation,
    trace: string | undefined,
  ): SendFailure | Promise<SendFailure | undefined> {
    const peer = this.#peer(node)
    if (peer === undefined) return 'NO_ROUTE'
    const { id, settled } = peer.pending.addConfirm()
    const route = { to, from, priority, trace }
    const failure = peer.outbox.confirm(route, message, payload, id, how)
    if (failure === undefined) return settled
    peer.pending.takeConfirm(id)
    return failure
  }

  exit(node: string, from: Pid | undefined, to: Pid, reason: ExitReason, cause: ExitCause): void {
    if (cause !== 'link') {
      this.#peer(node)?.outbox.exit(from, to, reason, cause)
      return
    }
    // Without a connection the other half has been told already.
    if (from !== undefined) this.#peers.get(node)?.outbox.linkEnded(from, to, reason)
  }

  link(node: string, from: Pid, to: Pid): SendFailure | undefined {
    const peer = this.#peer(node)
    if (peer === undefined) return 'NO_ROUTE'
    return otherLife(peer, to) ?? peer.outbox.link(KIND.link, from, to)
  }

  unlink(node: string, from: Pid, to: Pid): void {
    this.#peers.get(node)?.outbox.link(KIND.unlink, from, to)
  }

  watch(node: string, watcher: Pid, target: Target, ref: Ref): SendFailure | undefined {
    const peer = this.#peer(node)
    if (peer === undefined) return 'NO_ROUTE'
    // That a node is lost is known here.
    return NodeName.is(target) ? undefined : peer.outbox.watch(ref.id, watcher, target)
  }

  unwatch(node: string, _watcher: Pid, ref: Ref): void {
    this.#peers.get(node)?.outbox.unwatch(ref.id)
  }

  subscribe(node: string, event: string, answers: SubscribeAnswers): void {
    const peer = this.#peer(node)
    if (peer === undefined) {
      answers.refused(this.noRoute(node))
      return
    }
    const id = peer.pending.addJoin(answers)
    if (peer.outbox.subscribe(id, event) === undefined) return
    peer.pending.takeJoin(id)
    answers.refused(peer.outbox.problem ?? this.noRoute(node))
  }

  unsubscribe(node: string, event: string): void {
    this.#peers.get(node)?.outbox.unsubscribe(event)
  }

  /** Leaves all others in order, within `flushMs`; from now on there is no way to them. */
  stop(): Promise<void> {
    this.#last = undefined
    this.#stopping ??= Promise.resolve()
      .then(() => this.#leaveAll())
      .finally(() => {
        this.#stopping = undefined
      })
    return this.#stopping
  }

  async #leaveAll(): Promise<void> {
    const reason = 'this node was stopped'
    await this.#partings?.leaveAll(this.peers, reason)
    this.#open = false
    this.#dials?.stop()
    for (const peer of this.peers) peer.stop(reason, 0)
    await this.#lobby?.close()
    await this.#liveness?.stop()
    this.#liveness = undefined
  }

  /** Ends the connection with a peer, in order. */
  leave(peer: Peer): void {
    void this.#partings?.leave(peer, 'it was disconnected')
  }

  /** The peer of a name, dialled when it is not known. */
  reach(node: string): Peer | undefined {
    return node === this.#home?.name ? undefined : this.#peer(node)
  }

  /** Why there is no way to a node, as far as that is known. */
  noRoute(node: string): TroupeError {
    return this.#dials?.noRoute(node) ?? new TroupeError('NO_ROUTE', { node })
  }

  /** The peer of a name; made, and dialled, at the first word to it. */
  #peer(node: string): Peer | undefined {
    const known = this.#stopping === undefined ? this.#peers.get(node) : undefined
    if (known !== undefined) {
      this.#last = known
      return known
    }
    const dials = this.#dials
    if (this.mode === 'disabled' || dials === undefined || !dials.mayTry(node)) return undefined
    const peer = this.#makePeer(node)
    this.#partings?.after(node, () => {
      if (peer.state === 'dialling') dials.dial(peer)
    })
    return peer
  }

  #makePeer(node: string): Peer {
    const peer = new Peer(node, this.#home as WireHome, this.#settings, this.#verbs)
    this.#peers.set(node, peer)
    return peer
  }

  /** The peer an agreement is about; whatever lived under its name before is over. */
  #peerNamed({ peer: { name, creation }, session }: Agreement): Peer {
    const known = this.#peers.get(name)
    if (known === undefined) return this.#makePeer(name)
    if (known.state === 'dialling') return known
    if (session.kind === 'resume' && known.sessionId === session.sessionId) return known
    const isLater = known.creation !== creation
    known.down(isLater ? 'a later life of it has come' : 'it has begun anew')
    return this.#makePeer(name)
  }

  #attach(peer: Peer, line: Line, agreed: Agreed, keys?: CookieKeys): void {
    const isCurrent = this.#open && this.#peers.get(peer.name) === peer
    if (!isCurrent) {
      line.destroy()
      return
    }
    this.#dials?.settled(peer)
    const target =
      agreed.agreement.session.kind === 'fresh' ? this.#peerNamed(agreed.agreement) : peer
    target.keys = keys
    if (target.agreement === undefined) this.totals.established += 1
    target.attach(line, agreed.agreement, (taker) => agreed.start(taker))
  }

  #forget(peer: Peer): void {
    if (this.#last === peer) this.#last = undefined
    if (this.#peers.get(peer.name) === peer) this.#peers.delete(peer.name)
    this.#dials?.settled(peer)
    const node = peer.name
    const isUp = (): boolean => this.#peers.get(node)?.state === 'up'
    const wanted = (): boolean => this.#open && !isUp() && (this.#home as WireHome).awaits(node)
    const wasUp = peer.agreement !== undefined
    this.totals.ended(peer, wasUp)
    this.#dials?.seek(node, { wanted, reach: () => void this.#peer(node) }, wasUp)
  }

  #tellRefused({ name, agreement }: Peer, what: string, error: TroupeError): void {
    const told = `the node ${name} ${what}: ${error.message}`
    this.#lobby?.refuse(error.code, told, agreement?.remote ?? '')
  }

  #admit(applicant: Applicant, tookMs: number): Admission | Promise<Admission> {
    const known = (): Peer | undefined => this.#peers.get(applicant.name)
    const diallingForMs = (peer: Peer): number | undefined => this.#dials?.diallingForMs(peer)
    return admit({ home: this.#home as WireHome, known, diallingForMs }, applicant, tookMs)
  }

  #handshakeSettings(home: WireHome): HandshakeSettings {
    return ownHandshake({
      ...{ home, key: this.#key, settings: this.#settings, peers: this.#peers.size },
      randomBytes: this.#world.randomBytes,
      liveness: this.#liveness?.address,
      addresses: this.#lobby?.addresses ?? [],
    })
  }
}
