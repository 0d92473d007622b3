/**
 * network/dials: who is being dialled now, and when to try again.
 *
 * One dial for each peer at a time. A node that could not be reached is left alone for a while,
 * longer each time, so that sends to it fail at once instead of dialling without end. A broken line
 * is dialled again until the peer gives up.
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import { type Logger, type Transport, type TransportAddress, TroupeError } from '#contract'
import { NodeDialler, type NotReached, type Reached } from './dialler.js'
import type { HandshakeSettings } from './handshake/settings.js'
import type { NetworkSettings } from './options.js'
import type { Peer } from './peer/peer.js'
import { QuietLog } from './quiet-log.js'
import type { DialTarget, RouteBook } from './routes/route-book.js'
import { mayBeDialled } from './told-address.js'

/** Waits between tries, with up to half of them by chance. */
const RETRY_MS_MIN = 50
const RETRY_MS_MAX = 2_000
/** Lines that may break in the first handshake with a node, before it counts as not reached. */
const TRIES_MAX = 5
/** Where some way is known, a registrar is waited for no longer, in milliseconds. */
const ASKING_MS = 100
/** Nodes that are remembered as not reached. */
const UNREACHED_MAX = 10_000
/** One line in this time for each node dialled in vain, and each reason, in milliseconds. */
const QUIET_MS = 60_000

/** What dials work with. */
export interface DialParts {
  readonly transports: ReadonlyMap<string, Transport>
  readonly handshake: () => HandshakeSettings
  readonly clock: Clock
  readonly random: Random
  readonly log: Logger
  readonly settings: NetworkSettings
  readonly resolve: (
    node: string,
  ) => readonly TransportAddress[] | Promise<readonly TransportAddress[]>
  readonly reached: (peer: Peer, reached: Reached) => void
  /** A node told an address of itself that is not dialled. */
  readonly notDialled: (peer: Peer, address: TransportAddress) => void
  /** A dial came to nothing. */
  readonly failed?: (peer: Peer, why: NotReached) => void
  /** Ways that were given by hand. */
  readonly routes: RouteBook
}

/** A dial under way. */
interface Dial {
  readonly controller: AbortController
  readonly sinceMs: number
}

/** A node that was not reached. */
interface Unreached {
  /** It is left alone until then. */
  readonly untilMs: number
  readonly retryMs: number
  readonly problem: TroupeError
  /** How often in a row, and with which codes. */
  readonly tries: number
  readonly codes: ReadonlySet<string>
}

/** Somebody who waits for a lost node. */
export interface Seeking {
  /** False: the node is back, or nobody waits any more. */
  readonly wanted: () => boolean
  readonly reach: () => void
}

export class Dials {
  /** Dials that came to nothing. */
  failed = 0
  readonly #parts: DialParts
  readonly #dialler: NodeDialler
  #stopped = false
  readonly #running = new Map<Peer, Dial>()
  /** Peers whose addresses that are not dialled have been counted. */
  readonly #judged = new WeakSet<Peer>()
  readonly #unreached = new Map<string, Unreached>()
  /** Lost nodes that are looked for: the timer of the next look at each. */
  readonly #sought = new Map<string, Cancel>()
  /** Other waits, which end with this node. */
  readonly #waits = new Set<Cancel>()
  readonly #quiet: QuietLog

