/**
 * web/intake: a new job, from the first byte of its text to the answer.
 *
 * The text is on the disks of a majority before the job is asked for, so an accepted job has it.
 * Limits: 64 MB a text, `UPLOADS_MAX` at once, a pace (see web/pace), `SILENT_MAX` that have sent
 * nothing. Memory: one piece of each.
 */
import { randomUUID } from 'node:crypto'
import type { TraceHeaders, WebResponse } from 'troupe'
import type { Submission } from '#jobs/coordinator/coordinator-protocol'
import { BODY_MAX_BYTES } from '#jobs/job/job'
import { isUnavailable, json, refused, shownJob, unavailable } from './answers.js'
import { type Refusal, refusal, type Submit } from './asked.js'
import type { Desk } from './desk.js'
import { nextPiece } from './next-piece.js'
import { FIRST_MS, Pace, QUIET_MS } from './pace.js'
import type { StoredText } from './texts.js'

/** Texts that are taken in at once; one more is asked to come again. */
export const UPLOADS_MAX = 128
/** Of these, those whose client has sent nothing for a while; one more is ended. */
export const SILENT_MAX = 32

const TOO_LARGE = refusal(413, 'BODY_TOO_LARGE', `a text has at most ${BODY_MAX_BYTES} bytes`)
const TOO_SLOW = refusal(408, 'BODY_TOO_SLOW', 'the text came too slowly')
const NO_TEXT = refusal(400, 'BODY_MISSING', 'the text of the job is the body of the request')
const BROKEN_OFF = refusal(400, 'BODY_BROKEN_OFF', 'the text ended before its end')
const ENCODED = refusal(415, 'BODY_ENCODED', 'a text is sent as it is, without content-encoding')
const BUSY = Object.freeze({ code: 'BUSY', problem: 'too many texts are being taken in' })

/** Ends the taking in with an answer. */
class Refused {
  readonly refusal: Refusal
  constructor(given: Refusal) {
    this.refusal = given
  }
}

export class Intake {
  readonly #desk: Desk
  #underWay = 0
  #silent = 0

  constructor(desk: Desk) {
    this.#desk = desk
  }

  /** Texts that come in now. */
  get underWay(): number {
    return this.#underWay
  }

  async take(asked: Submit, request: Request): Promise<WebResponse> {
    const wrong = refusedBody(request.headers)
    if (wrong !== undefined) return refused(wrong)
    if (request.body === null) return refused(NO_TEXT)
    if (this.#underWay >= UPLOADS_MAX) return unavailable(BUSY)
    this.#underWay += 1
    try {
      const text = await this.#desk.texts.store(this.#pieces(request.body))
      return await this.#submit(asked, text, traceOf(request.headers))
    } catch (thrown) {
      if (thrown instanceof Refused) return refused(thrown.refusal)
      throw thrown
    } finally {
      this.#underWay -= 1
    }
  }

  /** The body, piece by piece, as long as it keeps its limits. */
  async *#pieces(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    const reader = body.getReader()
    const pace = new Pace()
    let bytes = 0
    try {
      for (;;) {
        const sinceMs = this.#desk.nowMs()
        const piece = await nextPiece(reader, (late) =>
          bytes === 0 ? this.#first(late) : this.#desk.after(Math.max(0, pace.leftMs), late),
        )
        if (piece === 'late') throw new Refused(TOO_SLOW)
        if (piece === 'broken') throw new Refused(BROKEN_OFF)
        if (piece === 'end') break
        bytes += piece.length
        if (bytes > BODY_MAX_BYTES) throw new Refused(TOO_LARGE)
        pace.took(piece.length, this.#desk.nowMs() - sinceMs)
        yield piece
      }
      if (bytes === 0) throw new Refused(NO_TEXT)
    } finally {
      // Whatever is still to come is let go; a client that has gone away has nothing to say.
      void reader.cancel().catch(() => {})
    }
  }

  /** The wait for the first byte: a client that sends none holds its place for a moment only. */
  #first(late: () => void): () => void {
    const { after } = this.#desk
    let isSilent = false
    let stop = after(QUIET_MS, () => {
      if (this.#silent >= SILENT_MAX) return late()
      this.#silent += 1
      isSilent = true
      stop = after(FIRST_MS - QUIET_MS, late)
    })
    return () => {
      stop()
      if (isSilent) this.#silent -= 1
    }
  }

  async #submit(asked: Submit, text: StoredText, trace: TraceHeaders): Promise<WebResponse> {
    const { texts, ask } = this.#desk
    const id = asked.id ?? randomUUID()
    const { job: kind, parameters } = asked
    const submission: Submission = { id, kind, parameters, ...text }
    const answer = await ask('submit', submission, trace)
    if (isUnavailable(answer)) {
      // Only then is it certain that no record is there, now or later, which would need its text.
      if (answer.code === 'FULL') texts.drop(text.blob)
      return unavailable(answer)
    }
    if (answer.kind === 'conflict') {
      texts.drop(text.blob)
      return refused(refusal(409, 'ID_TAKEN', answer.problem))
    }
    const { job } = answer
    if (job.blob !== text.blob) texts.drop(text.blob)
    const location = { location: `/jobs/${job.id}` }
    return json(answer.kind === 'accepted' ? 201 : 200, shownJob(job), location)
  }
}

/** The trace that a client has begun. */
const traceOf = (headers: Headers): TraceHeaders => ({
  traceparent: headers.get('traceparent') ?? undefined,
  tracestate: headers.get('tracestate') ?? undefined,
})

/** What the headers of a text say that it cannot be. */
function refusedBody(headers: Headers): Refusal | undefined {
  const length = headers.get('content-length')
  if (length !== null && Number(length) > BODY_MAX_BYTES) return TOO_LARGE
  if (length === '0') return NO_TEXT
  const encoding = headers.get('content-encoding') ?? 'identity'
  return encoding.toLowerCase() === 'identity' ? undefined : ENCODED
}
