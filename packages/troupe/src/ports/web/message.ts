/**
 * ports/web/message: a web request and its answer as values, which any process can be sent.
 */

/** One request as a value. */
export interface WebRequest {
  readonly method: string
  /** The path alone, as sent: percent signs are not decoded. */
  readonly path: string
  /** What follows the question mark; empty without one. */
  readonly query: string
  /** By lower-case name; several of one name are joined with a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Uint8Array
  readonly remoteAddress: string
}

/** What an actor answers. */
export interface WebResponse {
  /** 200 to 599. */
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array
}
