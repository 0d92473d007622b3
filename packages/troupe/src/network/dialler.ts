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
import type { CookieKeys, DialTarget } from '#network/routes/route-book'

/** A line on which both nodes know each other. */
export type Reached = {
  readonly line: Line
  readonly handshake: Extract<HandshakeResult, { readonly kind: 'agreed' }>
  /** Of the cookie that was proved, unless it was the own one. */
  readonly keys: CookieKeys | undefined
}

/** Why a node was not reached. */
export interface NotReached {
  readonly problem: TroupeError
  /** A line was there and broke, or was reset, before anybody had answered: try again. */
  readonly isBroken: boolean
  /** The node itself has answered: other ways to it would hear the same. */
  readonly isAnswer: boolean
  /** There answers another program of the own name. */
  readonly isTwin: boolean
  /** Who ended it; empty: nobody was there. */
  readonly remote: string
}

/** What is dialled. */
export interface DialTask {
  readonly node: string
  /** In the order in which they are tried; each is asked for when those before have failed. */
  readonly targets: Iterable<DialTarget> | AsyncIterable<DialTarget>
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

  /** The first address that answers as the wanted node; else what came of the last one. */
  async dial(task: DialTask): Promise<Reached | NotReached> {
    let last = notReached(new TroupeError('NO_ROUTE', { node: task.node }))
    let isBroken = false
    /** Cookies that the node itself has judged: other ways would hear the same. */
    const judged = new Set<CookieKeys | undefined>()
    for await (const [address, target] of waysOf(task)) {
      if (judged.has(target.keys)) continue
      const reached = await this.#try(address, target, task)
      if ('line' in reached) return reached
      last = reached
      isBroken ||= reached.isBroken
      if (reached.problem.code === 'NODE_SIMULTANEOUS') break
      if (reached.isAnswer) judged.add(target.keys)
    }
    return { ...last, isBroken }
  }

  async #try(
    address: TransportAddress,
    { keys, tls }: DialTarget,
    task: DialTask,
  ): Promise<Reached | NotReached> {
    const isOwnTls = tls !== undefined && address.transport === tls.name
    const transport = isOwnTls ? tls : this.#transports.get(address.transport)
    if (transport === undefined) {
      const problem = `there is no transport ${address.transport} on this node`
      const detail = { option: 'peers', value: task.node, problem }
      return notReached(new TroupeError('OPTION_INVALID', detail))
    }
    const { node, resume, timeoutMs, signal } = task
    let line: Line
    try {
      line = await transport.dial(address, { timeoutMs, signal })
    } catch (thrown) {
      if (TroupeError.is(thrown)) return { ...notReached(thrown), isBroken: isReset(thrown) }
      const told = `${address.host}:${address.port}${address.path}`
      const detail = {
        transport: address.transport,
        address: told,
        problem: describeThrown(thrown),
      }
      return notReached(new TroupeError('PORT_FAILED', detail))
    }
    const role = { kind: 'dialler' as const, wanted: node, resume }
    const settings = this.#settings()
    const proving = keys === undefined ? settings : { ...settings, key: keys.handshake }
    const handshake = await runHandshake(line, proving, role, this.#clock)
    if (handshake.kind === 'agreed') return { line, handshake, keys }
    const { error, by, claimed, isTwin } = handshake.refusal
    // Under another name it may be somebody who lives now where the node has lived.
    const isUnlike = error.code === 'COOKIE_MISMATCH' && claimed === node
    const isAnswer = isUnlike || error.code === 'NODE_SIMULTANEOUS'
    return { problem: error, isBroken: by === 'line', isAnswer, isTwin, remote: line.remote }
  }
}

/** Every address with its manner, until the dial is given up. */
async function* waysOf({
  targets,
  signal,
}: DialTask): AsyncGenerator<readonly [TransportAddress, DialTarget]> {
  for await (const target of targets) {
    for (const address of target.addresses) {
      if (signal.aborted) return
      yield [address, target]
    }
  }
}

/** By the far system, not by node, which calls some ends so: too many knock there. */
const isReset = ({ cause }: TroupeError): boolean =>
  cause instanceof Error && 'syscall' in cause && 'code' in cause && cause.code === 'ECONNRESET'

const notReached = (problem: TroupeError): NotReached => ({
  problem,
  isBroken: false,
  isAnswer: false,
  isTwin: false,
  remote: '',
})
