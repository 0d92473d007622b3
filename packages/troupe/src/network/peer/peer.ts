/**
 * network/peer/peer: one other node, in one of its lives: from the first word to the last.
 *
 * Words can be written to it before it has answered; they leave when it does. A broken line is
 * mended within the resume window by whoever can dial; after that the node is lost, and everything
 * that was open with it ends, each thing once.
 *
 * @source design 4.9, 4.12, 5
 */
import type { Cancel } from '#base/clock'
import {
  describeThrown,
  type Line,
  type LineTaker,
  type ProtocolDifference,
  TroupeError,
  type WireHome,
} from '#contract'
import { Decoder } from '#network/codec/decoder'
import { Encoder } from '#network/codec/encoder'
import { badFrame } from '#network/frame/line-frame'
import type { Agreement } from '#network/handshake/outcome'
import type { LivenessWatch, WatchedNode } from '#network/liveness/prober'
import type { Finding } from '#network/liveness/suspicion'
import type { CookieKeys } from '#network/routes/route-book'
import { BYE, Session, type SessionVerbs } from '#network/session/session'
import { Farewell } from './farewell.js'
import { Holding } from './holding.js'
import { Inbox } from './inbox.js'
import { KIND } from './kinds.js'
import { Outbox } from './outbox.js'
import { Pending } from './pending.js'
import { Protocols } from './protocols.js'
import { PIECE_BYTES, Transfers } from './transfers.js'
import { Vigil } from './vigil.js'

/**
 * `dialling`: never answered yet. `up`: in talk. `broken`: the line is gone, another may come.
 * `down`: lost; a later life, or a later try, is another peer.
 */
export type PeerState = 'dialling' | 'up' | 'broken' | 'down'

/** What a message in one piece may have: above the piece there are heads. */
const WHOLE_BYTES_MAX = PIECE_BYTES + 4_096

/** What of the settings of a network a peer needs. */
export interface PeerSettings {
  readonly windowBytes: number
  readonly messageMaxBytes: number
  readonly sendBufferMaxBytes: number
  readonly remoteMailboxMax: number
  readonly keepAliveMs: number
  readonly compressAboveBytes: number
  readonly resumeWindowMs: number
  readonly silenceMs: number
}

/** What a peer asks of the network. */
export interface PeerVerbs {
  /** The line is gone: dial again if this side can. */
  readonly mend: (peer: Peer) => void
  /** Watches whether it lives. */
  readonly watch: (
    node: WatchedNode,
    taker: (finding: Finding) => void,
  ) => LivenessWatch | undefined
  /** Where it is asked whether it lives: what it told, as far as that is sensible. */
  readonly askedAt: (peer: Peer) => WatchedNode['address']
  /** It is lost; told once. */
  readonly lost: (peer: Peer, reason: string) => void
  readonly loopDelayMs: () => number
  /** From sign of life to sign of life, where the peer has announced this for itself. */
  readonly paceMs: (theirsMs: number) => number
  /** Something was read from its line. */
  readonly heard: () => void
  /** It sent what cannot be, and is sent away: told and counted by the code. */
  readonly broken: (peer: Peer, error: TroupeError) => void
  /** It wished for what it may not have, and stays: told and counted by the code. */
  readonly refused: (peer: Peer, error: TroupeError) => void
}

export class Peer {
  readonly name: string
  readonly outbox: Outbox
  readonly pending = new Pending()
  readonly session: Session
  readonly transfers: Transfers
  readonly holding: Holding
  readonly protocols = new Protocols()
  state: PeerState = 'dialling'
  /** What was agreed on the running or the last line. */
  agreement: Agreement | undefined = undefined
  /** How it was met; also while its line is being mended. */
  met: { readonly transport: string; readonly remote: string } | undefined = undefined
  /** Of the cookie it was reached with, unless that is the own one. */
  keys: CookieKeys | undefined = undefined
  /** Clock reading of the moment it came up. */
  upMs = 0
  readonly #home: WireHome
  readonly #settings: PeerSettings
  readonly #verbs: PeerVerbs
  readonly encoder = new Encoder()
  readonly decoder = new Decoder()
  readonly #limits: { messageMaxBytes: number; readonly sendBufferMaxBytes: number }
  inbox: Inbox | undefined = undefined
  /** While this node leaves it in order. */
  #farewell: Farewell | undefined = undefined
  /** Who waits for a line, or for the news that there will be none. */
  #linked: (() => void)[] = []
  readonly #waiters: { readonly resolve: () => void; readonly reject: (e: TroupeError) => void }[] =
    []
  readonly #vigil: Vigil
  #cancelTick: Cancel | undefined = undefined

