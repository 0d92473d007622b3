/**
 * web/admission: who asks, and what he may do: by the token, the authorizer, or because nobody has
 * to say.
 */
import type { Capability } from '#observer/contract/api'
import type { Surface } from '#observer/contract/options'
import { Refused, refused } from '#observer/text/problem'
import type { Attempts } from './attempts.js'
import { type Sessions, sameText } from './sessions.js'

/** Who asks. */
export interface Visitor {
  readonly session: string
  readonly user: string | undefined
  readonly capabilities: readonly Capability[]
  /** No browser sends what it has shown by itself, so no other page can make one ask. */
  readonly isBearer: boolean
  /** Its session is its own. */
  readonly canLogOut: boolean
  /** The cookie that it is given, where it has none. */
  readonly cookie: string | undefined
}

export interface AdmissionParts {
  readonly surface: Surface
  readonly sessions: Sessions
  readonly attempts: Attempts
}

/** What is known of a request beside its headers. */
export interface Seen {
  readonly request: Request
  readonly cookie: string | undefined
  readonly remote: string
}

export class Admission {
  readonly #parts: AdmissionParts

  constructor(parts: AdmissionParts) {
    this.#parts = parts
  }

  /** Throws `Refused` with 401 for whoever has to say who he is, and 429 after wrong tokens. */
  async admit(seen: Seen): Promise<Visitor> {
    const { surface, sessions } = this.#parts
    if (surface.authorize !== undefined) return this.#authorized(seen)
    const bearer = /^Bearer (\S+)$/i.exec(seen.request.headers.get('authorization') ?? '')?.[1]
    if (surface.token !== undefined && bearer !== undefined) {
      this.checkToken(bearer, seen.remote)
      return this.#bearer(seen)
    }
    const visitor = this.#visitor(seen, surface.token === undefined ? undefined : 'token')
    if (surface.token === undefined || sessions.use(visitor.session)) return visitor
    throw notLoggedIn('show the token of this surface: open its page, or send it as a bearer')
  }

  /** Whether one who was let in would be let in now, to see and do the same. */
  async mayStill(seen: Seen, visitor: Visitor): Promise<boolean> {
    const { surface, sessions } = this.#parts
    if (surface.authorize === undefined) {
      const isOpen = surface.token === undefined || visitor.isBearer
      return isOpen || sessions.isLoggedIn(visitor.session)
    }
    const { user, capabilities } = await this.#authorized(seen)
    return user === visitor.user && capabilities.join() === visitor.capabilities.join()
  }

  /** Throws `Refused` unless it is the token of this surface. */
  checkToken(given: string, remote: string): void {
    const { surface, attempts } = this.#parts
    const waitMs = attempts.waitMs(remote)
    if (waitMs > 0) {
      const problem = {
        code: 'TOKEN_TRIES',
        message: 'too many wrong tokens came from this address',
        remedy: `wait ${Math.ceil(waitMs / 1_000)} seconds`,
      }
      throw new Refused(429, problem, { 'retry-after': String(Math.ceil(waitMs / 1_000)) })
    }
    if (surface.token !== undefined && sameText(given, surface.token)) return
    attempts.failed(remote)
    throw refused(401, 'TOKEN_WRONG', 'this is not the token', 'give the one of this surface')
  }

  /** A session for this browser: the one it has, or a new one with its cookie. */
  sessionOf(cookie: string | undefined): { readonly id: string; readonly cookie?: string } {
    const { sessions } = this.#parts
    const known = sessions.read(cookie)
    if (known !== undefined) return { id: known }
    const made = sessions.create()
    return { id: sessions.read(made) ?? made, cookie: made }
  }

  /**
   * Programs that keep their cookie are told apart by it; those without are one session for each
   * address, which nobody can log out.
   */
  #bearer(seen: Seen): Visitor {
    const known = this.#parts.sessions.read(seen.cookie)
    const session = known ?? `bearer ${seen.remote}`
    return {
      ...this.#visitor(seen, 'token'),
      isBearer: true,
      session,
      canLogOut: known !== undefined,
    }
  }

  #visitor({ cookie }: Seen, user: string | undefined): Visitor {
    const { id, cookie: made } = this.sessionOf(cookie)
    const { capabilities } = this.#parts.surface
    return { session: id, user, capabilities, isBearer: false, canLogOut: true, cookie: made }
  }

  async #authorized(seen: Seen): Promise<Visitor> {
    const { authorize, capabilities: ceiling } = this.#parts.surface
    const viewing = await authorize?.(seen.request)
    const user: unknown = viewing?.user
    if (viewing === undefined || typeof user !== 'string' || user === '') {
      throw notLoggedIn('log in where this surface wants you to')
    }
    const wanted = viewing.capabilities ?? ceiling
    const capabilities = ceiling.filter((one) => wanted.includes(one))
    const visitor = this.#visitor(seen, user.slice(0, 200))
    // Two users of one browser do not share their streams.
    return { ...visitor, capabilities, session: `${visitor.session} ${user}` }
  }
}

const notLoggedIn = (remedy: string): Refused =>
  new Refused(401, { code: 'LOGIN_NEEDED', message: 'nobody is logged in', remedy })
