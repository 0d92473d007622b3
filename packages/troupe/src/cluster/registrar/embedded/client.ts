/**
 * cluster/registrar/embedded/client: how one node is registered, and stays so whoever serves.
 *
 * Seeks the server at the place of the host; registers; beats; when the server goes, is silent or
 * is replaced, seeks again. Whether this node should serve itself it only asks for, when it is its
 * turn: the node that serves registers with itself by the same way as all others.
 *
 * @source ergo-features 21 (embedded: fail-over)
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import type { OwnApplicationRoute } from '#contract'
import { Finds } from './finds.js'
import { Greeting, type GreetingProblem } from './greeting.js'
import type { Link, Place } from './link.js'
import { Mirror } from './mirror.js'
import type { EmbeddedTimes } from './options.js'
import { rankOf, turnMs } from './succession.js'
import {
  type Change,
  type ClientWord,
  decodeWord,
  type Entry,
  encodeWord,
  type ServerWord,
} from './words.js'

/** How often the place is looked at while there is no server, in milliseconds. */
const SEEK_MS = 15
/** The same when nothing helps, such as a stranger at the place. */
const SEEK_SLOWLY_MS = 500
/** Looks in vain after which a node that may not serve looks ten times less often. */
const LOOKS_MAX = 200
/** A server has so many times `silenceMs` for a greeting: many may come at the same time. */
const GREETING_TIMES = 2
/** How soon a node whose name is held by another one asks again. */
const REFUSED_MS = 2_000
const LATER_MS = 60
const FIND_MS = 5_000
/** How long after its loss another server is waited for by who asks. */
const WITHOUT_MS = 1_000
/** A server tells thousands of nodes at once. */
const LINE_BYTES_MAX = 268_435_456

/** What a node says of itself. */
export interface ClientSelf {
  readonly node: string
  readonly hidden: boolean
  readonly serves: boolean
  readonly secret: string
  readonly route: Entry['route']
}

/** Who is told what becomes of it. */
export interface ClientTaker {
  /** Registered; all that is known now. */
  joined(server: string, entries: readonly Entry[]): void
  changed(changes: readonly Change[]): void
  lost(server: string, problem: string): void
  refused(code: string, problem: string): void
  /** Nobody serves, and this node must not: it looks on. */
  alone(): void
  /** It is this node's turn to serve. Settles when that is tried; false: it cannot. */
  serve(instead: string | undefined, deposed: string | undefined): Promise<boolean>
}

export interface ClientParts {
  readonly self: ClientSelf
  readonly place: Place
  readonly clock: Clock
  readonly random: Random
  readonly key: Uint8Array
  readonly times: EmbeddedTimes
  randomBytes(length: number): Uint8Array
  readonly taker: ClientTaker
}

export class RegistrarClient {
  readonly mirror = new Mirror()
  readonly #parts: ClientParts
  readonly #applications = new Map<string, OwnApplicationRoute>()
  readonly #finds: Finds
  #route: Entry['route']
  #greeting: Greeting | undefined = undefined
  #state: 'seeking' | 'greeting' | 'joined' | 'over' = 'seeking'
  #server = ''
  /** What lay at the place when the server there was given up; nobody dials it again. */
  #avoided: string | undefined = undefined
  /** Where the server said that it is. */
  #holder = ''
  #turnAtMs = 0
  #lostAtMs = 0
  #failingSinceMs = Number.POSITIVE_INFINITY
  #looks = 0
  /** It was asked to tell everything, and has not yet. */
  #isAsking = false
  #heardMs = 0
  #tickMs = 0
  #cancel: Cancel = () => false
  #farewell: () => void = () => {}

  constructor(parts: ClientParts) {
    this.#parts = parts
    this.#route = parts.self.route
    this.#finds = new Finds(parts.clock)
  }

  get isJoined(): boolean {
    return this.#state === 'joined'
  }

  /** Begins to seek; what is known from before and what runs here may be given. */
  begin(known: readonly Entry[], applications: readonly OwnApplicationRoute[]): void {
    this.mirror.all(known, -1, false)
    for (const route of applications) this.#applications.set(route.name, route)
    this.#lostAtMs = this.#nowMs()
    this.#seek()
  }

  putApplication(route: OwnApplicationRoute): void {
    this.#applications.set(route.name, route)
    this.#say({ word: 'application', route })
  }

