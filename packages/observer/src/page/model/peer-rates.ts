/**
 * page/model/peer-rates: what a connection carries in a second, worked out of two looks at its
 * counters. Pure.
 */
import type { ConnectionSheet, NetworkSheet, PeerInfo } from 'troupe'

/** In a second. */
export interface PeerRates {
  readonly messagesIn: number
  readonly messagesOut: number
  readonly bytesIn: number
}

/** The same of one connection, which tells more. */
export interface ConnectionRates extends PeerRates {
  readonly bytesOut: number
}

/** What was told, and when. */
interface Look<T> {
  readonly sheet: T | undefined
  readonly atMs: number
}

const secondsBetween = (before: { readonly atMs: number }, later: { readonly atMs: number }) =>
  (later.atMs - before.atMs) / 1_000

const perSecond = (before: number, later: number, seconds: number): number =>
  Math.max(0, later - before) / seconds

function between(before: PeerInfo, later: PeerInfo, seconds: number): PeerRates | undefined {
  // Its counters begin anew with another life, and with a connection that came up again.
  if (before.creation !== later.creation || later.uptimeMs < before.uptimeMs) return undefined
  return {
    messagesIn: perSecond(before.messagesIn, later.messagesIn, seconds),
    messagesOut: perSecond(before.messagesOut, later.messagesOut, seconds),
    bytesIn: perSecond(before.bytesIn, later.bytesIn, seconds),
  }
}

/** Of all connections of a node, by the other node; undefined: no time has passed. */
export function peerRates(
  before: Look<NetworkSheet>,
  later: Look<NetworkSheet>,
): ReadonlyMap<string, PeerRates> | undefined {
  const seconds = secondsBetween(before, later)
  if (seconds <= 0) return undefined
  const old = new Map(before.sheet?.peers.rows.map((peer) => [peer.node, peer]))
  const rates = new Map<string, PeerRates>()
  for (const peer of later.sheet?.peers.rows ?? []) {
    const known = old.get(peer.node)
    const made = known === undefined ? undefined : between(known, peer, seconds)
    if (made !== undefined) rates.set(peer.node, made)
  }
  return rates
}

/** Of one connection. */
export function connectionRates(
  before: Look<ConnectionSheet>,
  later: Look<ConnectionSheet>,
): ConnectionRates | undefined {
  const seconds = secondsBetween(before, later)
  if (seconds <= 0 || before.sheet === undefined || later.sheet === undefined) return undefined
  const rates = between(before.sheet.info, later.sheet.info, seconds)
  if (rates === undefined) return undefined
  return { ...rates, bytesOut: perSecond(before.sheet.bytesOut, later.sheet.bytesOut, seconds) }
}
