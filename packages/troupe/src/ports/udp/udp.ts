/**
 * ports/udp/udp: UDP as a process: what comes in becomes messages or publications.
 *
 * The port either owns its sockets, which then end with it, or reads sockets that were opened
 * before and outlive it. It publishes an event itself: whoever holds the token may, so no relay
 * is needed. Knows nothing of what the bytes mean.
 *
 * @source ergo-features 13 (UDP server)
 */
import {
  type Address,
  type EventToken,
  message,
  type ProcessContext,
  protocol,
  request,
  requireObject,
  requireOption,
  type Spawnable,
  TroupeError,
} from '#contract'
import { definePort } from '#ports/definition'
import { holderOf } from '#ports/holder'
import type { Unopened } from '#ports/listen'
import {
  isPeer,
  openUdp,
  type Peer,
  type TakeDatagram,
  type UdpCounters,
  type UdpOptions,
  UdpSocket,
} from './socket.js'

/** One datagram that came in. */
export interface Datagram extends Peer {
  readonly bytes: Uint8Array
  /** Wall clock, milliseconds since 1970. */
  readonly receivedAtMs: number
  /** Counts the datagrams of this socket, from 1, in the order they came in. */
  readonly sequence: number
}

/** What a process speaks that is sent datagrams. */
export const DatagramReader = protocol('datagram-reader', { datagram: message<Datagram>() })

/** What a UDP port understands. */
export const Udp = protocol('udp', {
  /** Sends a datagram; a refusal is counted. What is no datagram is a dead letter. */
  send: message<Peer & { readonly bytes: Uint8Array }>(),
  counters: request<void, UdpCounters>(),
})

/** Where datagrams go: to one process, or to all subscribers of an event. */
export type DatagramTarget =
  | { readonly kind: 'process'; readonly to: Address<typeof DatagramReader> }
  | { readonly kind: 'event'; readonly token: EventToken<Datagram> }

/** What a UDP port is spawned with: its one argument. */
export interface UdpPortOptions {
  /** Sockets to open and to own, or sockets that were opened before and outlive the port. */
  readonly socket: Unopened<UdpOptions> | UdpSocket
  readonly target: DatagramTarget
}

interface State {
  readonly context: ProcessContext
  readonly socket: UdpSocket
  /** Stops reading, and closes what the port owns; runs once. */
  release(): Promise<void>
}

async function init(context: ProcessContext, args: readonly unknown[]): Promise<State> {
  const { socket: given, target } = checkedOptions(args[0] as UdpPortOptions)
  // Asked before anything is opened: a process killed meanwhile may not ask any more.
  const ended = context.ended(context.self)
  const isBorrowed = given instanceof UdpSocket
  const socket = isBorrowed ? given : await openUdp(given)
  const take = takerFor(context, target)
  let isReleased = false
  const release = async (): Promise<void> => {
    if (isReleased) return
    isReleased = true
    socket.detach(take)
    if (!isBorrowed) await socket.close()
  }
  socket.attach(take, holderOf(context))
  // A killed process has no terminate, yet its sockets must not outlive it.
  void ended.then(release)
  return { context, socket, release }
}

/** Throws OPTION_INVALID naming the option that cannot be. */
function checkedOptions(options: UdpPortOptions): UdpPortOptions {
  requireObject('options', options)
  requireObject('socket', options.socket)
  requireObject('target', options.target)
  const { kind } = options.target
  const isKind = kind === 'process' || kind === 'event'
  requireOption(isKind, 'target.kind', kind, "give 'process' or 'event'")
  return options
}

/** The message `send`: whatever anybody gives, the port goes on. */
function send({ context, socket }: State, payload: unknown): unknown {
  const given = (payload ?? {}) as Partial<Peer & { readonly bytes: Uint8Array }>
  const { bytes, address = '', port = 0 } = given
  const to = { address, port }
  if (bytes instanceof Uint8Array && isPeer(to)) {
    socket.send(bytes, to)
    return undefined
  }
  const problem = 'give bytes, a numeric address and a port from 1 to 65535'
  const error = new TroupeError('MESSAGE_INVALID', { message: 'send', problem })
  return context.refuse('message-refused', error)
}

/** Hands a datagram on; false when nobody can take it any more. */
function takerFor(context: ProcessContext, target: DatagramTarget): TakeDatagram {
  const handOn = (datagram: Datagram): void => {
    switch (target.kind) {
      case 'event':
        context.publish(target.token, datagram)
        break
      case 'process':
        // A refusal is told to the account of the node and to the dead letters.
        context.send(target.to, 'datagram', datagram)
    }
  }
  return (bytes, from, sequence) => {
    const { address, port } = from
    try {
      handOn({ address, port, bytes, receivedAtMs: context.wallMs(), sequence })
      return true
    } catch {
      // This port was killed a moment ago, or the owner of the event has ended.
      return false
    }
  }
}

/**
 * UDP as a process. Its one argument says what to read and where datagrams go.
 *
 * Ends with PORT_IN_USE or PORT_FAILED when it cannot open what it should own.
 *
 * @example
 * await node.spawn(udpPort, {
 *   name: 'udp',
 *   args: [{ socket: { port: 9092 }, target: { kind: 'process', to: reader } }],
 * })
 */
export const udpPort: Spawnable<typeof Udp, [options: UdpPortOptions]> = definePort({
  name: 'udp',
  protocol: Udp,
  messages: new Map([['send', send]]),
  requests: new Map([['counters', ({ socket }: State) => socket.counters()]]),
  options: Object.freeze({}),
  init,
  terminate: ({ release }: State) => release(),
  inspect: ({ socket }: State) => ({ addresses: socket.addresses, ...socket.counters() }),
})
