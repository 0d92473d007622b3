/**
 * network/handshake/flags: what a node can do beyond the least, as bits of a 64-bit mask.
 *
 * A feature works between two nodes only if both name it. Bits nobody knows here are ignored, so
 * that a later version may use them. Bits 6 and 7 were once kept for remote spawn and application
 * start: what a node lets others do may change at any time, so it is asked and never announced.
 *
 * @source ergo-features 19 (flags)
 */

/** A feature that both sides have to know. */
export type WireFlag =
  | 'liveness'
  | 'resume'
  | 'fragmentation'
  | 'compression'
  | 'important-delivery'
  | 'tracing'

const BITS: Readonly<Record<WireFlag, bigint>> = Object.freeze({
  liveness: 1n << 0n,
  resume: 1n << 1n,
  fragmentation: 1n << 2n,
  compression: 1n << 3n,
  'important-delivery': 1n << 4n,
  tracing: 1n << 5n,
})

/** All flags, in the order of their bits. */
export const WIRE_FLAGS = Object.freeze(Object.keys(BITS)) as readonly WireFlag[]

/** What this version can do. */
export const OWN_FLAGS: readonly WireFlag[] = Object.freeze([
  ...(['liveness', 'resume', 'fragmentation'] as const),
  ...(['compression', 'important-delivery', 'tracing'] as const),
])

/** The mask of the flags that are named. */
export const maskOf = (flags: Iterable<WireFlag>): bigint => {
  let mask = 0n
  for (const flag of flags) mask |= BITS[flag]
  return mask
}

/** The flags of a mask that are known here. */
export const flagsOf = (mask: bigint): ReadonlySet<WireFlag> =>
  new Set(WIRE_FLAGS.filter((flag) => (mask & BITS[flag]) !== 0n))
