/**
 * network/liveness/datagrams: what a prober needs of the world: to send and hear datagrams.
 *
 * Knows nothing of probes. A simulated world stands in with its own.
 */

/** Where a datagram goes. */
export interface DatagramAddress {
  /** A host name or a numeric address. */
  readonly host: string
  readonly port: number
}

/** A place to send datagrams from; they may be lost, doubled, or come out of order. */
export interface Datagrams {
  /** Names who is told what arrives; bytes are valid only during the call. Called once. */
  start(taker: (bytes: Uint8Array) => void): void
  /** Sends without a promise: whatever goes wrong is silence. */
  send(bytes: Uint8Array, to: DatagramAddress): void
  close(): void
}
