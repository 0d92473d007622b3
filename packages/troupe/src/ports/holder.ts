/**
 * ports/holder: who has what only one can have: a listener, or a path of it.
 *
 * A port that was killed cannot give back what it has; nobody but its successor notices.
 */
import { type ProcessContext, TroupeError } from '#contract'
import { formatListening, type Listening } from './listen.js'

/** Somebody who has something until it is given back, or until their end. */
export interface Holder {
  isAlive(): boolean
}

export const holderOf = (context: ProcessContext): Holder => ({
  isAlive: () => context.mailboxLength(context.self) !== undefined,
})

/** What is to be had. */
export interface Place {
  /** `tcp` or `udp`. */
  readonly transport: string
  readonly addresses: readonly Listening[]
  /** On the listener; empty when it is had as a whole. */
  readonly path: string
}

/** Throws PORT_FAILED when the listener is closed: whoever takes it then would wait for ever. */
export function requireOpen(isOpen: boolean, place: Place): void {
  if (isOpen) return
  const { transport } = place
  const problem = 'the listener is closed'
  throw new TroupeError('PORT_FAILED', { transport, address: addressOf(place), problem })
}

/** Throws PORT_IN_USE when another port has it, and lives. */
export function requireFree(had: Holder | undefined, by: Holder | undefined, place: Place): void {
  if (had === undefined || by === undefined || had === by || !had.isAlive()) return
  const { transport } = place
  throw new TroupeError('PORT_IN_USE', { transport, address: addressOf(place) })
}

const addressOf = ({ addresses, path }: Place): string =>
  addresses.map((listening) => formatListening(listening) + path).join(', ')
