/**
 * store/texts: hands a text to the stores of all coordinators while it comes in.
 *
 * A majority sets the pace: the next piece is taken once a majority has the one before, so that
 * memory stays bounded however slow a disk is. A store that falls `LAG_MAX` pieces behind, fails
 * or refuses is given up for this text; whoever lacks it fetches it later.
 */
import { createHash, randomUUID } from 'node:crypto'
import { JobsFault } from '#jobs/job/faults'
import { BODY_MAX_BYTES } from '#jobs/job/job'
import type { StoredText, TextStore } from '#jobs/web/texts'
import type { BookWorld } from './book-world.js'
import { majorityOf } from './opening.js'
import type { Refused } from './replica-protocol.js'

/** Bytes that are sent at a time. */
const PIECE_BYTES = 256 * 1_024
/** Pieces that a slow store may be behind. */
const LAG_MAX = 8
/** Longest wait for one answer of a store, milliseconds. */
const ANSWER_MS = 5_000

/** The texts of the cluster, for whoever takes them in on one of its nodes. */
export function textsOf(world: Pick<BookWorld, 'ask'>, coordinators: readonly string[]): TextStore {
  return {
    store: (source) => new Sending(world, coordinators).run(source),
    drop(blob) {
      for (const node of coordinators) {
        world.ask(node, 'drop', { blob }, ANSWER_MS).catch(() => {})
      }
    },
  }
}

/** One store while it is given a text. */
interface Lane {
  readonly node: string
  /** Pieces it has not confirmed. */
  behind: number
  /** Why it was given up. */
  fault: string | undefined
  last: Promise<void>
}

class Sending {
  readonly #world: Pick<BookWorld, 'ask'>
  readonly #blob = randomUUID()
  readonly #lanes: readonly Lane[]
  readonly #hash = createHash('sha256')
  readonly #wanted: number
  #length = 0
  #listeners: (() => void)[] = []

  constructor(world: Pick<BookWorld, 'ask'>, coordinators: readonly string[]) {
    this.#world = world
    this.#wanted = majorityOf(coordinators.length)
    this.#lanes = coordinators.map((node) => ({
      ...{ node, behind: 0, fault: undefined, last: Promise.resolve() },
    }))
  }

  async run(source: AsyncIterable<Uint8Array>): Promise<StoredText> {
    try {
      let held: Uint8Array[] = []
      let heldBytes = 0
      for await (const piece of source) {
        held.push(piece)
        heldBytes += piece.length
        if (heldBytes < PIECE_BYTES) continue
        await this.#give(Buffer.concat(held.splice(0)))
        held = []
        heldBytes = 0
      }
      // The last piece and the end go together: a short text takes one way and not two.
      if (heldBytes > 0) this.#send(Buffer.concat(held))
      return await this.#seal()
    } catch (problem) {
      for (const { node } of this.#lanes) {
        this.#world.ask(node, 'drop', { blob: this.#blob }, ANSWER_MS).catch(() => {})
      }
      throw problem
    }
  }

  async #give(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      this.#send(bytes.subarray(at, at + PIECE_BYTES))
      await this.#majority((lane) => lane.behind === 0)
    }
  }

  #send(bytes: Buffer): void {
    const at = this.#length
    this.#length += bytes.length
    if (this.#length > BODY_MAX_BYTES) {
      throw new JobsFault('TEXT_TOO_LARGE', { limit: BODY_MAX_BYTES })
    }
    this.#hash.update(bytes)
    for (const lane of this.#lanes) {
      if (lane.behind >= LAG_MAX) lane.fault ??= 'it is too slow'
      if (lane.fault === undefined) {
        this.#ask(lane, 'append', { blob: this.#blob, at, bytes })
      }
    }
  }

  async #seal(): Promise<StoredText> {
    const sha256 = this.#hash.digest('hex')
    const given = { blob: this.#blob, length: this.#length, sha256 }
    for (const lane of this.#lanes) {
      if (lane.fault === undefined) this.#ask(lane, 'seal', given)
    }
    await this.#majority((lane) => lane.behind === 0)
    return { blob: this.#blob, bytes: this.#length, sha256 }
  }

  /** Asks without waiting; answers come in the order of what was asked. */
  #ask(lane: Lane, request: 'append' | 'seal', payload: never | object): void {
    lane.behind += 1
    const answered = this.#world
      .ask(lane.node, request, payload as never, ANSWER_MS)
      .then((answer: { readonly kind: string }) => {
        if (answer.kind !== 'refused') return
        const { code, problem } = answer as Refused
        lane.fault ??= `${code}: ${problem}`
      })
      .catch((problem: unknown) => {
        lane.fault ??= problem instanceof Error ? problem.message : String(problem)
      })
    lane.last = answered.then(() => {
      lane.behind -= 1
      const listeners = this.#listeners
      this.#listeners = []
      for (const listener of listeners) listener()
    })
  }

  /** Until a majority is so far; rejects when none can be any more. */
  async #majority(isSo: (lane: Lane) => boolean): Promise<void> {
    for (;;) {
      const left = this.#lanes.filter((lane) => lane.fault === undefined)
      if (left.filter(isSo).length >= this.#wanted) return
      if (left.length < this.#wanted) throw this.#noMajority(left.length)
      await new Promise<void>((resolve) => {
        this.#listeners.push(resolve)
      })
    }
  }

  #noMajority(present: number): JobsFault {
    const problem = this.#lanes.flatMap(({ node, fault }) => (fault ? `${node}: ${fault}` : []))
    const total = this.#lanes.length
    return new JobsFault('NO_MAJORITY', {
      ...{ present, total, wanted: this.#wanted, problem: problem.join('; ') },
    })
  }
}
