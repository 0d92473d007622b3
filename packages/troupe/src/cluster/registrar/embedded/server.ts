/**
 * cluster/registrar/embedded/server: the registrar of one host, as long as its place is its own.
 *
 * Proves every link, seats who registers, tells all of every change by number, and gives up when
 * another one has taken the place: whatever looks like the end of a node is believed only after
 * a look at that. Time that this program did not run counts for nobody.
 * Limit: `WORDS_MAX` words of a link in a second; more in `Guest` and `Guests`.
 *
 * @source ergo-features 21 (embedded); design 6
 */
import type { Cancel, Clock } from '#base/clock'
import type { Random } from '#base/random'
import { isNodeName } from '#contract/visible'
import type { FarPlug } from './far-plug.js'
import { Guest, type GuestTaker } from './guest.js'
import { Guests } from './guests.js'
import type { Claim, Link } from './link.js'
import type { EmbeddedTimes } from './options.js'
import { readEntry, Seats } from './seats.js'
import { type Change, decodeWord, type Entry, encodeWord, type ServerWord } from './words.js'

/** Words of one link in a second; beyond it the link is ended. */
const WORDS_MAX = 20_000
/** Changes that are kept for one push; more become a new beginning for all. */
const LINE_BYTES_MAX = 4_194_304
/** A link is unheard after so many beats, and ended after three times as many. */
const SILENT_BEATS = 10
const UNPROVEN_MS = 2_000
/** How long who held a name before may take to come, after the server has changed. */
const RETURN_MS = 700

/** What the server is made of. */
export interface ServerParts {
  /** The node that serves. */
  readonly node: string
  readonly clock: Clock
  readonly random: Random
  readonly key: Uint8Array
  /** For what goes between hosts. */
  readonly farKey: Uint8Array
  readonly times: EmbeddedTimes
  randomBytes(length: number): Uint8Array
  /** What is known from before, and who served then, when that one is gone. */
  readonly known: readonly Entry[]
  readonly deposed: string | undefined
  readonly far: FarPlug | undefined
  /** It gives up, told once: another one has taken the place. */
  deposedBy(): void
  /** Something was refused. */
  refused(code: string): void
  /** Something that people should know. */
  told(code: string, text: string): void
}

export class RegistrarServer {
  readonly #parts: ServerParts
  readonly #seats = new Seats<Guest>()
  readonly #guests = new Guests()
  #claim: Claim | undefined = undefined
  #isOver = false
  #isSettled: boolean
  #number = 0
  #pending: Change[] = []
  #isFlushDue = false
  /** The word `all` as it is now. */
  #all: Uint8Array | undefined = undefined
  /** Time in which this program did not run. */
  #lostMs = 0
  #tickMs: number
  readonly #sinceMs: number
  #cancelTick: Cancel = () => false
  #farTaker: (changes: readonly Change[]) => void = () => {}

