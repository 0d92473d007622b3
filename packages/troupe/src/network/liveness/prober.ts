/**
 * network/liveness/prober: watches the nodes we are connected with and probes the silent ones.
 *
 * One timer for each watched node, one place for datagrams for all of them. Whether an answer is
 * one is checked here; what follows from it is decided in suspicion.
 * Limit: a watched node has at most `OPEN_PROBES_MAX` probes whose answer would still count.
 *
 * @source design 5 (suspicion comes before removal)
 */
import type { Cancel, Clock } from '#base/clock'
import type { DatagramAddress, Datagrams } from './datagrams.js'
import type { SuspicionLimits } from './options.js'
import {
  isProvenFrame,
  PROBE_NONCE_BYTES,
  type ProbeFrame,
  readProbeFrame,
  writeProbeFrame,
} from './probe-frame.js'
import { type Finding, Suspicion, type SuspicionStep } from './suspicion.js'

const OPEN_PROBES_MAX = 8

/** A node that is watched. */
export interface WatchedNode {
  readonly name: string
  readonly creation: number
  /** Undefined: it has no thread that answers. */
  readonly address: DatagramAddress | undefined
  /** Of its cookie, by `livenessKey`, where that is another one than ours. */
  readonly key?: Uint8Array | undefined
}

/** What a watch is told, and how it ends. */
export interface LivenessWatch {
  /** Something arrived on its line; may be called for every read. */
  heard(): void
  /** Its line has broken. Hearing it again makes up for that. */
  lost(): void
  /** Within the finding `down`: the silence is not taken for the end, and probes go on. */
  askOn(): void
  /** No finding comes any more; nothing after the finding `down` either. */
  end(): void
}

/** What the prober has to be given. */
export interface ProberSettings {
  /** Of the cookie, by `livenessKey`. */
  readonly key: Uint8Array
  readonly datagrams: Datagrams
  readonly clock: Clock
  /** Cryptographic chance. */
  readonly randomBytes: (length: number) => Uint8Array
  readonly limits: SuspicionLimits
}

/** What a prober has done so far. */
export interface ProberInfo {
  readonly watched: number
  readonly probesSent: number
  readonly answers: number
  /** Datagrams that were no answer to an open probe. */
  readonly ignored: number
}

export class Prober {
  readonly #settings: ProberSettings
  readonly #watches = new Set<Watch>()
  /** Whose probe an answer belongs to, by nonce. */
  readonly #open = new Map<string, Watch>()
  #probesSent = 0
  #answers = 0
  #ignored = 0

  constructor(settings: ProberSettings) {
    this.#settings = settings
    settings.datagrams.start((bytes) => this.#arrived(bytes))
  }

  /** Watches a node from now on; `taker` is told what is found out, never within this call. */
  watch(node: WatchedNode, taker: (finding: Finding) => void): LivenessWatch {
    const { clock, limits, randomBytes } = this.#settings
    const watch: Watch = new Watch(node, taker, clock, limits, {
      probe: () => {
        const nonce = randomBytes(PROBE_NONCE_BYTES)
        this.#send(node, nonce)
        const id = idOf(nonce)
        this.#open.set(id, watch)
        return id
      },
      forget: (id) => this.#open.delete(id),
      over: () => this.#watches.delete(watch),
    })
    this.#watches.add(watch)
    return watch
  }

  info(): ProberInfo {
    return {
      watched: this.#watches.size,
      probesSent: this.#probesSent,
      answers: this.#answers,
      ignored: this.#ignored,
    }
  }

  stop(): void {
    for (const watch of [...this.#watches]) watch.end()
    this.#settings.datagrams.close()
  }

  #send({ name, creation, address, key = this.#settings.key }: WatchedNode, nonce: Uint8Array) {
    if (address === undefined) return
    this.#probesSent += 1
    const { datagrams } = this.#settings
    const probe: ProbeFrame = { kind: 'probe', nonce, name, creation, loopDelayMs: 0 }
    datagrams.send(writeProbeFrame(key, probe), address)
  }

  #arrived(bytes: Uint8Array): void {
    const answer = readProbeFrame(bytes)
    const id = answer?.kind === 'answer' ? idOf(answer.nonce) : ''
    const watch = this.#open.get(id)
    const isGenuine =
      watch?.node.name === answer?.name &&
      watch !== undefined &&
      isProvenFrame(watch.node.key ?? this.#settings.key, bytes)
    if (answer === undefined || watch === undefined || !isGenuine) {
      this.#ignored += 1
      return
    }
    this.#answers += 1
    watch.answered(answer)
  }
}

const idOf = (nonce: Uint8Array): string => Buffer.from(nonce).toString('latin1')

interface WatchVerbs {
  /** Sends a probe and answers by what its answer will be known. */
  probe(): string
  forget(id: string): void
  over(): void
}

class Watch implements LivenessWatch {
  readonly node: WatchedNode
  readonly #taker: (finding: Finding) => void
  readonly #clock: Clock
  readonly #verbs: WatchVerbs
  readonly #suspicion: Suspicion
  /** Ids of probes whose answer counts. */
  readonly #open: string[] = []
  #cancel: Cancel = () => false
  #armedMs = Number.POSITIVE_INFINITY
  #isEnded = false

  constructor(
    node: WatchedNode,
    taker: (finding: Finding) => void,
    clock: Clock,
    limits: SuspicionLimits,
    verbs: WatchVerbs,
  ) {
    this.node = node
    this.#taker = taker
    this.#clock = clock
    this.#verbs = verbs
    const { creation, address } = node
    const peer = { creation, hasAddress: address !== undefined }
    this.#suspicion = new Suspicion(peer, limits, clock.nowMs())
    this.#arm()
  }

  heard(): void {
    this.#do(this.#suspicion.heard(this.#clock.nowMs()))
  }

  lost(): void {
    this.#do(this.#suspicion.lost(this.#clock.nowMs()))
  }

  answered(answer: ProbeFrame): void {
    this.#forgetProbes()
    this.#do(this.#suspicion.answered(answer, this.#clock.nowMs()))
  }

  askOn(): void {
    this.#do(this.#suspicion.askOn(this.#clock.nowMs()))
  }

  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    this.#cancel()
    this.#forgetProbes()
    this.#verbs.over()
  }

  #do({ probe, finding }: SuspicionStep): void {
    if (this.#isEnded) return
    if (probe) this.#remember(this.#verbs.probe())
    this.#arm()
    if (finding === undefined) return
    this.#taker(finding)
    if (this.#suspicion.state === 'over') this.end()
  }

  /** A timer that rings too early is cheaper than one that is moved by every read. */
  #arm(): void {
    const { dueMs } = this.#suspicion
    if (dueMs === undefined || dueMs >= this.#armedMs) return
    this.#cancel()
    this.#armedMs = dueMs
    this.#cancel = this.#clock.after(Math.max(0, dueMs - this.#clock.nowMs()), () => {
      this.#armedMs = Number.POSITIVE_INFINITY
      this.#do(this.#suspicion.tick(this.#clock.nowMs()))
    })
  }

  #remember(id: string): void {
    this.#open.push(id)
    if (this.#open.length <= OPEN_PROBES_MAX) return
    const oldest = this.#open.shift()
    if (oldest !== undefined) this.#verbs.forget(oldest)
  }

  #forgetProbes(): void {
    for (const id of this.#open) this.#verbs.forget(id)
    this.#open.length = 0
  }
}
