/**
 * network/peer/kinds: the messages two nodes exchange, by their first byte.
 *
 * docs/reference/wire.md holds the layout of each; a kind nobody knows is skipped and counted, so
 * that a later version may add some.
 */

/** One byte for each kind of message. */
export const KIND = Object.freeze({
  send: 1,
  call: 2,
  reply: 3,
  reject: 4,
  confirm: 5,
  confirmed: 6,
  exit: 7,
  link: 8,
  unlink: 9,
  linkEnded: 10,
  watch: 11,
  unwatch: 12,
  down: 13,
  subscribe: 14,
  unsubscribe: 15,
  subscribed: 16,
  event: 17,
  hold: 18,
  release: 19,
  /** A large message begins, and its pieces. */
  large: 20,
  piece: 21,
  protocols: 22,
  /** Another message, made smaller. */
  compressed: 23,
} as const)

/** Bits of the byte that begins a message to a process. */
export const ROUTE = Object.freeze({
  /** Two bits: what the address is. */
  pid: 0,
  name: 1,
  alias: 2,
  address: 3,
  /** Two bits: normal, high, max. */
  priorityShift: 2,
  priority: 12,
  /** The pid of a sender follows. */
  from: 16,
  /** A trace context follows. */
  traced: 32,
} as const)
