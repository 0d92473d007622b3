/**
 * web/site: paths of one port and what answers at each.
 *
 * An answer is text that is there already, or a promise of one; that a promise fails or is late
 * becomes 503. Nothing that a client sends is repeated in an answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { TroupeError, type WebEnv, webEnv } from 'troupe'
import type { Door } from './door.js'

/** What a path answers. */
export interface SiteAnswer {
  readonly status: number
  readonly contentType: string
  readonly body: string
}

/** One path. */
export interface SitePage {
  /** No token is asked for. */
  readonly free: boolean
  answer(incoming: IncomingMessage, env: WebEnv): SiteAnswer | Promise<SiteAnswer>
}

export const TEXT = 'text/plain; charset=utf-8'
export const JSON_TYPE = 'application/json; charset=utf-8'

const COMMON = Object.freeze({
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'",
})

/** What a port serves: give it to a web port as `serve`. */
export class Site {
  readonly #door: Door
  readonly #pages = new Map<string, SitePage>()

  constructor(door: Door) {
    this.#door = door
  }

  add(path: string, page: SitePage): void {
    this.#pages.set(path, page)
  }

  readonly serve = (incoming: IncomingMessage, response: ServerResponse): void => {
    const page = this.#pages.get(pathOf(incoming.url ?? ''))
    const { method, headers } = incoming
    const { host, authorization } = headers
    // Whoever may not come in is not told what there is.
    const refusal = this.#door.refusal({ method, host, authorization }, page?.free)
    if (refusal !== undefined) {
      const { status, reason } = refusal
      write(response, { status, contentType: TEXT, body: `${reason}\n` }, refusal.headers)
    } else if (page === undefined) {
      write(response, { status: 404, contentType: TEXT, body: `${this.#known()}\n` })
    } else {
      void answer(page, incoming, response)
    }
  }

  #known(): string {
    return `there is nothing here; see ${[...this.#pages.keys()].join(' ')}`
  }
}

const pathOf = (url: string): string => {
  const end = url.indexOf('?')
  return end < 0 ? url : url.slice(0, end)
}

async function answer(
  page: SitePage,
  incoming: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  try {
    write(response, await page.answer(incoming, webEnv(incoming)))
  } catch (thrown) {
    // The port answers 504 itself when the time is over; what it wrote is left alone.
    if (response.headersSent || response.writableEnded) return
    const why = TroupeError.is(thrown) ? thrown.code : 'the page could not be made'
    write(response, { status: 503, contentType: TEXT, body: `${why}\n` })
  }
}

function write(
  response: ServerResponse,
  { status, contentType, body }: SiteAnswer,
  headers: Readonly<Record<string, string>> = {},
): void {
  if (response.headersSent || response.writableEnded) return
  const bytes = Buffer.from(body)
  response.writeHead(status, {
    ...COMMON,
    ...headers,
    'content-type': contentType,
    'content-length': bytes.length,
  })
  response.end(response.req.method === 'HEAD' ? undefined : bytes)
}