  removeApplication(name: string): void {
    if (this.#applications.delete(name)) this.#say({ word: 'application-gone', name })
  }

  leaving(): void {
    this.#route = { ...this.#route, state: 'leaving' }
    this.#say({ word: 'leaving' })
  }

  /** Asks the server for a node that is not in the mirror. Never rejects. */
  find(node: string): Promise<Entry | undefined> {
    if (this.#state === 'over') return Promise.resolve(undefined)
    const leftMs = this.isJoined ? FIND_MS : this.#lostAtMs + WITHOUT_MS - this.#nowMs()
    // Without a server it is asked when there is one.
    return this.#finds.add(node, leftMs, (id) => this.#say({ word: 'find', id, node }))
  }

  /** Ends at once; the server sees the line end, unless it has ended itself. */
  end(): void {
    this.#cancel()
    this.#state = 'over'
    this.#greeting?.destroy()
    this.#finds.end()
  }

  /** Withdraws; settles when the server has heard it, or soon. */
  stop(withinMs: number): Promise<void> {
    if (this.#state !== 'joined') {
      this.end()
      return Promise.resolve()
    }
    this.#cancel()
    return new Promise((resolve) => {
      const cancel = this.#parts.clock.after(withinMs, () => this.#farewell())
      this.#farewell = () => {
        cancel()
        this.end()
        resolve()
      }
      this.#say({ word: 'bye' })
    })
  }

  /** One look at the place. */
  #seek(): void {
    const { place, self } = this.#parts
    if (this.#state !== 'seeking') return
    const holder = place.holder()
    const isEmpty = holder === undefined || holder === this.#avoided
    if (!isEmpty) return void this.#dial(holder)
    if (this.#avoided !== undefined && holder === undefined) this.#avoided = undefined
    const mayServe = self.serves && !self.hidden
    this.#looks += 1
    if (!mayServe && this.#looks === 1) this.#isAlone()
    if (mayServe && this.#nowMs() >= this.#turnAtMs) void this.#serve()
    else this.#seekIn(mayServe || this.#looks < LOOKS_MAX ? SEEK_MS : SEEK_MS * 10)
  }

  /** Who asks while nobody is there is not kept waiting. */
  #isAlone(): void {
    this.#parts.taker.alone()
    this.#finds.end()
  }

  #seekIn(delayMs: number): void {
    this.#cancel()
    this.#cancel = this.#parts.clock.after(delayMs, () => this.#seek())
  }

  async #serve(): Promise<void> {
    const deposed = this.#server === '' ? undefined : this.#server
    const instead = this.#avoided
    const isTried = await this.#parts.taker.serve(instead, deposed)
    // Ours or somebody else's: what lies there now is another one, or the same for good.
    this.#avoided = undefined
    if (this.#state !== 'seeking') return
    this.#turnAtMs = this.#nowMs() + this.#parts.times.silenceMs
    if (isTried) this.#seek()
    else this.#seekIn(SEEK_SLOWLY_MS)
  }

  async #dial(holder: string): Promise<void> {
    this.#state = 'greeting'
    const link = await this.#parts.place.dial()
    if (this.#state !== 'greeting') {
      if (typeof link === 'object') link.destroy()
      return
    }
    if (typeof link === 'object') {
      this.#failingSinceMs = Number.POSITIVE_INFINITY
      return this.#greet(link, holder)
    }
    this.#failingSinceMs = Math.min(this.#failingSinceMs, this.#nowMs())
    this.#state = 'seeking'
    // A place that takes nobody for so long, as of a frozen server that many dial, is no place.
    const isLong = this.#nowMs() - this.#failingSinceMs > this.#parts.times.silenceMs
    if (link === 'nobody' || isLong) this.#avoided = holder
    this.#seekIn(this.#avoided === holder ? 0 : SEEK_MS)
  }

  #greet(link: Link, holder: string): void {
    const { key, times, clock, randomBytes } = this.#parts
    const greeting = new Greeting(
      link,
      'client',
      { key, lineBytesMax: LINE_BYTES_MAX, randomBytes },
      {
        proven: () => this.#hello(),
        line: (bytes) => this.#hear(bytes),
        closed: (problem) => this.#closed(problem),
      },
    )
    this.#greeting = greeting
    this.#cancel = clock.after(times.silenceMs * GREETING_TIMES, () => {
      greeting.destroy()
      this.#giveUp(holder)
    })
    greeting.start()
  }

  #hello(): void {
    const { hidden, serves, secret } = this.#parts.self
    const applications = [...this.#applications.values()]
    const route = this.#route
    this.#write({ word: 'hello', hidden, serves, secret, route, applications })
  }

  /** The server does not answer: nobody is dialled there again. */
  #giveUp(holder: string): void {
    this.#avoided = holder
    this.#state = 'seeking'
    this.#seekIn(0)
  }

  #closed(problem: GreetingProblem | undefined): void {
    this.#cancel()
    // Who serves may live and have sent us away: that nobody is there is seen by dialling.
    if (this.#state === 'joined') {
      this.#lose('the line has ended', undefined)
      return
    }
    if (this.#state !== 'greeting') return
    this.#state = 'seeking'
    if (problem !== undefined) {
      this.#parts.taker.refused(problem, 'what lies at the place does not know the cookie')
    }
    this.#seekIn(problem === undefined ? SEEK_MS : SEEK_SLOWLY_MS)
  }

  #hear(bytes: Uint8Array): void {
    this.#heardMs = this.#nowMs()
    const word = decodeWord(bytes) as ServerWord | undefined
    try {
      if (word !== undefined) {
        this.#obey(word)
        return
      }
    } catch {
      // It does not have the form it should have.
    }
    this.#greeting?.destroy()
    this.#lose('it said what cannot be read', undefined)
  }

  #obey(word: ServerWord): void {
    switch (word.word) {
      case 'all':
        this.#join(word)
        break
      case 'changes':
        this.#learn(this.mirror.changes(word.changes, word.number))
        break
      case 'beat':
        this.#learn(this.mirror.beat(word.number))
        break
      case 'settled':
        this.#learn(this.mirror.settled())
        break
      case 'found':
        this.#finds.answered(word.id, word.entry)
        return
      case 'refused':
        this.#refused(word.code, word.problem)
        break
      case 'over':
        // Its place is free; whoever's turn it is takes it.
        this.#greeting?.destroy()
        this.#lose('it has stopped', undefined)
        return
    }
  }

  #join({ server, place, entries, number, settled }: Extract<ServerWord, { word: 'all' }>): void {
    if (this.#state === 'over') return
    const known = this.mirror.all(entries, number, settled)
    const wasJoined = this.#state === 'joined'
    this.#state = 'joined'
    this.#server = server
    this.#holder = place
    this.#isAsking = false
    this.#looks = 0
    this.#parts.taker.joined(server, known)
    if (wasJoined) return
    for (const [id, node] of this.#finds.open) this.#say({ word: 'find', id, node })
    this.#cancel()
    this.#tickMs = this.#nowMs()
    this.#tickOn()
  }

  #learn(changes: readonly Change[] | undefined): void {
    if (this.#state !== 'joined') return
    if (changes === undefined) {
      if (!this.#isAsking) this.#say({ word: 'again' })
      this.#isAsking = true
    } else if (changes.length > 0) this.#parts.taker.changed(changes)
  }

  #refused(code: string, problem: string): void {
    this.#greeting?.destroy()
    this.#cancel()
    this.#state = 'seeking'
    if (code !== 'later') this.#parts.taker.refused(code, problem)
    this.#seekIn(code === 'later' ? LATER_MS : REFUSED_MS)
  }

  readonly #tickOn = (): void => {
    if (this.#state !== 'joined') return
    const nowMs = this.#nowMs()
    const { beatMs, silenceMs } = this.#parts.times
    // While this program did not run, nothing could be heard: it listens first.
    if (nowMs - this.#tickMs > beatMs * 2) this.#heardMs = nowMs - silenceMs / 2
    this.#tickMs = nowMs
    if (nowMs - this.#heardMs > silenceMs) {
      this.#greeting?.destroy()
      this.#lose('it is silent', this.#holder)
      return
    }
    this.#say({ word: 'beat' })
    this.#cancel = this.#parts.clock.after(beatMs, this.#tickOn)
  }

  /** The server is not there any more, or not for us. `holder`: what lay at its place. */
  #lose(problem: string, holder: string | undefined): void {
    if (this.#state === 'over') return
    this.#cancel()
    this.#farewell()
    if ((this.#state as string) === 'over') return
    const { self, random, taker } = this.#parts
    const wasJoined = this.#state === 'joined'
    this.#state = 'seeking'
    this.#avoided = holder
    const rank = rankOf(this.mirror.entries, self.node, this.#server)
    this.#lostAtMs = this.#nowMs()
    this.#turnAtMs = this.#lostAtMs + turnMs(rank, random)
    if (wasJoined) taker.lost(this.#server, problem)
    this.#seek()
  }

  /** Nothing is said to a server that is not there; it is told all when there is one. */
  #say(word: ClientWord): void {
    if (this.#state === 'joined') this.#write(word)
  }

  #write(word: ClientWord): void {
    this.#greeting?.write(encodeWord(word))
  }

  #nowMs(): number {
    return this.#parts.clock.nowMs()
  }
}
