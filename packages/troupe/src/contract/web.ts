/**
 * contract/web: a web request and its answer as values, and what an actor speaks that gives one.
 *
 * Here and not in a port: who answers needs no port, it may be on another node.
 *
 * @source ergo-features 12, 13 (web handler)
 */
import { protocol, request } from './protocol.js'

/** One request as a value. */
export interface WebRequest {
  readonly method: string
  /** The path alone, as sent: percent signs are not decoded. */
  readonly path: string
  /** What follows the question mark; empty without one. */
  readonly query: string
  /** By lower-case name; several of one name are joined with a comma. Has no prototype. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly remoteAddress: string
}

/** What an actor answers. */
export interface WebResponse {
  /** 200 to 599. */
  readonly status: number
  /** A list stands for a header that is sent several times, such as `set-cookie`. */
  readonly headers?: Readonly<Record<string, string | readonly string[]>>
  /** Not sent with 204 and 304, nor to a HEAD. */
  readonly body?: string | Uint8Array
}

/** What an actor speaks that answers web requests. */
export const WebHandler = protocol('web-handler', { handle: request<WebRequest, WebResponse>() })
