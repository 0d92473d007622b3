/**
 * contract/transport: what carries bytes between two nodes: TCP, TLS, a Unix socket, a simulation.
 *
 * A transport makes lines; a line is a stream of bytes in order that may break at any moment. It
 * knows nothing of nodes, messages or cookies. One conformance suite holds for all of them.
 */

/** Where a transport can be reached: `host` and `port`, or the `path` of a Unix socket. */
export interface TransportAddress {
  /** The transport that understands it: `tcp`, `tls`, `unix`, `simulated`. */
  readonly transport: string
  /** A host name or a numeric address; empty for a path. */
  readonly host: string
  /** 0 for a path. */
  readonly port: number
  /** Of a Unix socket; empty otherwise. */
  readonly path: string
}

/** Who a line tells what happens to it. */
export interface LineTaker {
  /**
   * What arrived; the bytes are valid only during the call, and may be changed within it. Cut
   * anywhere: nothing of how they were written can be seen.
   */
  data(bytes: Uint8Array): void
  /** What was written has left and there is room again; only after `write` answered false. */
  drained(): void
  /**
   * The line has ended, told exactly once; nothing follows. `problem` says why in words, undefined
   * when it was closed by either side in order, or destroyed by this one.
   */
  closed(problem: string | undefined): void
}

/** One open stream of bytes to another program. */
export interface Line {
  /** Of the transport it came from. */
  readonly transport: string
  /** The far end as printed in logs. */
  readonly remote: string
  /** This end as printed in logs. */
  readonly local: string
  /**
   * Bytes that both ends of a TLS session derive alike and nobody between them can (RFC 9266,
   * tls-exporter); undefined where there is no TLS.
   */
  readonly channelBinding: Uint8Array | undefined
  /** Bytes handed to `write` that have not left yet. */
  readonly waitingBytes: number
  /**
   * Names who is told; nothing is read before, and nothing is told within this call. A line that
   * has ended meanwhile tells it now. Called once.
   */
  start(taker: LineTaker): void
  /**
   * Takes bytes to send; they must not be changed afterwards. False: wait for `drained` before the
   * next one. Bytes written after the end are dropped. With `isFollowed` the caller writes more
   * before it returns, so that a line may wait for that and send both at once.
   */
  write(bytes: Uint8Array, isFollowed?: boolean): boolean
  /** Stops reading; what has been read is still told. An end may be noticed only afterwards. */
  pause(): void
  resume(): void
  /**
   * Ends the line when all that was written has left. What arrives from now on is thrown away, so
   * that the far end can end too; one that lets nothing move for some seconds is torn down.
   */
  close(): void
  /** Ends the line at once; what has not left is lost. */
  destroy(): void
}

/** A place where a transport takes lines; ends with `close`. */
export interface LineListener {
  /** Where it listens, with the port that was found. */
  readonly address: TransportAddress
  /** Stops taking lines; those it has taken live on. */
  close(): Promise<void>
}

/** How a transport listens. Times are milliseconds. */
export interface LineListenOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  /** How many ports from `port` upwards are tried when one is in use. */
  readonly portRange: number
  /** Of a Unix socket; empty otherwise. */
  readonly path: string
  /**
   * Asked with the address of the far end, without its port, before anything is made for a line;
   * false: it is reset at once, and nothing is told of it. Absent: everybody is taken.
   */
  readonly admits?: (host: string) => boolean
  /** Takes each new line. */
  readonly accept: (line: Line) => void
  /** What the operating system or TLS refused before there was a line: counted, not fatal. */
  readonly refused: (problem: string, remote: string) => void
}

/** How a transport dials. */
export interface LineDialOptions {
  readonly timeoutMs: number
  readonly signal?: AbortSignal
}

/**
 * A way to carry bytes. `dial` rejects with PORT_FAILED or DIAL_TIMEOUT, `listen` with PORT_IN_USE
 * or PORT_FAILED.
 */
export interface Transport {
  readonly name: string
  dial(address: TransportAddress, options: LineDialOptions): Promise<Line>
  listen(options: LineListenOptions): Promise<LineListener>
}