  constructor(parts: DialParts) {
    this.#parts = parts
    this.#quiet = new QuietLog(parts.clock, parts.log, {
      quietMs: QUIET_MS,
      more: (count, last) => `${last} (${count} more tries)`,
    })
    this.#dialler = new NodeDialler(parts.transports, parts.handshake, parts.clock)
  }

  /** False while a node that was not reached is left alone. */
  mayTry(node: string): boolean {
    const unreached = this.#unreached.get(node)
    return unreached === undefined || this.#parts.clock.nowMs() >= unreached.untilMs
  }

  /** There is another way to some nodes: they may be tried at once. */
  retry(isMeant: (node: string) => boolean): void {
    for (const [node, unreached] of this.#unreached) {
      if (isMeant(node)) this.#unreached.set(node, { ...unreached, untilMs: 0, retryMs: 0 })
    }
  }

  /** NO_ROUTE, caused by what the last try to reach the node ended with. */
  noRoute(node: string): TroupeError {
    return new TroupeError('NO_ROUTE', { node }, this.#unreached.get(node)?.problem)
  }

  /** Reaches a peer for the first time; it is down when that fails. */
  dial(peer: Peer): void {
    const { clock, settings } = this.#parts
    this.#dialUntil(peer, clock.nowMs() + settings.dialTimeoutMs, 1)
  }

  /** A line that breaks in the handshake loses nothing yet of what was sent to the peer. */
  #dialUntil(peer: Peer, untilMs: number, tries: number): void {
    const { clock } = this.#parts
    void this.#run(peer, ({ problem, isBroken }) => {
      if (peer.state !== 'dialling') return
      const waitMs = this.#jittered(RETRY_MS_MIN * 2 ** (tries - 1))
      const mayTry = isBroken && tries < TRIES_MAX && clock.nowMs() + waitMs < untilMs
      if (problem.code === 'NODE_SIMULTANEOUS') this.#awaitOther(peer)
      else if (!mayTry) this.#giveUp(peer, problem)
      else {
        this.#after(waitMs, () => {
          const isOpen = peer.state === 'dialling' && !this.#running.has(peer)
          if (isOpen) this.#dialUntil(peer, untilMs, tries + 1)
        })
      }
    })
  }

  /** Reaches a peer again whose line broke, until it gives up. */
  mend(peer: Peer): void {
    this.#mendAfter(peer, RETRY_MS_MIN, 0)
  }

  /**
   * Looks for a lost node again and again, as long as somebody waits for it; `anew`: soon, for it
   * was there until now.
   */
  seek(node: string, seeking: Seeking, anew: boolean): void {
    if (this.#stopped || (this.#sought.has(node) && !anew)) return
    this.#seekAfter(node, seeking, RETRY_MS_MIN)
  }

  /** How long a peer has been dialled for; undefined: it is not. */
  diallingForMs(peer: Peer): number | undefined {
    const dial = this.#running.get(peer)
    return dial === undefined ? undefined : this.#parts.clock.nowMs() - dial.sinceMs
  }

  /** The peer has a line, or needs none any more. */
  settled(peer: Peer): void {
    this.#running.get(peer)?.controller.abort()
    this.#running.delete(peer)
    if (peer.state === 'dialling') this.#foundAgain(peer.name)
  }

  stop(): void {
    this.#stopped = true
    for (const { controller } of this.#running.values()) controller.abort()
    this.#running.clear()
    for (const cancel of [...this.#sought.values(), ...this.#waits]) cancel()
    this.#sought.clear()
    this.#waits.clear()
    this.#quiet.close()
  }

  #after(delayMs: number, run: () => void): void {
    if (this.#stopped) return
    const cancel = this.#parts.clock.after(delayMs, () => {
      this.#waits.delete(cancel)
      run()
    })
    this.#waits.add(cancel)
  }

  #seekAfter(node: string, seeking: Seeking, retryMs: number): void {
    this.#sought.get(node)?.()
    const cancel = this.#parts.clock.after(this.#jittered(retryMs), () => {
      this.#sought.delete(node)
      if (!seeking.wanted()) return
      this.#seekAfter(node, seeking, Math.min(RETRY_MS_MAX, retryMs * 2))
      seeking.reach()
    })
    this.#sought.set(node, cancel)
  }

  #mendAfter(peer: Peer, retryMs: number, delayMs: number): void {
    this.#after(delayMs, () => {
      if (peer.state !== 'broken' || this.#running.has(peer)) return
      void this.#run(peer, ({ problem }) => {
        if (peer.state !== 'broken') return
        if (OVER.has(problem.code)) {
          peer.down(problem.message)
          return
        }
        if (problem.code === 'PORT_FAILED') peer.dialFailed()
        if (peer.state === 'broken')
          this.#mendAfter(peer, Math.min(RETRY_MS_MAX, retryMs * 2), this.#jittered(retryMs))
      })
    })
  }

  async #run(peer: Peer, failed: (why: NotReached) => void): Promise<void> {
    const controller = new AbortController()
    const { clock, settings, reached } = this.#parts
    this.#running.set(peer, { controller, sinceMs: clock.nowMs() })
    const result = await this.#dialler.dial({
      node: peer.name,
      targets: this.#targetsOf(peer),
      resume: this.#resumeOf(peer),
      timeoutMs: settings.dialTimeoutMs,
      signal: controller.signal,
    })
    const isCurrent = this.#running.get(peer)?.controller === controller
    if (isCurrent) this.#running.delete(peer)
    if ('problem' in result) {
      this.failed += 1
      this.#parts.failed?.(peer, result)
      if (isCurrent) failed(result)
      return
    }
    if (isCurrent && peer.state !== 'down') reached(peer, result)
    else result.line.destroy()
  }

  /** Ways given by hand first; then, unless one of them forbids it, all others. */
  async *#targetsOf(peer: Peer): AsyncGenerator<DialTarget> {
    const { asks, fallsThrough, targets } = this.#parts.routes.plan(peer.name)
    const asking = asks || fallsThrough ? this.#found(peer.name) : Promise.resolve([])
    yield* targets(asks ? await asking : [])
    if (!fallsThrough) return
    const peerAddress = this.#parts.settings.peers.get(peer.name)
    const known = [...(peerAddress === undefined ? [] : [peerAddress]), ...this.#toldBy(peer)]
    // A registrar may look for seconds; nobody waits for it who knows a way.
    const isSlow = known.length > 0 && (await this.#isSlow(asking))
    if (isSlow) yield plain(known)
    // A broken line is mended soon or never: the next try asks anew.
    if (isSlow && peer.state === 'broken' && (await this.#isSlow(asking))) return
    const found = await asking
    yield plain(isSlow ? found : distinct([...found, ...known]))
  }

  /** True: it takes longer than `ASKING_MS`. */
  async #isSlow(asking: Promise<unknown>): Promise<boolean> {
    let cancel: Cancel = () => false
    const slow = new Promise<boolean>((settle) => {
      cancel = this.#parts.clock.after(ASKING_MS, () => settle(true))
    })
    const answer = await Promise.race([asking.then(() => false), slow])
    cancel()
    return answer
  }

  /** Where a registrar says that a node is; nothing when it fails. */
  async #found(node: string): Promise<readonly TransportAddress[]> {
    try {
      return await this.#parts.resolve(node)
    } catch (thrown) {
      const problem = String(thrown)
      this.#parts.log.warning('a node could not be resolved', { node, problem })
      return []
    }
  }

  /** Where a node said that it takes lines, as far as that is sensible. */
  #toldBy(peer: Peer): readonly TransportAddress[] {
    const { met } = peer
    const told = peer.agreement?.peerTerms.addresses ?? []
    const sensible = told.filter((address) => met !== undefined && mayBeDialled(address, met))
    if (!this.#judged.has(peer)) {
      this.#judged.add(peer)
      for (const address of told) {
        if (!sensible.includes(address)) this.#parts.notDialled(peer, address)
      }
    }
    return sensible
  }

  #resumeOf(
    peer: Peer,
  ): { readonly sessionId: string; readonly receivedBytes: number } | undefined {
    const { sessionId } = peer
    if (sessionId === undefined) return undefined
    return { sessionId, receivedBytes: peer.session.incoming.received }
  }

  /** The other node dials us at this moment, and its line wins; if it does not come, we dial. */
  #awaitOther(peer: Peer): void {
    const waitMs = this.#parts.settings.handshakeTimeoutMs
    this.#after(waitMs, () => {
      if (peer.state === 'dialling' && !this.#running.has(peer)) this.dial(peer)
    })
  }

  #giveUp(peer: Peer, problem: TroupeError): void {
    const before = this.#unreached.get(peer.name)
    const retryMs = Math.min(RETRY_MS_MAX, (before?.retryMs ?? RETRY_MS_MIN / 2) * 2)
    const tries = (before?.tries ?? 0) + 1
    const codes = new Set(before?.codes).add(problem.code)
    const untilMs = this.#parts.clock.nowMs() + this.#jittered(retryMs)
    if (this.#unreached.size >= UNREACHED_MAX) this.#unreached.clear()
    this.#unreached.set(peer.name, { untilMs, retryMs, problem, tries, codes })
    const told = `no way to ${peer.name}: ${problem.message}`
    this.#quiet.add(quietKey(peer.name, problem.code), told, { code: problem.code })
    peer.down(problem.message, 'NO_ROUTE', problem)
  }

  /** Whoever read that there was no way to it reads that there is one. */
  #foundAgain(node: string): void {
    const unreached = this.#unreached.get(node)
    if (unreached === undefined) return
    this.#unreached.delete(node)
    for (const code of unreached.codes) this.#quiet.end(quietKey(node, code))
    const { tries } = unreached
    this.#parts.log.info(`there is a way to ${node} again`, { failed: tries })
  }

  #jittered(ms: number): number {
    return ms + (ms / 2) * this.#parts.random.unit()
  }
}

const quietKey = (node: string, code: string): string => `${node} ${code}`

/** Dialled with the cookie and the TLS of this node. */
const plain = (addresses: readonly TransportAddress[]): DialTarget => ({
  ...{ addresses, keys: undefined, tls: undefined },
})

/** Each address once: what a node tells of itself is often what was known already. */
function distinct(addresses: readonly TransportAddress[]): readonly TransportAddress[] {
  const keys = addresses.map(({ transport, host, port, path }) =>
    [transport, host, port, path].join(' '),
  )
  return addresses.filter((_, i) => keys.indexOf(keys[i] as string) === i)
}

/** Answers of the other node after which there is nothing to mend. */
const OVER: ReadonlySet<string> = new Set([
  'NODE_INCARNATION_OLD',
  'COOKIE_MISMATCH',
  'NODE_NAME_TAKEN',
])