  constructor(name: string, home: WireHome, settings: PeerSettings, verbs: PeerVerbs) {
    this.name = name
    this.#home = home
    this.#settings = settings
    this.#verbs = verbs
    const { windowBytes, messageMaxBytes, sendBufferMaxBytes } = settings
    const limits = { windowBytes, peerWindowBytes: 0, pieceBytesMax: WHOLE_BYTES_MAX }
    this.session = new Session(home.clock, this.encoder, limits, this.#sessionVerbs())
    this.transfers = new Transfers(this.session.outgoing, this.encoder)
    this.#vigil = this.#makeVigil()
    this.#limits = { messageMaxBytes, sendBufferMaxBytes }
    this.outbox = new Outbox({
      encoder: this.encoder,
      outgoing: this.session.outgoing,
      transfers: this.transfers,
      home: home.name,
      node: name,
      limits: this.#limits,
      overrun: () => this.#overrun(),
    })
    this.holding = new Holding(home, settings.remoteMailboxMax, {
      hold: (target) => this.outbox.hold(KIND.hold, target),
      release: (target) => this.outbox.hold(KIND.release, target),
    })
  }

  #sessionVerbs(): SessionVerbs {
    const verbs = this.#verbs
    return {
      take: (kind, bytes, from, to) => this.inbox?.take(kind, bytes, from, to),
      inParts: { kind: KIND.piece, take: (...part) => this.inbox?.takePart(...part) },
      heard: () => {
        verbs.heard()
        this.#vigil.heard()
      },
      lineLost: (problem) => this.#lineLost(problem),
      failed: (thrown) => {
        this.#farewell?.end()
        verbs.broken(this, asError(thrown))
        this.down(describeThrown(thrown))
      },
      bye: (reason) => {
        // Two that leave each other at once take nothing from each other, and wait for nothing.
        this.#farewell?.end()
        if (reason !== BYE.deaf) this.down('it was stopped')
      },
      behind: () => this.#home.behind,
      loopDelayMs: verbs.loopDelayMs,
    }
  }

