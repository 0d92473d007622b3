/**
 * network/own-handshake: what this node says of itself to those it meets.
 */
import type { TransportAddress, WireHome } from '#contract'
import { maskOf, OWN_FLAGS } from './handshake/flags.js'
import { completeSettings, type HandshakeSettings } from './handshake/settings.js'
import type { LivenessAddress } from './handshake/terms.js'
import type { NetworkSettings } from './options.js'
import { paceMs } from './pace.js'

/** What it is made from. */
export interface OwnHandshakeParts {
  readonly home: WireHome
  readonly key: Uint8Array
  readonly settings: NetworkSettings
  /** How many are known: with many the signs of life are rarer. */
  readonly peers: number
  readonly randomBytes: (length: number) => Uint8Array
  readonly liveness: LivenessAddress | undefined
  readonly addresses: readonly TransportAddress[]
}

/** NODE_NAME_INVALID, OPTION_INVALID. */
export function ownHandshake(parts: OwnHandshakeParts): HandshakeSettings {
  const { home, key, settings, peers, randomBytes, liveness, addresses } = parts
  const { messageMaxBytes, windowBytes, handshakeTimeoutMs } = settings
  const keepAliveMs = paceMs(settings, peers, 0)
  return completeSettings({
    own: { name: home.name, creation: home.creation },
    key,
    flags: maskOf(OWN_FLAGS),
    terms: { messageBytesMax: messageMaxBytes, windowBytes, keepAliveMs, liveness, addresses },
    randomBytes,
    timeoutMs: handshakeTimeoutMs,
  })
}