  constructor(parts: ServerParts) {
    this.#parts = parts
    this.#tickMs = parts.clock.nowMs()
    this.#sinceMs = this.#tickMs
    const { known, deposed, times } = parts
    const { lostMs, graceMs } = times
    this.#isSettled = false
    this.#seats.seed(
      known,
      ({ route: { node } }) => this.#tickMs + (node === deposed ? lostMs : graceMs),
      this.#tickMs + RETURN_MS,
    )
  }

  /** The place is taken: from now on it serves. */
  begin(claim: Claim): void {
    this.#claim = claim
    this.#tickOn()
    const { node, clock, random, farKey, far, refused, told, randomBytes } = this.#parts
    far?.start({
      ...{ node, clock, random, farKey, refused, told, randomBytes },
      settled: () => this.#isSettled,
      far: () => this.#seats.entries().filter(({ order }) => order === 0),
      entries: () => this.#seats.entries().filter(({ order }) => order > 0),
      near: (name) => this.#near(name),
      changed: (taker) => {
        this.#farTaker = taker
      },
      putFar: (entry) => this.#change(this.#seats.putFar(entry)),
      dropFar: (name, cause) => this.#change(this.#seats.dropFar(name, cause)),
    })
  }

  /** Somebody dials. */
  accept(link: Link): void {
    const oldest = this.#guests.hasRoom ? undefined : this.#guests.oldestUnproven
    if (oldest !== undefined) this.#sendAway(oldest, 'LINKS_FULL')
    if (this.#isOver || !this.#guests.hasRoom) {
      this.#parts.refused('LINKS_FULL')
      link.destroy()
      return
    }
    const { key } = this.#parts
    const settings = {
      ...{ key, lineBytesMax: LINE_BYTES_MAX, wordsMax: WORDS_MAX },
      randomBytes: (length: number) => this.#parts.randomBytes(length),
    }
    const guest = new Guest(link, settings, this.#nowMs(), this.#taker)
    this.#guests.add(guest)
    guest.start()
  }

  /** Ends in order: a node that stops. Its own seat goes with it. */
  handOver(): void {
    if (this.#isOver) return
    this.#change(this.#seats.drop(this.#parts.node, 'left'))
    this.#flush()
    const isOurs = this.#claim?.holds() === true
    this.#end()
    const over = encodeWord({ word: 'over' })
    for (const guest of this.#guests) {
      if (isOurs) guest.write(over)
      guest.close()
    }
    this.#guests.clear()
  }

  /** Everything is dropped; nobody is told. */
  depose(): void {
    if (this.#isOver) return
    this.#end()
    for (const guest of this.#guests) guest.destroy()
    this.#guests.clear()
    this.#parts.deposedBy()
  }

  #end(): void {
    this.#isOver = true
    this.#cancelTick()
    this.#parts.far?.stop()
    this.#claim?.release()
  }

  /** Time as far as this program ran. */
  #nowMs(): number {
    return this.#parts.clock.nowMs() - this.#lostMs
  }

  readonly #taker: GuestTaker = {
    word: (guest, line) => this.#hear(guest, line),
    proven: (guest) => this.#guests.proven(guest),
    closed: (guest, problem) => {
      this.#guests.delete(guest)
      if (problem !== undefined) this.#parts.refused(problem)
      this.#lineEnded(guest)
    },
  }

  #hear(guest: Guest, line: Uint8Array): void {
    if (this.#isOver) return
    const nowMs = this.#nowMs()
    if (!guest.heard(nowMs)) {
      this.#sendAway(guest, 'WORDS_TOO_MANY')
      return
    }
    if (guest.isUnheard) {
      guest.isUnheard = false
      this.#change(this.#seats.heard(guest, true))
    }
    if (!this.#understands(guest, line)) this.#sendAway(guest, 'WORD_INVALID')
  }

  /** Whatever a node says ends its own link at most. */
  #understands(guest: Guest, line: Uint8Array): boolean {
    const word = decodeWord(line)
    try {
      return word !== undefined && this.#obey(guest, word)
    } catch {
      return false
    }
  }

  /** False: no node that means well says this. */
  #obey(guest: Guest, word: Word): boolean {
    switch (word['word']) {
      case 'beat':
        return true
      case 'hello':
        return this.#hello(guest, word)
      case 'application':
        return this.#putApplication(guest, word['route'])
      case 'application-gone':
        this.#change(this.#seats.removeApplication(guest, word['name']))
        return true
      case 'leaving':
        this.#change(this.#seats.leaving(guest))
        return true
      case 'bye':
        this.#change(this.#seats.leave(guest))
        this.#guests.delete(guest)
        guest.close()
        return true
      case 'again':
        this.#tellAll(guest)
        return true
      case 'find':
        return this.#find(guest, word['id'], word['node'])
      default:
        return false
    }
  }

  #hello(guest: Guest, word: Word): boolean {
    const seating = word['hidden'] === true ? 'seated' : this.#seat(guest, word)
    if (seating === 'seated') {
      guest.isWelcome = true
      this.#tellAll(guest)
    }
    return seating !== 'invalid'
  }

  /** `invalid`: no node that means well says this. */
  #seat(speaker: Guest, word: Word): 'seated' | 'refused' | 'invalid' {
    const entry = readEntry(word)
    if (entry === undefined) {
      this.#refuse(speaker, { code: 'ROUTE_INVALID', problem: 'its route cannot be read' })
      return 'refused'
    }
    const times = { nowMs: this.#nowMs(), wallMs: this.#parts.clock.wallMs() }
    const seating = this.#seats.register({ speaker, entry, ...times })
    if (seating.kind === 'refused') {
      const { problem, code } = seating
      if (code === 'WORD_INVALID') return 'invalid'
      this.#refuse(speaker, seating)
      const { node } = entry.route
      if (code === 'NODE_NAME_TAKEN') this.#change([{ kind: 'duplicate', node, problem }])
      return 'refused'
    }
    if (seating.before !== undefined && seating.before !== speaker) {
      this.#guests.delete(seating.before)
      seating.before.destroy()
    }
    this.#change(seating.changes)
    return 'seated'
  }

  #refuse(guest: Guest, { code, problem }: Omit<Refused, 'word'>): void {
    if (code !== 'later') this.#parts.refused(code)
    this.#write(guest, encodeWord({ word: 'refused', code, problem }))
  }

  #putApplication(guest: Guest, route: unknown): boolean {
    const changes = this.#seats.putApplication(guest, route)
    if (typeof changes === 'string') this.#parts.refused(changes)
    else this.#change(changes)
    return true
  }

  #find(guest: Guest, id: unknown, node: unknown): boolean {
    if (!guest.isWelcome || typeof id !== 'number' || typeof node !== 'string') return false
    const entry = this.#seats.entry(node)
    const { far } = this.#parts
    if (entry !== undefined || far === undefined || !isNodeName(node)) {
      this.#write(guest, encodeWord({ word: 'found', id, entry }))
      return true
    }
    void far.resolve(node).then((found) => {
      const rest = { order: 0, serves: false, seal: '' }
      const entry = found === undefined ? undefined : { ...found, ...rest }
      this.#write(guest, encodeWord({ word: 'found', id, entry }))
    })
    return true
  }

  /** The changes that are waiting come first: what follows has a number behind theirs. */
  #tellAll(guest: Guest): void {
    if (!guest.isWelcome) return
    this.#flush()
    this.#all ??= encodeWord({
      ...{ word: 'all', server: this.#parts.node, place: this.#claim?.holder ?? '' },
      ...{ number: this.#number, settled: this.#isSettled, entries: this.#seats.entries() },
    })
    guest.isTold = true
    this.#write(guest, this.#all)
  }

  #lineEnded(guest: Guest): void {
    if (this.#isOver || !this.#isStillServing()) return
    this.#change(this.#seats.ended(guest, this.#nowMs() + this.#parts.times.lostMs))
  }

  #sendAway(guest: Guest, code: string): void {
    this.#parts.refused(code)
    this.#guests.delete(guest)
    guest.destroy()
    this.#lineEnded(guest)
  }

  #change(changes: readonly Change[]): void {
    if (changes.length === 0 || this.#isOver) return
    this.#pending.push(...changes)
    this.#all = undefined
    if (this.#isFlushDue) return
    this.#isFlushDue = true
    this.#parts.clock.soon(() => {
      this.#isFlushDue = false
      if (!this.#isOver) this.#flush()
    })
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    const changes = this.#pending
    this.#pending = []
    this.#number += 1
    this.#all = undefined
    this.#tell({ word: 'changes', number: this.#number, changes })
    this.#farTaker(changes)
  }

  #tell(word: ServerWord): void {
    const bytes = encodeWord(word)
    for (const guest of this.#guests) {
      if (guest.isTold) this.#write(guest, bytes)
    }
  }

  /** Nothing more is kept for who does not read what there is already. */
  #write(guest: Guest, bytes: Uint8Array): void {
    if (!this.#guests.has(guest)) return
    if (!guest.write(bytes)) this.#sendAway(guest, 'READS_TOO_SLOWLY')
  }

  /** False: it does not any more. */
  #isStillServing(): boolean {
    if (this.#claim?.holds() === true) return true
    this.depose()
    return false
  }

  readonly #tickOn = (): void => {
    const nowMs = this.#parts.clock.nowMs()
    const lateMs = nowMs - this.#tickMs
    this.#tickMs = nowMs
    const { beatMs } = this.#parts.times
    if (lateMs > beatMs * 2) this.#lostMs += lateMs - beatMs
    if (!this.#isStillServing()) return
    this.#cancelTick = this.#parts.clock.after(beatMs, this.#tickOn)
    this.#listen()
    this.#change(this.#seats.due(this.#nowMs()))
    this.#settle()
    this.#flush()
    this.#tell({ word: 'beat', number: this.#number })
  }

  /** Who has not been heard for a while is suspect, and then sent away. */
  #listen(): void {
    const nowMs = this.#nowMs()
    const silentMs = this.#parts.times.beatMs * SILENT_BEATS
    for (const guest of [...this.#guests]) {
      const unheardMs = nowMs - guest.heardMs
      if (!guest.isProven) {
        if (unheardMs > UNPROVEN_MS) this.#sendAway(guest, 'PROOF_MISSING')
      } else if (unheardMs > silentMs * 3) this.#sendAway(guest, 'SILENT')
      else if (unheardMs > silentMs && !guest.isUnheard) {
        guest.isUnheard = true
        this.#change(this.#seats.heard(guest, false))
      }
    }
  }

  #settle(): void {
    if (this.#isSettled || this.#nowMs() - this.#sinceMs < this.#parts.times.graceMs) return
    this.#isSettled = true
    this.#flush()
    this.#all = undefined
    this.#tell({ word: 'settled' })
  }

  #near(node: string): Entry | undefined {
    const entry = this.#seats.entry(node)
    return entry !== undefined && entry.order > 0 ? entry : undefined
  }
}

type Word = Readonly<Record<string, unknown>>
type Refused = Extract<ServerWord, { readonly word: 'refused' }>
