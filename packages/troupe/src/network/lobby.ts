/**
 * network/lobby: where other nodes knock: the acceptors, and handshakes that are not done.
 *
 * Strangers are kept here within limits of number and time; nothing they send reaches anything
 * else. Counts whoever was turned away, by code.
 *
 * Limits: `connectionsMax` lines in all, `HANDSHAKES_MAX` of them not yet done.
 */
import type { Clock } from '#base/clock'
import {
  ACCEPTOR_DEFAULTS,
  type AcceptorOptions,
  type Line,
  type LineListener,
  type Logger,
  requireOption,
  type Transport,
  type TransportAddress,
} from '#contract'
import type { Admission, Applicant } from './handshake/outcome.js'
import { describeOutcome } from './handshake/outcome.js'
import { type HandshakeResult, runHandshake } from './handshake/run-handshake.js'
import type { HandshakeSettings } from './handshake/settings.js'

/** Handshakes at a time; more lines than that are closed at once. */
const HANDSHAKES_MAX = 512

/** What a lobby works with. */
export interface LobbyParts {
  readonly transports: ReadonlyMap<string, Transport>
  readonly handshake: () => HandshakeSettings
  readonly clock: Clock
  readonly log: Logger
  readonly connectionsMax: number
  readonly admit: (applicant: Applicant) => Admission | Promise<Admission>
  /** A node has come in. */
  readonly arrived: (
    line: Line,
    handshake: Extract<HandshakeResult, { readonly kind: 'agreed' }>,
  ) => void
  /** Lines that are in use. */
  readonly connections: () => number
}

export class Lobby {
  /** Handshakes that came to nothing, by code. */
  readonly refused = new Map<string, number>()
  /** Lines closed at once, because there were too many. */
  turnedAway = 0
  readonly #parts: LobbyParts
  readonly #listeners: LineListener[] = []
  readonly #addresses: TransportAddress[] = []
  readonly #waiting = new Set<Line>()

  constructor(parts: LobbyParts) {
    this.#parts = parts
  }

  /** Where other nodes are told to come. */
  get addresses(): readonly TransportAddress[] {
    return this.#addresses
  }

  /** Handshakes that are not done. */
  get waiting(): number {
    return this.#waiting.size
  }

  /** PORT_IN_USE, PORT_FAILED, OPTION_INVALID. */
  async listen(given: AcceptorOptions, path = ''): Promise<TransportAddress> {
    const acceptor = { ...ACCEPTOR_DEFAULTS, ...given }
    const { transport: name, host, port, portRange } = acceptor
    const transport = this.#parts.transports.get(name)
    requireOption(transport !== undefined, 'transport', name, 'give tcp, tls or unix')
    const listener = await (transport as Transport).listen({
      ...{ host, port, portRange, path },
      accept: (line) => void this.#greet(line),
      refused: (problem) => this.#count(problem),
    })
    this.#listeners.push(listener)
    const advertised = {
      ...listener.address,
      host: acceptor.advertisedHost ?? listener.address.host,
      port: acceptor.advertisedPort ?? listener.address.port,
    }
    this.#addresses.push(advertised)
    return listener.address
  }

  async close(): Promise<void> {
    for (const line of this.#waiting) line.destroy()
    await Promise.all(this.#listeners.splice(0).map((listener) => listener.close()))
    this.#addresses.length = 0
  }

  async #greet(line: Line): Promise<void> {
    const { handshake, clock, log, admit, arrived, connections, connectionsMax } = this.#parts
    const isFull = this.#waiting.size >= HANDSHAKES_MAX
    if (isFull || connections() + this.#waiting.size >= connectionsMax) {
      this.turnedAway += 1
      line.destroy()
      return
    }
    this.#waiting.add(line)
    const result = await runHandshake(line, handshake(), { kind: 'acceptor', admit }, clock)
    this.#waiting.delete(line)
    if (result.kind === 'agreed') {
      arrived(line, result)
      return
    }
    this.#count(result.refusal.error.code)
    log.warning(describeOutcome(result), { remote: line.remote })
  }

  #count(cause: string): void {
    this.refused.set(cause, (this.refused.get(cause) ?? 0) + 1)
  }
}
