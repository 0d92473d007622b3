/**
 * network/lobby: where other nodes knock: the acceptors, and handshakes that are not done.
 *
 * Strangers are kept here within limits of number and time; nothing they send reaches anything
 * else. Counts whoever was turned away, by code.
 *
 * Limits: `connectionsMax` lines in all, `HANDSHAKES_MAX` of them not yet done, of which
 * `LEAVING_MAX` are refused and not yet gone. When there is no room, the line goes that was refused
 * first, then the stranger who has had the longest time to prove himself: so silent lines, however
 * many, do not keep a node out that knows the cookie.
 */
import type { Clock } from '#base/clock'
import {
  ACCEPTOR_DEFAULTS,
  type AcceptorInfo,
  type AcceptorOptions,
  describeThrown,
  type Line,
  type LineListener,
  type Logger,
  requireOption,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import { Doorman } from './doorman.js'
import type { Admission, Applicant } from './handshake/outcome.js'
import { describeOutcome } from './handshake/outcome.js'
import { type HandshakeResult, runHandshake } from './handshake/run-handshake.js'
import type { HandshakeSettings } from './handshake/settings.js'
import { RefusalLog } from './refusal-log.js'
import { hostOf } from './transport/host-port.js'

/** Handshakes at a time. */
export const HANDSHAKES_MAX = 512
/** Refused lines at a time that may still take what they were told. */
export const LEAVING_MAX = 64
/** Counts lines that came and went without a word. */
const LINE_MUTE = 'LINE_MUTE'
/** Counts addresses that nodes tell of themselves and that are not dialled. */
const ADDRESS_REFUSED = 'ADDRESS_REFUSED'
/** Counts lines that TLS or the system refused before they were any. */
const LINE_REFUSED = 'LINE_REFUSED'
/** Told of lines that were not even taken. */
const FLOOD =
  'too many lines that do not prove themselves come from there; they are reset until it is quieter'
/** Counts what has no code: a fault of ours. */
const UNKNOWN = 'UNKNOWN'

/** What a lobby works with. */
export interface LobbyParts {
  readonly transports: ReadonlyMap<string, Transport>
  readonly handshake: () => HandshakeSettings
  readonly clock: Clock
  readonly log: Logger
  readonly connectionsMax: number
  /** `tookMs`: how long it took to prove itself. */
  readonly admit: (applicant: Applicant, tookMs: number) => Admission | Promise<Admission>
  /** A node has come in. */
  readonly arrived: (
    line: Line,
    handshake: Extract<HandshakeResult, { readonly kind: 'agreed' }>,
  ) => void
  /** Another program has the name of this node; `place`: where it is. */
  readonly twin?: (place: string, problem: string) => void
  /** Lines that are in use. */
  readonly connections: () => number
}

/** What came to one listener. */
interface DoorCount {
  lines: number
  handshakeErrors: number
}

/** One listener. */
interface Door extends Omit<AcceptorInfo, keyof DoorCount> {
  readonly count: DoorCount
}

export class Lobby {
  /** Lines closed because there were too many. */
  turnedAway = 0
  readonly #parts: LobbyParts
  readonly #listeners: LineListener[] = []
  readonly #addresses: TransportAddress[] = []
  /** How each listener does. */
  readonly #doors: Door[] = []
  /** Lines whose handshake is not done, the oldest first. */
  readonly #waiting = new Map<Line, Guest>()
  /** Refused lines that have not ended, the oldest first. */
  readonly #leaving = new Set<Line>()
  readonly #refusals: RefusalLog
  readonly #doorman: Doorman

  constructor(parts: LobbyParts) {
    this.#parts = parts
    this.#refusals = new RefusalLog(parts.clock, parts.log)
    this.#doorman = new Doorman(parts.clock)
  }

  /** Handshakes that came to nothing, by code; LINE_REFUSED: there was not even a line. */
  get refused(): ReadonlyMap<string, number> {
    return this.#refusals.counts
  }

  /** Where it listens. */
  get listening(): readonly TransportAddress[] {
    return this.#listeners.map(({ address }) => address)
  }

  get acceptors(): readonly AcceptorInfo[] {
    return this.#doors.map(({ count, ...door }) => ({ ...door, ...count }))
  }

  /** Where other nodes are told to come. */
  get addresses(): readonly TransportAddress[] {
    return this.#addresses
  }

  /** Counts an address that a node told of itself and that is not dialled. */
  notDialled(node: string, { transport, host, port, path }: TransportAddress): void {
    const told = `${node} tells an address that is not dialled: ${transport} ${host}:${port}${path}`
    this.#refusals.note(ADDRESS_REFUSED, told, node)
  }

  /** Counts and tells of a node that was let in, and refused for what it said. */
  refuse(code: string, told: string, remote: string): void {
    this.#refusals.add(code, told, remote)
  }

  /** Handshakes that are not done. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** Refused lines that have not ended. */
  get leaving(): number {
    return this.#leaving.size
  }

  /** PORT_IN_USE, PORT_FAILED, OPTION_INVALID. */
  async listen(given: AcceptorOptions, path = ''): Promise<TransportAddress> {
    const acceptor = { ...ACCEPTOR_DEFAULTS, ...given }
    const { transport: name, host, port, portRange } = acceptor
    const transport = this.#parts.transports.get(name)
    requireOption(transport !== undefined, 'transport', name, 'give tcp, tls or unix')
    const count: DoorCount = { lines: 0, handshakeErrors: 0 }
    const listener = await (transport as Transport).listen({
      ...{ host, port, portRange, path },
      admits: (from) => this.#admits(from),
      accept: (line) => {
        count.lines += 1
        void this.#greet(line, count)
      },
      refused: (problem, remote) => {
        count.handshakeErrors += 1
        this.#refusals.add(LINE_REFUSED, problem, remote)
      },
    })
    this.#listeners.push(listener)
    const advertised = {
      ...listener.address,
      host: acceptor.advertisedHost ?? listener.address.host,
      port: acceptor.advertisedPort ?? listener.address.port,
    }
    this.#addresses.push(advertised)
    const { address } = listener
    this.#doors.push({ address, advertised, tls: address.transport === 'tls', count })
    this.#tellMoved(given, listener.address)
    return listener.address
  }

  /** Takes lines of this host by the socket of a node: a short cut, for which TCP serves, too. */
  async listenBeside(path: string, name: string): Promise<void> {
    try {
      await this.listen({ transport: 'unix', host: '', port: 0 }, path)
    } catch (thrown) {
      if (!TroupeError.is(thrown)) throw thrown
      const isTaken = thrown.code === 'PORT_IN_USE'
      if (isTaken) this.#parts.twin?.(path, 'another program of this host has its Unix socket')
      this.#parts.log.warning(isTaken ? sameName(name) : thrown.message, { path })
    }
  }

  /** Nodes that were given the port that was asked for will not find this one there. */
  #tellMoved(
    { port: asked = 0 }: AcceptorOptions,
    { host, port, transport }: TransportAddress,
  ): void {
    if (asked === 0 || asked === port) return
    const told =
      `the ${transport} port ${asked} of ${host} is in use, ${port} was taken instead: whoever ` +
      `dials ${asked} meets another program; stop that one, or give portRange: 1 to fail instead`
    this.#parts.log.warning(told, { asked, port })
  }

  async close(): Promise<void> {
    for (const [line, guest] of this.#waiting) {
      guest.isTurnedAway = true
      line.destroy()
    }
    for (const line of this.#leaving) line.destroy()
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()))
    this.#addresses.length = 0
    this.#doors.length = 0
    this.#refusals.close()
  }

  #admits(host: string): boolean {
    const isAdmitted = this.#doorman.admits(host)
    if (!isAdmitted) this.#refusals.add(LINE_REFUSED, FLOOD, host)
    return isAdmitted
  }

  /** Never rejects: nobody waits for it. */
  async #greet(line: Line, count: DoorCount): Promise<void> {
    if (!this.#hasRoom()) {
      this.turnedAway += 1
      line.destroy()
      return
    }
    const guest: Guest = { isProven: false, isTurnedAway: false, hasEnded: false }
    this.#waiting.set(line, guest)
    try {
      const result = await this.#handshake(line, guest)
      if (isError(result)) count.handshakeErrors += 1
      this.#done(line, guest, result)
    } catch (thrown) {
      count.handshakeErrors += 1
      line.destroy()
      const code = TroupeError.is(thrown) ? thrown.code : UNKNOWN
      this.#refusals.add(code, describeThrown(thrown), line.remote)
    } finally {
      this.#waiting.delete(line)
    }
  }

  #handshake(line: Line, guest: Guest): Promise<HandshakeResult> {
    const { handshake, clock, admit } = this.#parts
    const sinceMs = clock.nowMs()
    const admitting = (applicant: Applicant): Admission | Promise<Admission> => {
      guest.isProven = true
      this.#doorman.proven(hostOf(line.remote))
      return admit(applicant, clock.nowMs() - sinceMs)
    }
    const ended = (): void => {
      guest.hasEnded = true
      this.#leaving.delete(line)
    }
    return runHandshake(line, handshake(), { kind: 'acceptor', admit: admitting, ended }, clock)
  }

  #done(line: Line, { isTurnedAway, hasEnded }: Guest, result: HandshakeResult): void {
    if (result.kind === 'agreed') {
      this.#parts.arrived(line, result)
      return
    }
    if (!hasEnded) this.#leave(line)
    if (isTurnedAway) return
    const { error, isMute, isTwin } = result.refusal
    if (isTwin) this.#parts.twin?.(line.remote, 'a program of its name came by there')
    // The other line is kept: that is how it has to be.
    if (error.code === 'NODE_SIMULTANEOUS') this.#refusals.count(error.code)
    else if (isMute) this.#refusals.note(LINE_MUTE, 'somebody came and left mute', line.remote)
    else this.#refusals.add(error.code, describeOutcome(result), line.remote)
  }

  /** What it was told may reach it yet; of many that do not go the oldest is torn down. */
  #leave(line: Line): void {
    this.#leaving.add(line)
    if (this.#leaving.size > LEAVING_MAX) this.#endOldestLeaving()
  }

  /** False when there is none. */
  #endOldestLeaving(): boolean {
    const [oldest] = this.#leaving
    if (oldest === undefined) return false
    this.#leaving.delete(oldest)
    oldest.destroy()
    return true
  }

  /** True when one more may wait, if need be in the place of the oldest stranger. */
  #hasRoom(): boolean {
    const { connections, connectionsMax } = this.#parts
    if (connections() >= connectionsMax) return false
    const here = this.#waiting.size + this.#leaving.size
    const isFull = here >= HANDSHAKES_MAX || connections() + here >= connectionsMax
    if (!isFull || this.#endOldestLeaving()) return true
    for (const [line, guest] of this.#waiting) {
      if (guest.isProven) continue
      guest.isTurnedAway = true
      this.turnedAway += 1
      this.#waiting.delete(line)
      line.destroy()
      return true
    }
    return false
  }
}

/** What the socket of this node's name, held by another program, says about that one. */
const sameName = (name: string): string =>
  `another program of this host is the node ${name} already, and has its Unix socket: nodes that ` +
  'want one of the two may reach the other; stop it, or give this one another name'

/** A line whose handshake is not done. */
interface Guest {
  /** It knows the cookie. */
  isProven: boolean
  /** It had to make room, or this node stops. */
  isTurnedAway: boolean
  /** Its line has ended. */
  hasEnded: boolean
}

/** A line that is not needed, or that left mute, is none. */
const isError = (result: HandshakeResult): boolean =>
  result.kind === 'refused' &&
  !result.refusal.isMute &&
  result.refusal.error.code !== 'NODE_SIMULTANEOUS'
