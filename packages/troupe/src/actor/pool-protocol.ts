/**
 * actor/pool-protocol: what a pool can be asked beside what its workers can.
 *
 * @source ergo-features 10
 */
import { type AnyProtocol, type Protocol, protocol, request } from '#contract'

/** Which worker gets the next message. */
export type PoolStrategy = 'round-robin' | 'least-loaded'

/** What `stats` tells of a pool. */
export interface PoolStats {
  /** Workers it is to have. */
  readonly size: number
  /** Workers that take messages now. */
  readonly running: number
  /** Workers that were let go and finish what they have. */
  readonly leaving: number
  readonly strategy: PoolStrategy
  /** Messages and requests handed to workers. */
  readonly forwarded: number
  /** Messages and requests refused because no worker could take them. */
  readonly saturated: number
  /** Workers replaced after their end. */
  readonly restarts: number
  /** Messages waiting in the workers' mailboxes. */
  readonly waiting: number
}

/** What every pool answers beside the protocol of its workers. */
export const poolProtocol = protocol('pool', {
  /** Adds so many workers; gives the new size. Rejects when one does not start. */
  grow: request<number, number>(),
  /** Lets so many workers go, which finish what they have; gives the new size. POOL_EMPTY. */
  shrink: request<number, number>(),
  stats: request<void, PoolStats>(),
})

/** The protocol of a pool: that of its workers, and the management. */
export type PoolProtocol<P extends AnyProtocol> = Protocol<
  P['messages'] & (typeof poolProtocol)['messages']
>
