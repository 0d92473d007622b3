/**
 * web/sessions: who a browser is, from one request to the next.
 *
 * Where nobody has to say who he is a session is nothing but a number that we have signed, so that
 * strangers cannot fill any memory. Those who have shown the token are remembered.
 * Limits: `LOGINS_MAX`, the longest unused goes; `IDLE_MS` without a request.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'

const LOGINS_MAX = 1_000
const IDLE_MS = 12 * 3_600_000
/** 18 bytes as base64url, and as many of the signature. */
const SIGNED = /^([\w-]{24})\.([\w-]{43})$/

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

/** Whether two texts are the same; takes as long for any two. */
export const sameText = (one: string, other: string): boolean =>
  timingSafeEqual(digestOf(one), digestOf(other))

export class Sessions {
  readonly #secret = randomBytes(32)
  readonly #nowMs: () => number
  /** When each of those who are logged in was here last, the longest ago first. */
  readonly #logins = new Map<string, number>()

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs
  }

  /** A number of our own for a browser that has none. */
  create(): string {
    const id = randomBytes(18).toString('base64url')
    return `${id}.${this.#sign('session', id)}`
  }

  /** The session of a cookie; undefined when it is none of ours. */
  read(cookie: string | undefined): string | undefined {
    const [, id = '', signature = ''] = SIGNED.exec(cookie ?? '') ?? []
    if (id === '') return undefined
    return sameText(signature, this.#sign('session', id)) ? id : undefined
  }

  /** Remembers that a session has shown the token. */
  logIn(session: string): void {
    this.#logins.delete(session)
    this.#logins.set(session, this.#nowMs())
    if (this.#logins.size <= LOGINS_MAX) return
    const [oldest] = this.#logins.keys()
    if (oldest !== undefined) this.#logins.delete(oldest)
  }

  logOut(session: string): void {
    this.#logins.delete(session)
  }

  /** True for a session that has shown the token, and was used since; it is used by this. */
  use(session: string): boolean {
    const isFresh = this.isLoggedIn(session)
    if (isFresh) this.logIn(session)
    return isFresh
  }

  /** The same, and it is not used by this: an open stream keeps nobody logged in. */
  isLoggedIn(session: string): boolean {
    const lastMs = this.#logins.get(session)
    if (lastMs === undefined) return false
    const isFresh = this.#nowMs() - lastMs < IDLE_MS
    if (!isFresh) this.#logins.delete(session)
    return isFresh
  }

  /** What a page has to send back with what it posts. */
  csrfOf(session: string): string {
    return this.#sign('csrf', session)
  }

  #sign(purpose: string, text: string): string {
    return createHmac('sha256', this.#secret).update(`${purpose} ${text}`).digest('base64url')
  }
}
