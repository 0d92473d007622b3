/**
 * cluster/registrar/embedded/member: the registrar of one node, beside its loop: it is registered,
 * and serves when it is its turn.
 *
 * Tells the node what changes; a node that does not take it for a while is told everything when it
 * does again. Runs in the side thread, or in a simulated one. Limit: `UNTAKEN_MAX` messages that
 * the node has not taken.
 */
import type { Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { OwnApplicationRoute } from '#contract'
import { RegistrarClient } from './client.js'
import type { FarPlug } from './far-plug.js'
import type { Place } from './link.js'
import type { EmbeddedTimes } from './options.js'
import { RegistrarServer } from './server.js'
import type { Change, Entry } from './words.js'

const UNTAKEN_MAX = 1_000
/** How long a node that withdraws waits until the server has heard it. */
const FAREWELL_MS = 200
/** How often what was refused is told. */
const COUNTS_MS = 500

/** What the node asks of its registrar. */
export type MemberRequest =
  | {
      readonly kind: 'begin'
      /** What is known from before, when the thread was begun anew. */
      readonly known: readonly Entry[]
      readonly applications: readonly OwnApplicationRoute[]
    }
  | { readonly kind: 'application'; readonly route: OwnApplicationRoute }
  | { readonly kind: 'application-gone'; readonly name: string }
  | { readonly kind: 'leaving' }
  | { readonly kind: 'find'; readonly id: number; readonly node: string }
  /** One message was taken. */
  | { readonly kind: 'taken' }

/** What the node is told. */
export type MemberNews =
  | {
      readonly kind: 'joined'
      readonly server: string
      readonly entries: readonly Entry[]
    }
  | { readonly kind: 'changed'; readonly changes: readonly Change[] }
  | { readonly kind: 'lost'; readonly server: string; readonly problem: string }
  | { readonly kind: 'refused'; readonly code: string; readonly problem: string }
  | { readonly kind: 'failed'; readonly problem: string }
  /** There is no server now, and this node must not be it. */
  | { readonly kind: 'alone' }
  | { readonly kind: 'warning'; readonly code: string; readonly text: string }
  | { readonly kind: 'found'; readonly id: number; readonly entry: Entry | undefined }
  | {
      readonly kind: 'counts'
      readonly isServing: boolean
      readonly refused: Readonly<Record<string, number>>
    }

/** What a member is made of. */
export interface MemberParts {
  readonly self: {
    readonly node: string
    readonly hidden: boolean
    readonly serves: boolean
    /** Shown to the server alone; tells this life of the node from others. */
    readonly secret: string
    readonly route: Entry['route']
  }
  readonly place: Place
  readonly clock: Clock
  readonly random: Random
  readonly key: Uint8Array
  readonly farKey: Uint8Array
  readonly times: EmbeddedTimes
  randomBytes(length: number): Uint8Array
  /** What looks beyond the host when this node begins to serve. */
  readonly makeFar: (() => FarPlug) | undefined
  tell(news: MemberNews): void
}

export class Member {
  readonly #parts: MemberParts
  readonly #client: RegistrarClient
  readonly #refused = new Map<string, number>()
  #server: RegistrarServer | undefined = undefined
  #serverNode = ''
  #untaken = 0
  #isBehind = false
  #areCountsDue = false
  #isStopped = false

  constructor(parts: MemberParts) {
    this.#parts = parts
    const { self, place, clock, random, key, times } = parts
    this.#client = new RegistrarClient({
      ...{ self, place, clock, random, key, times },
      randomBytes: (length) => parts.randomBytes(length),
      taker: {
        joined: (server, entries) => this.#joined(server, entries),
        changed: (changes) => this.#tellOrMiss({ kind: 'changed', changes }),
        lost: (server, problem) => this.#tell({ kind: 'lost', server, problem }),
        refused: (code, problem) => {
          this.#count(code)
          this.#tell({ kind: 'refused', code, problem })
        },
        alone: () => this.#tell({ kind: 'alone' }),
        serve: (instead, deposed) => this.#serve(instead, deposed),
      },
    })
  }

  get isServing(): boolean {
    return this.#server !== undefined
  }

  take(request: MemberRequest): void {
    switch (request.kind) {
      case 'begin':
        this.#client.begin(request.known, request.applications)
        break
      case 'application':
        this.#client.putApplication(request.route)
        break
      case 'application-gone':
        this.#client.removeApplication(request.name)
        break
      case 'leaving':
        this.#client.leaving()
        break
      case 'find':
        return void this.#find(request.id, request.node)
      case 'taken':
        this.#taken()
        break
    }
  }

  /** Withdraws the node; hands over what it serves. */
  async stop(): Promise<void> {
    this.#isStopped = true
    const server = this.#server
    this.#server = undefined
    if (server === undefined) return this.#client.stop(FAREWELL_MS)
    server.handOver()
    this.#client.end()
  }

  /** False: it cannot be tried, and is told why. */
  async #serve(instead: string | undefined, deposed: string | undefined): Promise<boolean> {
    const { place, self } = this.#parts
    const server = this.#newServer(deposed)
    try {
      const claim = await place.claim(instead, (link) => server.accept(link))
      if (claim === undefined) return true
      if (this.#isStopped) claim.release()
      else {
        this.#server?.depose()
        this.#server = server
        server.begin(claim)
        this.#tellCounts()
      }
      return true
    } catch (thrown) {
      const problem = thrown instanceof Error ? thrown.message : `${self.node}: ${thrown}`
      this.#tell({ kind: 'failed', problem })
      return false
    }
  }

  #newServer(deposed: string | undefined): RegistrarServer {
    const { self, clock, random, key, farKey, times, makeFar } = this.#parts
    const server: RegistrarServer = new RegistrarServer({
      ...{ node: self.node, clock, random, key, farKey, times, deposed },
      known: this.#client.mirror.entries,
      far: makeFar?.(),
      randomBytes: (length) => this.#parts.randomBytes(length),
      deposedBy: () => {
        if (this.#server !== server) return
        this.#server = undefined
        this.#tellCounts()
      },
      refused: (code) => this.#count(code),
      told: (code, text) => this.#tell({ kind: 'warning', code, text }),
    })
    return server
  }

  async #find(id: number, node: string): Promise<void> {
    const entry = await this.#client.find(node)
    this.#tell({ kind: 'found', id, entry })
  }

  #joined(server: string, entries: readonly Entry[]): void {
    this.#serverNode = server
    this.#tellOrMiss({ kind: 'joined', server, entries })
  }

  #tellOrMiss(news: MemberNews): void {
    if (this.#untaken >= UNTAKEN_MAX) this.#isBehind = true
    else if (!this.#isBehind) this.#tell(news)
  }

  #tell(news: MemberNews): void {
    this.#untaken += 1
    this.#parts.tell(news)
  }

  #taken(): void {
    this.#untaken = Math.max(0, this.#untaken - 1)
    if (!this.#isBehind || this.#untaken > 0) return
    this.#isBehind = false
    if (this.#client.isJoined) this.#joined(this.#serverNode, this.#client.mirror.entries)
  }

  #count(code: string): void {
    this.#refused.set(code, (this.#refused.get(code) ?? 0) + 1)
    if (this.#areCountsDue) return
    this.#areCountsDue = true
    this.#parts.clock.after(COUNTS_MS, () => {
      if (!this.#isStopped) this.#tellCounts()
    })
  }

  #tellCounts(): void {
    this.#areCountsDue = false
    const refused = Object.fromEntries(this.#refused)
    this.#tell({ kind: 'counts', isServing: this.isServing, refused })
  }
}
