/**
 * network/connection-info: all that is known of one connection, read from its parts.
 */
import type {
  CompressionInfo,
  ConnectionInfo,
  FragmentInfo,
  HeldMailbox,
  NetworkLimits,
  PeerInfo,
  Usage,
} from '#contract'
import type { Peer } from './peer/peer.js'

const HELD_MAX = 50

export function connectionInfo(
  peer: Peer,
  info: PeerInfo,
  { sendBufferMaxBytes, compressAboveBytes }: NetworkLimits,
  nowMs: number,
): ConnectionInfo {
  const { session, transfers, agreement } = peer
  const flags = agreement?.flags ?? new Set<string>()
  const aboveBytes = flags.has('compression') ? compressAboveBytes : Number.POSITIVE_INFINITY
  return {
    info,
    bytesOut: session.outgoing.sentBytes,
    sendBuffer: {
      used: session.outgoing.keptBytes + transfers.waitingBytes,
      limit: sendBufferMaxBytes,
    },
    fragments: fragmentsOf(peer),
    compression: compressionOf(peer, aboveBytes),
    dictionaries: dictionariesOf(peer),
    flags: [...flags],
    heldMailboxes: heldOf(peer, nowMs),
  }
}

function fragmentsOf({ transfers, inbox }: Peer): FragmentInfo {
  return {
    sending: transfers.waiting,
    receiving: inbox?.receiving ?? 0,
    sent: transfers.pieces,
    received: inbox?.pieces ?? 0,
    messagesSent: transfers.begun - transfers.waiting,
    messagesReceived: inbox?.wholes ?? 0,
    gaveUp: 0,
  }
}

function compressionOf({ outbox, inbox }: Peer, aboveBytes: number): CompressionInfo {
  const { compressed: sent } = outbox
  const received = inbox?.expanded
  return {
    aboveBytes,
    sent: sent.messages,
    sentBytes: sent.bytes,
    sentOriginalBytes: sent.originalBytes,
    received: received?.messages ?? 0,
    receivedBytes: received?.bytes ?? 0,
    receivedOriginalBytes: received?.originalBytes ?? 0,
  }
}

function dictionariesOf({ encoder, decoder }: Peer): ConnectionInfo['dictionaries'] {
  const names = (used: number, limit: number): Usage => ({ used, limit })
  return {
    namesSent: names(encoder.nameCount, encoder.limits.namesMax),
    shapesSent: names(encoder.shapeCount, encoder.limits.shapesMax),
    namesReceived: names(decoder.nameCount, decoder.limits.namesMax),
    shapesReceived: names(decoder.shapeCount, decoder.limits.shapesMax),
  }
}

/** Both ways; each list begins with the longest held. */
function heldOf({ holding, outbox }: Peer, nowMs: number): readonly HeldMailbox[] {
  const held: HeldMailbox[] = []
  for (const { to, waiting, sinceMs } of holding.list(HELD_MAX)) {
    held.push({ to, direction: 'ours', waiting, heldMs: nowMs - sinceMs })
  }
  for (const [to, sinceMs] of outbox.held) {
    if (held.length >= 2 * HELD_MAX) break
    held.push({ to, direction: 'theirs', waiting: undefined, heldMs: nowMs - sinceMs })
  }
  return held.sort((one, other) => other.heldMs - one.heldMs).slice(0, HELD_MAX)
}
