/**
 * cluster/registrar/across/questions: the questions that wait for an answer, and which answer is
 * one.
 *
 * An answer counts when it is of an open question, comes from where that was asked, and is of a
 * kind that answers it; it counts once. All others are ignored and counted by cause.
 * Limit: `OPEN_MAX` questions at once; those that are over are remembered for counting alone.
 *
 * @source design 6; ergo-features weakness 12 (a spoofed answer redirects a dial)
 */
import type { Cancel, Clock } from '#base/clock'
import { type AcrossFrame, type AcrossKind, NONCE_BYTES, writeFrame } from './frame.js'
import { type AcrossDatagrams, isSamePlace, type Place } from './place.js'

const OPEN_MAX = 4_096
const OVER_MAX = 4_096

/** A question to one address. */
export interface Question {
  readonly kind: 'find' | 'digest' | 'page'
  readonly body: Uint8Array
  /** Numeric. */
  readonly to: Place
  /** How far the clock of who is asked is ahead of ours, in milliseconds. */
  readonly offsetMs: number
  /** How long an answer counts, in milliseconds. */
  readonly waitMs: number
}

/** Who is told the answer to a question; the question itself when it came back to us. */
export type AnswerTaker = (answer: AcrossFrame) => void

/** Why an answer was ignored. */
export type IgnoredCause = 'unasked' | 'from-elsewhere' | 'answered-twice' | 'late'

/** What questions need of the world. */
export interface QuestionWorld {
  readonly key: Uint8Array
  readonly sender: string
  readonly datagrams: AcrossDatagrams
  readonly clock: Clock
  readonly randomBytes: (length: number) => Uint8Array
  /** Our time in milliseconds since 1970, which never jumps. */
  readonly timeMs: () => number
}

/** Which kinds answer which questions. */
const ANSWERS: Readonly<Record<Question['kind'], readonly AcrossKind[]>> = Object.freeze({
  find: ['found', 'clock', 'waiting'],
  digest: ['digested', 'clock'],
  page: ['paged', 'digested', 'clock'],
})

interface Open {
  readonly question: Question
  readonly taker: AnswerTaker
  readonly cancel: Cancel
}

export class Questions {
  readonly #world: QuestionWorld
  readonly #open = new Map<string, Open>()
  /** How questions ended that are over. */
  readonly #over = new Map<string, 'answered-twice' | 'late'>()

  constructor(world: QuestionWorld) {
    this.#world = world
  }

  get open(): number {
    return this.#open.size
  }

  /** Asks; answers what calls the question off, or undefined when too many wait. */
  ask(question: Question, taker: AnswerTaker): Cancel | undefined {
    if (this.#open.size >= OPEN_MAX) return undefined
    const { key, sender, datagrams, clock, randomBytes, timeMs } = this.#world
    const nonce = randomBytes(NONCE_BYTES)
    const id = idOf(nonce)
    const cancel = clock.after(question.waitMs, () => this.#close(id, 'late'))
    this.#open.set(id, { question, taker, cancel })
    const { kind, body, to, offsetMs } = question
    const stampMs = timeMs() + offsetMs
    datagrams.send(writeFrame(key, { kind, nonce, sender, stampMs, body }), to)
    return () => this.#close(id, 'late')
  }

  /** Hands an answer to who asked; otherwise says why it is ignored. */
  answered(answer: AcrossFrame, from: Place): IgnoredCause | undefined {
    const id = idOf(answer.nonce)
    const open = this.#open.get(id)
    if (open === undefined) return this.#over.get(id) ?? 'unasked'
    const { question, taker } = open
    if (!isSamePlace(question.to, from)) return 'from-elsewhere'
    if (!ANSWERS[question.kind].includes(answer.kind)) return 'unasked'
    this.#close(id, 'answered-twice')
    taker(answer)
    return undefined
  }

  /**
   * A question of ours came to ourselves: who asked is told so when that was its way. It stays
   * open: anybody can send back what was caught, and an answer still counts.
   */
  reflected(frame: AcrossFrame, from: Place): void {
    const id = idOf(frame.nonce)
    const open = this.#open.get(id)
    if (open === undefined || !isSamePlace(open.question.to, from)) return
    open.taker(frame)
  }

  stop(): void {
    for (const { cancel } of this.#open.values()) cancel()
    this.#open.clear()
    this.#over.clear()
  }

  #close(id: string, how: 'answered-twice' | 'late'): boolean {
    const open = this.#open.get(id)
    if (open === undefined) return false
    open.cancel()
    this.#open.delete(id)
    this.#over.set(id, how)
    if (this.#over.size > OVER_MAX) {
      for (const oldest of this.#over.keys()) {
        this.#over.delete(oldest)
        break
      }
    }
    return true
  }
}

const idOf = (nonce: Uint8Array): string => Buffer.from(nonce).toString('latin1')
