/**
 * network/dialler: reaches another node: its addresses one after the other, then the handshake.
 *
 * Knows nothing of what happens on the line afterwards. Never rejects: whatever comes of it is a
 * value, so that no attempt is lost.
 */
import type { Clock } from '#base/clock'
import {
  describeThrown,
  type Line,
  type Transport,
  type TransportAddress,
  TroupeError,
} from '#contract'
import type { ResumeWish } from '#network/handshake/frames'
import type { HandshakeResult } from '#network/handshake/run-handshake'
import { runHandshake } from '#network/handshake/run-handshake'
import type { HandshakeSettings } from '#network/handshake/settings'

/** A line on which both nodes know each other. */
export type Reached = {
  readonly line: Line
  readonly handshake: Extract<HandshakeResult, { readonly kind: 'agreed' }>
}

/** What is dialled. */
export interface DialTask {
  readonly node: string
  readonly addresses: readonly TransportAddress[]
  readonly resume: ResumeWish | undefined
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

export class NodeDialler {
  readonly #transports: ReadonlyMap<string, Transport>
  readonly #settings: () => HandshakeSettings
  readonly #clock: Clock

  constructor(
    transports: ReadonlyMap<string, Transport>,
    settings: () => HandshakeSettings,
    clock: Clock,
  ) {
    this.#transports = transports
    this.#settings = settings
    this.#clock = clock
  }

  /** The first address that answers as the wanted node; else the error of the last one. */
  async dial(task: DialTask): Promise<Reached | TroupeError> {
    let problem = new TroupeError('NO_ROUTE', { node: task.node })
    for (const address of task.addresses) {
      if (task.signal.aborted) break
      const reached = await this.#try(address, task)
      if (!(reached instanceof TroupeError)) return reached
      problem = reached as typeof problem
      // The node itself has answered: other ways to it would hear the same.
      if (reached.code === 'NODE_SIMULTANEOUS') break
    }
    return problem
  }

  async #try(address: TransportAddress, task: DialTask): Promise<Reached | TroupeError> {
    const transport = this.#transports.get(address.transport)
    if (transport === undefined) {
      const problem = `there is no transport ${address.transport} on this node`
      return new TroupeError('OPTION_INVALID', { option: 'peers', value: task.node, problem })
    }
    const { node, resume, timeoutMs, signal } = task
    let line: Line
    try {
      line = await transport.dial(address, { timeoutMs, signal })
    } catch (thrown) {
      if (TroupeError.is(thrown)) return thrown
      const told = `${address.host}:${address.port}${address.path}`
      const detail = {
        transport: address.transport,
        address: told,
        problem: describeThrown(thrown),
      }
      return new TroupeError('PORT_FAILED', detail)
    }
    const role = { kind: 'dialler' as const, wanted: node, resume }
    const handshake = await runHandshake(line, this.#settings(), role, this.#clock)
    return handshake.kind === 'agreed' ? { line, handshake } : handshake.refusal.error
  }
}
