/**
 * network/peer/protocols: which protocols two nodes have in different versions.
 *
 * Each node tells the other what its processes speak: name, fingerprint and names of messages. The
 * same fingerprint needs no second look. Versions may differ: fields travel by name, and a message
 * that one side does not know is refused as any unknown one; here it is only told.
 *
 * Limit: `PROTOCOLS_MAX` protocols of one other node are kept, each with at most `NAMES_MAX` names
 * of `NAME_LENGTH_MAX` characters; others are left out.
 */
import type { AnyProtocol, ProtocolDifference } from '#contract'

const PROTOCOLS_MAX = 4_096
const NAMES_MAX = 1_024
/** Longest name of a protocol or a message, in characters. */
const NAME_LENGTH_MAX = 255

/** A protocol as it is told: its name, its fingerprint, its messages. */
export type ToldProtocol = readonly [string, number, readonly string[]]

/** Names and kinds of all messages, in one number (FNV-1a, 32 bits). */
export function fingerprintOf(protocol: AnyProtocol): number {
  let hash = 0x811c9dc5
  for (const name of Object.keys(protocol.messages).sort()) {
    const text = `${name}:${protocol.messages[name]?.kind};`
    for (let i = 0; i < text.length; i += 1) {
      hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
    }
  }
  return hash >>> 0
}

export class Protocols {
  /** Told so far, by name. */
  readonly #told = new Set<string>()
  readonly #theirs = new Map<string, ToldProtocol>()
  #seen = 0

  /** Protocols of the other node that are known. */
  get kept(): number {
    return this.#theirs.size
  }

  /** What the other node has not been told yet; called often, so it looks at the count first. */
  news(own: ReadonlyMap<string, AnyProtocol>): readonly ToldProtocol[] {
    if (own.size === this.#seen) return NOTHING
    this.#seen = own.size
    const fresh = [...own.values()].filter(({ name }) => !this.#told.has(name))
    return fresh.slice(0, PROTOCOLS_MAX).map((protocol) => {
      this.#told.add(protocol.name)
      return [protocol.name, fingerprintOf(protocol), Object.keys(protocol.messages)]
    })
  }

  /** What the other node has told; anything but such lists is left out. */
  heard(told: unknown): void {
    if (!Array.isArray(told)) return
    for (const one of told) {
      if (this.#theirs.size >= PROTOCOLS_MAX || !isTold(one)) continue
      const [name, fingerprint, messages] = one
      this.#theirs.set(name, [name, fingerprint, messages])
    }
  }

  /** The protocols that both have and that are not the same. */
  differences(own: ReadonlyMap<string, AnyProtocol>): readonly ProtocolDifference[] {
    const found: ProtocolDifference[] = []
    for (const protocol of own.values()) {
      const theirs = this.#theirs.get(protocol.name)
      if (theirs === undefined || theirs[1] === fingerprintOf(protocol)) continue
      const here = Object.keys(protocol.messages)
      found.push({
        protocol: protocol.name,
        onlyHere: here.filter((name) => !theirs[2].includes(name)),
        onlyThere: theirs[2].filter((name) => !here.includes(name)),
      })
    }
    return found
  }
}

const NOTHING: readonly ToldProtocol[] = Object.freeze([])

const isTold = (one: unknown): one is ToldProtocol =>
  Array.isArray(one) &&
  isName(one[0]) &&
  typeof one[1] === 'number' &&
  Array.isArray(one[2]) &&
  one[2].length <= NAMES_MAX &&
  one[2].every(isName)

const isName = (name: unknown): boolean =>
  typeof name === 'string' && name.length <= NAME_LENGTH_MAX
