/**
 * etcd/protocol: what buyers and sellers of tickets say to each other.
 */
import { message, protocol, request } from 'troupe'

/** What a shop sells by; each of them is an item of the configuration. */
export interface Terms {
  readonly price: number
  readonly currency: string
  readonly open: boolean
  /** Of the next ticket. */
  readonly next: bigint
}

export interface Ticket {
  readonly shop: string
  readonly number: bigint
  readonly price: number
  readonly currency: string
}

export const Tickets = protocol('tickets', {
  buy: request<void, Ticket | 'closed'>(),
  /** From now on these hold; the others stay. */
  change: message<Partial<Terms>>(),
})
