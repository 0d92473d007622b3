/**
 * network/handshake/terms: what each side announces of itself once it has proven itself.
 *
 * Knows nothing of how the announcement is kept; session and liveness do. Limit: `ADDRESSES_MAX`
 * addresses, each with texts of a length that lets all of them fit into one frame.
 */
import { requireOption, type TransportAddress } from '#contract'
import { U48_MAX } from './fields.js'

/** Where a node's liveness thread is asked, as seen from outside. */
export interface LivenessAddress {
  readonly host: string
  readonly port: number
}

/** What a side tells of itself in the handshake. */
export interface HandshakeTerms {
  /** The largest message it takes, in bytes. */
  readonly messageBytesMax: number
  /** Bytes of the session that it grants at the start. */
  readonly windowBytes: number
  /** An idle line carries a sign of life from this side every so many milliseconds. */
  readonly keepAliveMs: number
  /** Undefined: nobody answers for this node while its loop is blocked. */
  readonly liveness: LivenessAddress | undefined
  /** Where it takes lines; empty when it only dials. */
  readonly addresses: readonly TransportAddress[]
}

/** Most addresses that one side announces; further ones are not told. */
export const ADDRESSES_MAX = 8
/** Longest host of an address, in bytes. */
export const HOST_BYTES_MAX = 255
/** Longest path of a Unix socket, in bytes: what operating systems take. */
export const PATH_BYTES_MAX = 108
/** Longest name of a transport, in bytes. */
export const TRANSPORT_BYTES_MAX = 32
/** The largest port. */
export const PORT_MAX = 65_535
/** The largest whole number that four bytes hold. */
const U32_MAX = 0xffff_ffff

const fits = (text: string, bytesMax: number): boolean => Buffer.byteLength(text) <= bytesMax
const isPort = (port: number): boolean => Number.isInteger(port) && port >= 0 && port <= PORT_MAX

/**
 * The terms as they can be announced: whole numbers, Infinity as the largest one there is, and no
 * more addresses than fit. Throws OPTION_INVALID for what cannot be announced at all.
 */
export function announced(terms: HandshakeTerms): HandshakeTerms {
  const addresses = Object.freeze(terms.addresses.slice(0, ADDRESSES_MAX))
  requirePlaces(terms.liveness, addresses)
  return Object.freeze({
    messageBytesMax: whole('messageBytesMax', terms.messageBytesMax, U48_MAX),
    windowBytes: whole('windowBytes', terms.windowBytes, U48_MAX),
    keepAliveMs: whole('keepAliveMs', terms.keepAliveMs, U32_MAX),
    liveness: terms.liveness,
    addresses,
  })
}

function whole(option: string, value: number, largest: number): number {
  requireOption(value > 0, option, value, 'give a number above 0')
  return Math.min(Math.ceil(value), largest)
}

function requirePlaces(
  liveness: LivenessAddress | undefined,
  addresses: readonly TransportAddress[],
): void {
  if (liveness !== undefined) {
    const isSound = fits(liveness.host, HOST_BYTES_MAX) && isPort(liveness.port)
    requireOption(isSound, 'liveness', `${liveness.host}:${liveness.port}`, 'give host and port')
  }
  for (const address of addresses) {
    const told = `${address.transport} ${address.host}:${address.port}${address.path}`
    requireOption(isAddress(address), 'addresses', told, 'a part of it is too long')
  }
}

/** True when each part has a length that can be announced. */
export const isAddress = ({ transport, host, port, path }: TransportAddress): boolean =>
  fits(transport, TRANSPORT_BYTES_MAX) &&
  fits(host, HOST_BYTES_MAX) &&
  fits(path, PATH_BYTES_MAX) &&
  isPort(port)
