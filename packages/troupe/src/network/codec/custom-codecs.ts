/**
 * network/codec/custom-codecs: how programs send objects of their own classes.
 *
 * A codec has a name that both nodes know and turns an object into data and back. Knows nothing of
 * bytes. What has no codec is refused at the sender.
 */
import { requireObject, requireOption, requireText, TroupeError } from '#contract'

/** How objects of one class travel. */
export interface CustomCodec<T = unknown, D = unknown> {
  /** Its name on the wire, the same on both nodes. */
  readonly name: string
  /** Objects made by it or by a class that extends it. Give this or `matches`. */
  readonly class?: abstract new (
    ...args: never[]
  ) => T
  /** Tells its objects where there is no class. Asked only about what is no plain data. */
  readonly matches?: (value: object) => boolean
  /** Data that stands for the object: anything that can be sent. */
  readonly encode: (value: T) => D
  /** The object again; data from an older node may be different, and a foul node may send any. */
  readonly decode: (data: D) => T
}

/** Longest name of a codec, in UTF-16 units. */
const NAME_LENGTH_MAX = 255

/** A set of codecs; connections share one. */
export class CustomCodecs {
  readonly #byName = new Map<string, CustomCodec>()
  readonly #byPrototype = new Map<object, CustomCodec>()
  readonly #matching: CustomCodec[] = []

  /** Adds one; throws OPTION_INVALID, or NAME_TAKEN when the name or class has one. */
  register<T, D>(given: CustomCodec<T, D>): void {
    checkCodec(given)
    const codec = given as CustomCodec
    const prototype = prototypeOf(codec)
    const isTaken =
      this.#byName.has(codec.name) || (prototype !== undefined && this.#byPrototype.has(prototype))
    if (isTaken) {
      throw new TroupeError('NAME_TAKEN', { name: codec.name, holder: 'another codec' })
    }
    this.#byName.set(codec.name, codec)
    if (prototype !== undefined) this.#byPrototype.set(prototype, codec)
    if (codec.matches !== undefined) this.#matching.push(codec)
  }

  /** Removes one; false when there was none of this name. */
  unregister(name: string): boolean {
    const codec = this.#byName.get(name)
    if (codec === undefined) return false
    this.#byName.delete(name)
    const prototype = prototypeOf(codec)
    if (prototype !== undefined) this.#byPrototype.delete(prototype)
    const at = this.#matching.indexOf(codec)
    if (at >= 0) this.#matching.splice(at, 1)
    return true
  }

  named(name: string): CustomCodec | undefined {
    return this.#byName.get(name)
  }

  /** The codec of an object: that of the nearest class, else the first that matches. */
  of(value: object): CustomCodec | undefined {
    if (this.#byName.size === 0) return undefined
    let prototype: object | null = Object.getPrototypeOf(value)
    while (prototype !== null) {
      const codec = this.#byPrototype.get(prototype)
      if (codec !== undefined) return codec
      prototype = Object.getPrototypeOf(prototype)
    }
    return this.#matching.find((codec) => codec.matches?.(value) === true)
  }
}

const prototypeOf = (codec: CustomCodec): object | undefined => codec.class?.prototype

function checkCodec<T, D>(codec: CustomCodec<T, D>): void {
  requireObject('codec', codec)
  const { name, matches, encode, decode } = codec
  requireText('codec.name', name)
  const isShort = name.length <= NAME_LENGTH_MAX
  requireOption(isShort, 'codec.name', name, `give at most ${NAME_LENGTH_MAX} characters`)
  const isTold =
    typeof codec.class === 'function' ? matches === undefined : typeof matches === 'function'
  requireOption(isTold, 'codec.class', codec.class, 'give either class or matches')
  requireOption(typeof encode === 'function', 'codec.encode', encode, 'give a function')
  requireOption(typeof decode === 'function', 'codec.decode', decode, 'give a function')
}

/** The codecs of this program: what connections use unless they are given others. */
export const programCodecs = new CustomCodecs()

/**
 * Lets objects of a class of one's own be sent to other nodes. Call it on both, at the start of
 * the program; where it is missing, messages with such an object are refused (CODEC_REFUSED).
 *
 * Throws OPTION_INVALID, or NAME_TAKEN when the name or the class has one already.
 *
 * @example
 * registerCodec({
 *   name: 'money',
 *   class: Money,
 *   encode: (money) => ({ cents: money.cents }),
 *   decode: ({ cents }) => new Money(cents),
 * })
 * @source ergo-features 20 (registered types)
 */
export function registerCodec<T, D>(codec: CustomCodec<T, D>): void {
  programCodecs.register(codec)
}
