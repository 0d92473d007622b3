/**
 * network/codec/decoder: bytes to values, whoever wrote them; docs/reference/wire.md tells how.
 *
 * One decoder serves one direction of one session, beside the encoder at its other end. Bytes
 * that cannot be are CODEC_INVALID: the dictionaries are worth nothing afterwards, the session
 * must end. A value with an unknown codec is CODEC_REFUSED: it has been read whole, the session
 * goes on. Memory is bounded by the length of the message and by `CodecLimits`.
 *
 * @source ergo-features 20
 */
import { Pid, type Target, TroupeError } from '#contract'
import { type CustomCodecs, programCodecs } from './custom-codecs.js'
import { type CodecLimits, codecLimits } from './limits.js'
import { Maker, setOwn } from './makers.js'
import { isAddressTag, readRare } from './rare-reading.js'
import { Reader } from './reader.js'
import { ARRAY_SHORT, NULL, SHAPE_SHORT, STRING_SHORT } from './tag.js'

/** What a decoder is made of. */
export interface DecoderSettings {
  readonly limits?: Partial<CodecLimits>
  /** For objects of classes; default those of `registerCodec`. */
  readonly codecs?: CustomCodecs
  /** Makes pids: a place for a cache, or for the records of the own node. Default `Pid.of`. */
  readonly pids?: (node: string, id: number, creation: number) => Pid
  /** May compile constructors of shapes; default true, as far as the program may. */
  readonly compile?: boolean
}

/** Longest array that is made in one piece; a longer one would become a slow table of elements. */
const WHOLE_ARRAY_MAX = 16_777_216

export class Decoder extends Reader {
  readonly codecs: CustomCodecs
  readonly pids: (node: string, id: number, creation: number) => Pid
  readonly #mayCompile: boolean
  readonly #makers: Maker[] = []
  #textLength = 0
  #depth = 0
  #containersLeft = 0
  #elementsLeft = 0
  #refusal: TroupeError | undefined = undefined

  constructor(settings: DecoderSettings = {}) {
    super(codecLimits(settings.limits))
    this.codecs = settings.codecs ?? programCodecs
    this.pids = settings.pids ?? Pid.of
    this.#mayCompile = settings.compile ?? true
  }

  /** Entries in the dictionary of shapes. */
  get shapeCount(): number {
    return this.#makers.length
  }

  /** The next value. Throws CODEC_INVALID or CODEC_REFUSED. */
  value(): unknown {
    this.#depth = 0
    this.#containersLeft = this.limits.containersMax
    this.#elementsLeft = this.end - this.position
    const value = this.read()
    if (this.#refusal !== undefined) throw this.#takeRefusal()
    return value
  }

  #takeRefusal(): TroupeError | undefined {
    const refusal = this.#refusal
    this.#refusal = undefined
    return refusal
  }

  /** What `Encoder.pid` wrote. */
  pid(): Pid {
    const node = this.name()
    const id = this.uint()
    return this.pids(node, id, this.uint())
  }

  /** What `Encoder.address` wrote. */
  address(): Target {
    this.need(1)
    if (!isAddressTag(this.buffer[this.position] as number)) this.fail('an address was expected')
    return this.value() as Target
  }

  /** Any value, within the run of `value`. For the parts of containers. */
  read(): unknown {
    const at = this.position
    if (at >= this.end) this.fail('the bytes end where a value was expected')
    const tag = this.buffer[at] as number
    this.position = at + 1
    if (tag < STRING_SHORT) return tag
    if (tag < ARRAY_SHORT) return this.latin1(tag & 31)
    if (tag < SHAPE_SHORT) return this.array(tag & 15)
    if (tag < NULL) return this.shaped(tag - SHAPE_SHORT)
    switch (tag) {
      case 0xd0:
        return null
      case 0xd1:
        return undefined
      case 0xd2:
        return false
      case 0xd3:
        return true
      case 0xd4:
        return this.int8()
      case 0xd5:
        return this.int16()
      case 0xd6:
        return this.int32()
      case 0xd7:
        return this.float()
      case 0xd8:
        return this.latin1(this.byte())
      case 0xd9:
        return this.latin1(this.textLength())
      case 0xda:
        return this.utf8(this.byte())
      default:
        return readRare(this, tag)
    }
  }

  /** An object of the shape with this number. */
  shaped(id: number): object {
    const maker = this.#makers[id]
    if (maker === undefined) return this.fail('a shape was never defined')
    this.enter()
    const made = maker.make(this)
    this.#depth -= 1
    return made
  }

  /** An array of so many values. */
  array(length: number): unknown[] {
    this.enter()
    this.#elementsLeft -= length
    // All arrays of a message together have fewer elements than it has bytes.
    if (this.#elementsLeft < 0) this.fail('an array is longer than the bytes that are left')
    const values: unknown[] = length <= WHOLE_ARRAY_MAX ? new Array(length) : []
    for (let i = 0; i < length; i += 1) values[i] = this.read()
    this.#depth -= 1
    return values
  }

  /** Keys of a new shape, then an object of it. */
  newShape(): object {
    const { shapesMax, shapeKeysMax, shapeTextMax } = this.limits
    const count = this.uint()
    if (this.#makers.length >= shapesMax) this.fail('there are too many shapes')
    if (count > shapeKeysMax) this.fail('a shape has too many keys')
    const keys: string[] = []
    for (let i = 0; i < count; i += 1) {
      const key = this.key()
      if (keys.includes(key)) this.fail('a shape has a key twice')
      this.#textLength += key.length
      keys.push(key)
    }
    if (this.#textLength > shapeTextMax) this.fail('the keys of all shapes are too long')
    const id = this.#makers.push(new Maker(keys, this.#mayCompile)) - 1
    return this.shaped(id)
  }

  /** Fills an object with keys and values by turns. */
  named(made: Record<string, unknown>): object {
    const count = this.length()
    if (count * 2 > this.end - this.position) {
      this.fail('an object has more keys than bytes are left for')
    }
    this.enter()
    for (let i = 0; i < count; i += 1) {
      const key = this.key()
      if (Object.hasOwn(made, key)) this.fail('an object has a key twice')
      const value = this.read()
      if (key in made) setOwn(made, key, value)
      else made[key] = value
    }
    this.#depth -= 1
    return made
  }

  /** A key of an object; none that could reach a prototype. */
  key(): string {
    const key = this.text()
    if (key === '__proto__') this.fail('no object may have the key __proto__')
    return key
  }

  /** Counts a container, by its weight in memory. */
  enter(weight = 1): void {
    this.#depth += 1
    this.#containersLeft -= weight
    if (this.#depth > this.limits.depthMax) this.fail('values are nested too deeply')
    if (this.#containersLeft < 0) this.fail('there are too many objects in one value')
  }

  leave(): void {
    this.#depth -= 1
  }

  /** Notes that the value cannot be handed on, and lets it be read to its end. */
  refuse(codec: string, problem: string): undefined {
    this.#refusal ??= new TroupeError('CODEC_REFUSED', { codec, problem })
    return undefined
  }
}
