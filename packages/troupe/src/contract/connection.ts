/**
 * contract/connection: what a network tells of itself and of each connection: plain data.
 *
 * Counters run since the start of the node or of the connection. Times are milliseconds.
 *
 * @source ergo-features 25, 28
 */
import type { PeerInfo } from './network.js'
import type { TransportAddress } from './transport.js'

/** A limit, and how much of it is used. */
export interface Usage {
  readonly used: number
  readonly limit: number
}

/** What a network has carried since the start, of all its connections, also those that ended. */
export interface WireFigures {
  /** Connections that are up now. */
  readonly connected: number
  readonly established: number
  readonly lost: number
  /** Handshakes that came to nothing, lines that were refused, and nodes that were sent away. */
  readonly handshakesRefused: number
  readonly messagesIn: number
  readonly messagesOut: number
  readonly bytesIn: number
  readonly bytesOut: number
  /** Bytes kept until they are acknowledged. */
  readonly keptBytes: number
}

/** Where a node takes lines, and how that goes. */
export interface AcceptorInfo {
  readonly address: TransportAddress
  /** Where other nodes are told to come. */
  readonly advertised: TransportAddress
  readonly tls: boolean
  /** Lines that came, and those whose handshake came to nothing. */
  readonly lines: number
  readonly handshakeErrors: number
}

/** What a connection of a node may take. */
export interface NetworkLimits {
  readonly messageMaxBytes: number
  readonly windowBytes: number
  readonly sendBufferMaxBytes: number
  readonly remoteMailboxMax: number
  /** Infinity: nothing is compressed. */
  readonly compressAboveBytes: number
  readonly connectionsMax: number
  readonly keepAliveMs: number
  readonly silenceMs: number
  readonly resumeWindowMs: number
  readonly handshakeTimeoutMs: number
}

/** How the network of a node is set. */
export interface WireFacts {
  readonly acceptors: readonly AcceptorInfo[]
  /** What this node can do; names of the flags of the handshake. */
  readonly flags: readonly string[]
  /** Undefined: the node has no network. */
  readonly limits: NetworkLimits | undefined
}

/** Messages that travelled compressed, their bytes then and before. */
export interface CompressionInfo {
  /** Infinity: what we send is not compressed. */
  readonly aboveBytes: number
  readonly sent: number
  readonly sentBytes: number
  readonly sentOriginalBytes: number
  readonly received: number
  readonly receivedBytes: number
  readonly receivedOriginalBytes: number
}

/** Large messages, which travel in pieces. */
export interface FragmentInfo {
  /** Under way now. */
  readonly sending: number
  readonly receiving: number
  /** Pieces since it came up, and messages that have gone or come whole. */
  readonly sent: number
  readonly received: number
  readonly messagesSent: number
  readonly messagesReceived: number
  /** Always 0 for now: none is given up while its connection lives, also over broken lines. */
  readonly gaveUp: number
}

/** A mailbox that takes nothing more over a connection for now. */
export interface HeldMailbox {
  readonly to: string
  /** `ours`: it is of this node, and the other one waits; `theirs`: the other way round. */
  readonly direction: 'ours' | 'theirs'
  /** Messages waiting in it; undefined: it is of the other node. */
  readonly waiting: number | undefined
  readonly heldMs: number
}

/** All that a network knows of one connection. */
export interface ConnectionInfo {
  readonly info: PeerInfo
  readonly bytesOut: number
  /** Bytes kept or waiting for the other node. */
  readonly sendBuffer: Usage
  readonly fragments: FragmentInfo
  readonly compression: CompressionInfo
  /** Names and shapes that are written as numbers. */
  readonly dictionaries: {
    readonly namesSent: Usage
    readonly shapesSent: Usage
    readonly namesReceived: Usage
    readonly shapesReceived: Usage
  }
  /** What both can do; empty before the other node has answered. */
  readonly flags: readonly string[]
  /** The longest held first; at most 50. */
  readonly heldMailboxes: readonly HeldMailbox[]
}

/** What can be seen of a network, at a cost that depends on nothing but its connections. */
export interface WireInsight {
  figures(): WireFigures
  facts(): WireFacts
  /** Undefined: the node is not known. */
  connection(node: string): ConnectionInfo | undefined
}
