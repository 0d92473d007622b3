/**
 * network/codec/limits: what a peer may make the codec hold, and the defaults both ends share.
 *
 * Part of version 1 of the wire: an encoder stays below these limits by itself, a decoder refuses
 * what is above them. Change them on both ends of a connection, or on none.
 */
import { requireOption } from '#contract'

/** Limits of one direction of one connection; whole numbers above 0. */
export interface CodecLimits {
  /** Containers within each other: arrays, objects, maps, sets, errors, custom values. */
  readonly depthMax: number
  /**
   * Containers in one value; maps, sets, binaries and errors count four times. Together with the
   * length of a message it bounds the memory that one needs.
   */
  readonly containersMax: number
  /** Entries of the dictionary of names. */
  readonly namesMax: number
  /** Longest name that may become an entry, in UTF-16 units. */
  readonly nameLengthMax: number
  /** Entries of the dictionary of shapes; at most 65,536. */
  readonly shapesMax: number
  /** Most keys of one shape. */
  readonly shapeKeysMax: number
  /** UTF-16 units of all keys of all shapes together. */
  readonly shapeTextMax: number
  /** Longest magnitude of a bigint, in bytes. */
  readonly bigintBytesMax: number
}

/** What both ends of a connection use unless they have agreed on something else. */
export const CODEC_LIMITS: CodecLimits = Object.freeze({
  depthMax: 128,
  containersMax: 2_000_000,
  namesMax: 4_096,
  nameLengthMax: 255,
  shapesMax: 4_096,
  shapeKeysMax: 64,
  shapeTextMax: 1_048_576,
  bigintBytesMax: 4_096,
})

/** Depth at which a recursion over values is still far from the end of the stack. */
const DEPTH_CEILING = 512
const SHAPES_CEILING = 65_536

/** The limits with their defaults; throws OPTION_INVALID for what cannot be. */
export function codecLimits(given: Partial<CodecLimits> = {}): CodecLimits {
  const limits = { ...CODEC_LIMITS, ...given }
  for (const [name, value] of Object.entries(limits)) {
    const holds = Number.isSafeInteger(value) && value > 0
    requireOption(holds, `codec.${name}`, value, 'give a whole number above 0')
  }
  const { depthMax, shapesMax } = limits
  requireOption(depthMax <= DEPTH_CEILING, 'codec.depthMax', depthMax, 'give at most 512')
  requireOption(shapesMax <= SHAPES_CEILING, 'codec.shapesMax', shapesMax, 'give at most 65,536')
  return Object.freeze(limits)
}