  #makeVigil(): Vigil {
    const { clock } = this.#home
    return new Vigil(clock, this.#settings, {
      suspect: (reason) => this.#home.peerSuspect(this.name, reason),
      well: () => this.#home.peerWell(this.name),
      busy: (loopDelayMs) => this.#home.peerBusy(this.name, loopDelayMs),
      late: (loopDelayMs) => {
        this.session.peerLoopDelayMs = loopDelayMs
      },
      stuck: () => {
        this.session.drop()
        this.#lineLost('its line carried nothing while it answered')
      },
      down: (reason) => this.down(reason),
      silentMs: () => clock.nowMs() - this.session.heardMs,
    })
  }

  /** Silent, and asked whether it lives. */
  get suspected(): boolean {
    return this.#vigil.suspected
  }

  /** The life of the other node; 0 before it has answered. */
  get creation(): number {
    return this.agreement?.peer.creation ?? 0
  }

  get sessionId(): string | undefined {
    return this.agreement?.session.sessionId
  }

  /** Goes on over a new line; `start` names its taker. */
  attach(line: Line, agreement: Agreement, start: (taker: LineTaker) => void): void {
    const isFirst = this.agreement === undefined
    this.agreement = agreement
    this.met = { transport: line.transport, remote: line.remote }
    this.outbox.creation = agreement.peer.creation
    this.#limits.messageMaxBytes = agreement.peerTerms.messageBytesMax
    if (isFirst) this.#begin(agreement)
    this.#vigil.lineBack()
    this.state = 'up'
    const { peerReceivedBytes } = agreement.session
    const granted = peerReceivedBytes + agreement.peerTerms.windowBytes
    if (!this.session.attach(line, peerReceivedBytes, granted)) {
      line.destroy()
      this.#verbs.broken(this, badFrame('it counts bytes that were never sent'))
      this.down('it counts bytes that were never sent')
      return
    }
    if (isFirst) {
      this.upMs = this.#home.clock.nowMs()
      this.#home.peerUp(this.name, agreement.peer.creation)
      for (const { resolve } of this.#waiters.splice(0)) resolve()
    }
    for (const resolve of this.#linked.splice(0)) resolve()
    start(this.session.taker(line))
    // What came right behind the handshake may have been a good-bye.
    if (this.#cancelTick === undefined && !this.#isDown) this.#tick()
  }

  /** Not within the turn of whoever answers. */
  #overrun(): void {
    this.#home.clock.soon(() => this.down('it asks much and takes nothing'))
  }

  get #isDown(): boolean {
    return this.state === 'down'
  }

  /** Lost: everything that is open ends, once. */
  down(
    reason: string,
    failure: 'NO_ROUTE' | 'NO_CONNECTION' = 'NO_CONNECTION',
    problem?: TroupeError,
  ): void {
    if (this.state === 'down') return
    this.state = 'down'
    this.session.drop()
    const { messages, acknowledged } = this.session.outgoing
    this.#home.lost(this.name, messages - acknowledged + this.transfers.waiting)
    this.#over(reason, failure, problem)
  }

  /**
   * Leaves it in order: all that is open ends now, what was accepted for it leaves within
   * `limitMs`, then the line ends. Settles when it has; undefined: that is so already.
   */
  stop(reason: string, limitMs: number): Promise<void> | undefined {
    const { session, transfers } = this
    const isDone = session.outgoing.keptBytes === 0 && transfers.waiting === 0
    if (this.state !== 'up' || isDone) {
      if (this.state === 'up') session.close()
      this.down(reason)
      return undefined
    }
    this.state = 'down'
    this.#over(reason, 'NO_CONNECTION')
    const { clock } = this.#home
    return new Promise((resolve) => {
      const over = (lost: number, late: number): void => {
        this.#tellLeft(lost, late, limitMs)
        resolve()
      }
      this.#farewell = new Farewell({ clock, session, transfers, limitMs, over })
    })
  }

  /** Who was left may not have taken everything. */
  #tellLeft(lost: number, late: number, limitMs: number): void {
    if (lost === 0) return
    const told = `${lost} messages to ${this.name} were not taken before this node left it`
    const level = lost > late ? 'warning' : 'debug'
    this.#home.log[level](told, { node: this.name, limitMs: Math.round(limitMs), late })
    this.#home.lost(this.name, lost)
  }

  /** Tells everybody, once. */
  #over(reason: string, failure: 'NO_ROUTE' | 'NO_CONNECTION', problem?: TroupeError): void {
    const wasUp = this.agreement !== undefined
    this.#cancelTick?.()
    this.#vigil.end()
    this.holding.end()
    this.#verbs.lost(this, reason)
    const error = new TroupeError(failure, { node: this.name }, problem)
    this.pending.abandon(failure, error)
    for (const { reject } of this.#waiters.splice(0)) reject(error)
    for (const resolve of this.#linked.splice(0)) resolve()
    // What has come whole waits for what will not: they were acknowledged, so it is told here.
    this.#home.lost(this.name, this.inbox?.end() ?? 0)
    if (wasUp) this.#home.peerDown(this.name, this.creation, reason)
    else this.#home.peerMissing(this.name)
  }

  /** Something was accepted for it, and there is no line. */
  get waitsForLine(): boolean {
    const isApart = this.state === 'dialling' || this.state === 'broken'
    return isApart && (this.session.outgoing.keptBytes > 0 || this.transfers.waiting > 0)
  }

  /** Settles when there is a line, or there will be none. */
  whenLinked(): Promise<void> {
    return new Promise((resolve) => void this.#linked.push(resolve))
  }

  /** Settles when it has answered; rejects with NO_ROUTE or NO_CONNECTION when it is lost. */
  whenUp(): Promise<void> {
    if (this.agreement !== undefined) return Promise.resolve()
    return new Promise((resolve, reject) => {
      this.#waiters.push({ resolve, reject })
    })
  }

  get protocolsDiffer(): readonly ProtocolDifference[] {
    return this.protocols.differences(this.#home.protocols)
  }

  get unknownKinds(): number {
    return this.inbox?.unknownKinds ?? 0
  }

  #begin(agreement: Agreement): void {
    if (agreement.flags.has('compression')) {
      this.outbox.compressAbove(this.#settings.compressAboveBytes)
    }
    const { name, creation } = agreement.peer
    this.inbox = new Inbox({
      node: name,
      creation,
      home: this.#home,
      decoder: this.decoder,
      outbox: this.outbox,
      pending: this.pending,
      holding: this.holding,
      protocols: this.protocols,
      messageMaxBytes: this.#settings.messageMaxBytes,
      refused: (error) => this.#verbs.refused(this, error),
    })
    const address = this.#verbs.askedAt(this)
    const key = this.keys?.liveness
    this.#vigil.begin((taker) => this.#verbs.watch({ name, creation, address, key }, taker))
  }

  #lineLost(problem: string | undefined): void {
    this.#farewell?.end()
    if (this.state !== 'up') return
    this.state = 'broken'
    this.#vigil.lineLost(problem ?? 'the connection ended and did not come back')
    this.#verbs.mend(this)
  }

  /** A dial to mend the line found nobody. */
  dialFailed(): void {
    this.#vigil.unreached()
  }

  /** Signs of life both ways, and a look for theirs. */
  #tick(): void {
    const { keepAliveMs } = this.#settings
    this.#cancelTick = this.#home.clock.after(keepAliveMs, () => this.#tick())
    this.pending.sweep()
    if (this.state !== 'up') return
    const paceMs = this.#verbs.paceMs(this.agreement?.peerTerms.keepAliveMs ?? 0)
    const silentMs = this.#home.clock.nowMs() - this.session.heardMs
    if (silentMs >= paceMs - keepAliveMs / 2) this.session.ping()
    this.#tellProtocols()
  }

  #tellProtocols(): void {
    const news = this.protocols.news(this.#home.protocols)
    if (news.length > 0) this.outbox.protocols(news)
  }
}

/** What was thrown over words of another node; without a code it is a fault of ours. */
const asError = (thrown: unknown): TroupeError =>
  TroupeError.is(thrown) ? thrown : badFrame(describeThrown(thrown))
