/**
 * cluster/registrar/across/place: where a datagram goes, and what carries it.
 *
 * Knows nothing of questions. A simulated world stands in with its own.
 */

/** A host and a port. */
export interface Place {
  /** A name or a numeric address. */
  readonly host: string
  readonly port: number
}

/** A socket for datagrams: they may be lost, doubled, late, or come out of order. */
export interface AcrossDatagrams {
  /** Names who is told what arrives; bytes are valid only during the call. Called once. */
  start(taker: (bytes: Uint8Array, from: Place) => void): void
  /** Sends without a promise: whatever goes wrong is silence. `to` is numeric. */
  send(bytes: Uint8Array, to: Place): void
  close(): void
}

/** The addresses of a host name; rejects when there are none. */
export type Lookup = (host: string) => Promise<readonly string[]>

/** `host:port`, or `[host]:port` for IPv6. */
export const printedPlace = ({ host, port }: Place): string =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`

/** A numeric address as it is compared: IPv4 is IPv4, however a socket tells it. */
export const plainHost = (host: string): string => host.replace(/^::ffff:(?=\d+\.)/i, '')

export const isSamePlace = (one: Place, other: Place): boolean =>
  one.port === other.port && plainHost(one.host) === plainHost(other.host)
