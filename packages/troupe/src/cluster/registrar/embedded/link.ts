/**
 * cluster/registrar/embedded/link: what the registrar of one host asks of its lines and its place.
 *
 * A Unix socket, a TCP port of the loopback address or a simulated one: all that is decided knows
 * these verbs alone.
 */

/** Who is told what happens to a link. */
export interface LinkTaker {
  /** What arrived, cut anywhere; not to be kept. */
  data(bytes: Uint8Array): void
  /** It has ended, told once; not when this side destroyed it. */
  closed(): void
}

/** A line to another program of this host. */
export interface Link {
  /** Bytes written that have not left. */
  readonly waitingBytes: number
  /** Names who is told. Called once; nothing is told within this call. */
  start(taker: LinkTaker): void
  write(bytes: Uint8Array): void
  /** Ends it when what was written has left. */
  close(): void
  destroy(): void
}

/** Why a place did not take a link. */
export type DialProblem = 'nobody' | 'failed'

/** The one place of a host where the registrar is found, by whoever has its cookie. */
export interface Place {
  /** As printed. */
  readonly name: string
  /** What lies there now: two that were made one after the other differ; undefined: nothing. */
  holder(): string | undefined
  /** Settles when it is open; `nobody`: what lies there was left behind. Never rejects. */
  dial(): Promise<Link | DialProblem>
  /**
   * Takes the place as long as `holder()` still is `instead`; undefined: it is somebody else's.
   * Rejects with REGISTRAR_FAILED when nobody could ever take it.
   */
  claim(instead: string | undefined, accept: (link: Link) => void): Promise<Claim | undefined>
}

/** A place that was taken. */
export interface Claim {
  /** What `holder()` is as long as it is ours. */
  readonly holder: string
  /** False: another one has taken it. */
  holds(): boolean
  /** Takes no more links, and frees the place if it still is ours. */
  release(): void
}
