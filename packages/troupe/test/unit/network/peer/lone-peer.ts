/**
 * lone-peer: a peer without a network or a home that does anything, and a line that takes nothing.
 */
import type { VirtualClock } from 'troupe/testing'
import { type Line, type Logger, NETWORK_DEFAULTS, type WireHome } from '#contract'
import type { Agreement } from '#network/handshake/outcome'
import { Peer } from '#network/peer/peer'

export const SEND_BUFFER_MAX_BYTES = 1_048_576
const silent = new Proxy({}, { get: () => () => {} }) as unknown as Logger

/** A line that takes nothing: what is written to it waits. */
export class StuckLine implements Line {
  readonly transport = 'tcp'
  readonly remote = 'stuck'
  readonly local = 'stuck'
  readonly channelBinding = undefined
  waitingBytes = 0
  write(bytes: Uint8Array): boolean {
    this.waitingBytes += bytes.length
    return false
  }
  start(): void {}
  pause(): void {}
  resume(): void {}
  close(): void {}
  destroy(): void {}
}

export const AGREEMENT: Agreement = {
  role: 'dialler',
  peer: { name: 'far@test', creation: 7 },
  remote: 'stuck',
  version: 1,
  flags: new Set(),
  session: { kind: 'fresh', sessionId: '00'.repeat(16), peerReceivedBytes: 0 },
  peerTerms: {
    ...{ messageBytesMax: 1e9, windowBytes: 1e9, keepAliveMs: 500 },
    ...{ liveness: undefined, addresses: [] },
  },
}

/** A peer whose home does nothing. */
export function peerOn(
  clock: VirtualClock,
  paceMs = (): number => 500,
): { readonly peer: Peer; readonly lost: string[] } {
  const lost: string[] = []
  const nothing = (): void => {}
  const home = {
    ...{ name: 'home@test', creation: 3, clock, log: silent, behind: false, protocols: new Map() },
    ...{ peerUp: nothing, peerDown: nothing, lost: nothing, local: () => undefined },
  } as unknown as WireHome
  const settings = { ...NETWORK_DEFAULTS, sendBufferMaxBytes: SEND_BUFFER_MAX_BYTES }
  const peer = new Peer('far@test', home, settings, {
    ...{ mend: nothing, watch: () => undefined, askedAt: () => undefined, heard: nothing },
    ...{ loopDelayMs: () => 0, paceMs },
    ...{ broken: nothing, refused: nothing },
    lost: (_peer: Peer, reason: string) => void lost.push(reason),
  })
  return { peer, lost }
}
