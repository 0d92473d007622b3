/**
 * web/door: who may come in: pure.
 *
 * The name in `Host` is what tells a page of another site that had its own name point here (DNS
 * rebinding) from a scraper: a numeric address can only have been typed. The token is compared in
 * a time that says nothing of it.
 */
import { createHash, timingSafeEqual } from 'node:crypto'

/** What of a request decides. */
export interface Knock {
  readonly method: string | undefined
  readonly host: string | undefined
  readonly authorization: string | undefined
}

/** Why one does not come in. */
export interface Refusal {
  readonly status: 401 | 403 | 405
  readonly reason: string
  readonly headers: Readonly<Record<string, string>>
}

/** Who is let in. */
export interface DoorRules {
  readonly token: string | undefined
  /** Names that may stand in `Host`; numeric addresses always may. */
  readonly hostNames: readonly string[]
}

const NUMERIC = /^(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-f:.]+\])$/i

const digest = (text: string): Buffer => createHash('sha256').update(text).digest()

export class Door {
  readonly #token: Buffer | undefined
  readonly #names: Set<string>
  /** Requests that were not let in, by why. */
  readonly refused = { token: 0, host: 0, method: 0 }

  constructor({ token, hostNames }: DoorRules) {
    this.#token = token === undefined ? undefined : digest(`Bearer ${token}`)
    this.#names = new Set(['localhost', ...hostNames.map((name) => name.toLowerCase())])
  }

  /** One more name by which clients may call it. */
  allow(name: string): void {
    this.#names.add(name.toLowerCase())
  }

  /** `free`: this path needs no token. */
  refusal({ method, host, authorization }: Knock, free = false): Refusal | undefined {
    if (method !== 'GET' && method !== 'HEAD') {
      this.refused.method += 1
      return refusal(405, 'only GET is served here', { allow: 'GET, HEAD' })
    }
    if (!this.#isOurs(host)) {
      this.refused.host += 1
      return refusal(403, 'this host name is not served here; see the option hostNames')
    }
    if (free || this.#isRight(authorization)) return undefined
    this.refused.token += 1
    return refusal(401, 'a token is needed', { 'www-authenticate': 'Bearer' })
  }

  #isOurs(host: string | undefined): boolean {
    if (host === undefined) return false
    const name = host.replace(/:\d*$/, '').toLowerCase()
    return NUMERIC.test(name) || this.#names.has(name)
  }

  #isRight(authorization: string | undefined): boolean {
    if (this.#token === undefined) return true
    return authorization !== undefined && timingSafeEqual(digest(authorization), this.#token)
  }
}

const refusal = (
  status: Refusal['status'],
  reason: string,
  headers: Refusal['headers'] = {},
): Refusal => ({ status, reason, headers })
